// My account: password, second factor, sessions. Open to whoever is signed in, also while something is owed.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isAdministrator } from '../../../security/access/roles.ts';
import { listSessions, type SessionState } from '../../../security/access/session-store.ts';
import {
  beginSecondFactor,
  changeOwnPassword,
  confirmSecondFactor,
  endOwnSessions,
  endSecondFactor,
  type OwnAccountDeps,
} from '../../../security/access/own-account.ts';
import {
  changePasswordSchema,
  endedSchema,
  factorBegunSchema,
  factorCodeSchema,
  factorConfirmedSchema,
  ownAccountSchema,
} from '../../api/access.ts';
import { problemSchema } from '../../api/session.ts';
import type { AccessDeps } from '../sessions.ts';
import type { Guard } from './guard.ts';
import { countGuess } from './own-attempts.ts';
import { refusalOf } from './refusals.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  409: problemSchema,
  429: problemSchema,
};

export function registerOwnAccount(
  app: FastifyInstance,
  {
    guard,
    access,
    isCommon,
  }: {
    guard: Guard;
    access: AccessDeps;
    isCommon: (password: string) => boolean;
  },
): void {
  const { db, clock, settings } = access;
  const deps: OwnAccountDeps = {
    ...access,
    isCommon,
    secondFactorKey: access.key('second-factor'),
  };
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['account'];

  /** For what a stolen session must not change: proof of late, unless it is what the account owes. */
  const proven = (state: SessionState & { asker: { owes: unknown } }) => {
    const isFresh = clock.now() - state.session.provenAtMs <= settings.proof;
    if (!isFresh && state.asker.owes === undefined) throw refusalOf('step-up-needed');
    return state;
  };

  routes.get(
    '/api/account',
    {
      schema: {
        summary: 'My account: second factor and sessions',
        tags,
        response: { 200: ownAccountSchema, ...problems },
      },
    },
    async (request) => {
      const { account, asker, session, isDemo, mustChangePassword } = await guard.session(request);
      const factor = await db
        .selectFrom('accountAccess')
        .select('totpSinceMs')
        .where('accountId', '=', account.id)
        .executeTakeFirst();
      const { left } = await db
        .selectFrom('accountRecoveryCode')
        .select(({ fn }) => fn.countAll<number>().as('left'))
        .where('accountId', '=', account.id)
        .executeTakeFirstOrThrow();
      const sessions = await listSessions(db, account.id);
      return {
        role: asker.role,
        isDemo,
        mustChangePassword,
        secondFactorSinceMs: factor?.totpSinceMs ?? null,
        needsSecondFactor: mustHaveFactor(account.role, access),
        recoveryCodesLeft: Number(left),
        sessions: sessions.map(({ publicId, tokenHash, ...row }) => ({
          ...row,
          id: publicId,
          isThis: tokenHash === session.tokenHash,
        })),
        nowMs: clock.now(),
      };
    },
  );

  routes.post(
    '/api/account/password',
    {
      config: { limit: 'sign-in' },
      schema: {
        summary: 'Change my password; my other sessions end',
        tags,
        body: changePasswordSchema,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const { account, session } = await guard.session(request);
      const change = { ...request.body, keepSession: session.tokenHash };
      await countGuess(
        access,
        {
          account,
          address: request.ip,
          action: 'account.change-password',
          fault: 'wrong-password',
        },
        () => changeOwnPassword(deps, account, change),
      );
      return reply.code(204).send(null);
    },
  );

  routes.post(
    '/api/account/second-factor/begin',
    {
      schema: {
        summary: 'A secret for my authenticator app',
        tags,
        response: { 200: factorBegunSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = proven(await guard.session(request));
      return beginSecondFactor(deps, account);
    },
  );

  routes.post(
    '/api/account/second-factor/confirm',
    {
      config: { limit: 'sign-in' },
      schema: {
        summary: 'The first code of my app; gives recovery codes, this once',
        tags,
        body: factorCodeSchema,
        response: { 200: factorConfirmedSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.session(request);
      return { recoveryCodes: await confirmSecondFactor(deps, account, request.body.code) };
    },
  );

  routes.post(
    '/api/account/second-factor/end',
    {
      schema: {
        summary: 'Go without a second factor, or set up another',
        tags,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const { account } = proven(await guard.session(request));
      await endSecondFactor(deps, account);
      return reply.code(204).send(null);
    },
  );

  routes.post(
    '/api/account/sessions/end-others',
    {
      schema: {
        summary: 'End my other sessions',
        tags,
        response: { 200: endedSchema, ...problems },
      },
    },
    async (request) => {
      const { account, session } = proven(await guard.session(request));
      return { ended: await endOwnSessions(deps, account, { allBut: session.tokenHash }) };
    },
  );

  routes.post(
    '/api/account/sessions/:id/end',
    {
      schema: {
        summary: 'End one of my sessions',
        tags,
        params: idSchema,
        response: { 200: endedSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = proven(await guard.session(request));
      return { ended: await endOwnSessions(deps, account, { publicId: request.params.id }) };
    },
  );
}

const mustHaveFactor = (role: SessionState['account']['role'], { settings }: AccessDeps): boolean =>
  isAdministrator(role) || (settings.secondFactorFor as readonly string[]).includes(role);
