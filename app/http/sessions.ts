// Signing in and out, and giving proof again. A session is a cookie no script can read; every data route asks
// the guard that is made here.

import { availableParallelism } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { PASSWORD_ALONE, type AccessSettings } from '../../security/access/access-settings.ts';
import { takeSecondFactor } from '../../security/access/account-access-store.ts';
import { scopeOf } from '../../security/access/policy.ts';
import type { RightsSeal } from '../../security/access/rights-seal.ts';
import { limitOf } from '../../security/access/session-limits.ts';
import type { SessionState } from '../../security/access/session-store.ts';
import { FUNCTION_NAMES } from '../../security/access/functions.ts';
import { createSignInTurns, type SignInTurns } from '../../security/access/sign-in-turns.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';
import { authenticate, type Account } from '../../warehouse/accounts.ts';
import type { Records, RecordsDb } from '../../warehouse/records.ts';
import { endSession, proveSession, type SessionDeps } from '../../warehouse/sessions.ts';
import { meSchema, problemSchema, proofSchema, signInSchema, type Me } from '../api/session.ts';
import { createGuard, type Guard } from './access/guard.ts';
import { knownDevice, rememberDevice } from './access/known-device.ts';
import { countGuess } from './access/own-attempts.ts';
import { clearSessionCookie, setSessionCookie, tokenOf } from './access/session-cookie.ts';
import { signIn } from './access/sign-in.ts';
import { createTellAltered } from './access/tell-altered.ts';
import { createTrail, type Trail } from './access/trail.ts';

export type { Guard, Permit } from './access/guard.ts';

export type SessionRoutesDeps = SessionDeps & {
  readonly db: RecordsDb;
  /** Cookies are sent over TLS only. */
  readonly secure: boolean;
  readonly records?: Pick<Records, 'transaction'> | undefined;
  readonly settings?: AccessSettings | undefined;
  /** Told of every decision about personal data, every refusal and every sign-in. */
  readonly audit: Audit;
  /** A key of the installation by name. */
  readonly key?: ((name: string) => Uint8Array) | undefined;
  /** Seals rights, and refuses what does not fit its seal. */
  readonly rights?: RightsSeal | undefined;
  readonly findKiosk?: ((request: FastifyRequest) => Promise<Account | undefined>) | undefined;
  /** Shared by everything that checks passwords. */
  readonly turns?: SignInTurns | undefined;
};

/** The same with everything filled in. */
export type AccessDeps = SessionRoutesDeps & {
  readonly records: Pick<Records, 'transaction'>;
  readonly settings: AccessSettings;
  readonly trail: Trail;
  readonly key: (name: string) => Uint8Array;
  readonly turns: SignInTurns;
};

/** Attempts that are not decided yet count as failed: they must be fewer than an address may fail. */
const SIGN_INS_AT_ONCE_MAX = 16;
const AGENT_CHARS_MAX = 120;

export function fillIn(deps: SessionRoutesDeps): AccessDeps {
  const { db, clock, ids, audit } = deps;
  const records = deps.records ?? { transaction: (run) => db.transaction().execute(run) };
  const settings = deps.settings ?? PASSWORD_ALONE;
  const { atOnceMax = Math.min(availableParallelism(), SIGN_INS_AT_ONCE_MAX), waitingMax } =
    settings.signInTurns;
  const own = ids.next('key').padEnd(32, '0');
  return {
    ...deps,
    records,
    settings,
    turns: deps.turns ?? createSignInTurns({ atOnceMax, waitingMax }),
    trail: createTrail({ records, audit, clock }),
    key: deps.key ?? ((name) => Buffer.from(`${name}${own}`.slice(-32))),
  };
}

export function registerSessions(app: FastifyInstance, given: SessionRoutesDeps): Guard {
  const deps = fillIn(given);
  const { db, secure, ids, trail, settings } = deps;
  const guard = createGuard({ ...deps, tellAltered: createTellAltered(deps) });
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const deviceKey = deps.key('known-device');
  const signInDeps = { ...deps, secondFactorKey: deps.key('second-factor') };

  routes.post(
    '/api/session',
    {
      config: { limit: 'sign-in' },
      schema: {
        summary: 'Sign in',
        tags: ['session'],
        body: signInSchema,
        response: {
          200: meSchema,
          401: problemSchema,
          403: problemSchema,
          409: problemSchema,
          429: problemSchema,
        },
      },
    },
    async (request, reply) => {
      const { login } = request.body;
      const { account, token } = await signIn(signInDeps, {
        ...request.body,
        address: request.ip,
        device: knownDevice(request, { key: deviceKey, login, secure }),
        agent: agentOf(request),
      });
      // Whatever session the browser had before is not taken over.
      const before = tokenOf(request, secure);
      if (before !== undefined) await endSession(db, before);
      const { absoluteMs } = limitOf(settings.sessions, account.role);
      setSessionCookie(reply, token, { secure, lastsMs: absoluteMs });
      rememberDevice(reply, { key: deviceKey, login, ids, secure });
      request.cookies = { ...request.cookies, ...cookieOf(token, secure) };
      return meOf(deps, await guard.session(request));
    },
  );

  routes.post(
    '/api/session/proof',
    {
      config: { limit: 'sign-in' },
      schema: {
        summary: 'Give the password or a code again, for a sensitive act',
        tags: ['session'],
        body: proofSchema,
        response: { 200: meSchema, 401: problemSchema, 403: problemSchema, 429: problemSchema },
      },
    },
    async (request, reply) => {
      const state = await guard.session(request);
      const proof = { ...request.body, address: request.ip };
      await deps.turns.take(() => proveAgain(deps, state, proof));
      // The token is another from here on: one that leaked before proves nothing.
      const token = await proveSession(deps, db, state.session.tokenHash);
      const lastsMs = state.session.expiresAtMs - deps.clock.now();
      setSessionCookie(reply, token, { secure, lastsMs });
      await trail.tell({ actor: state.account.id, action: 'session.proof' });
      request.cookies = { ...request.cookies, ...cookieOf(token, secure) };
      return meOf(deps, await guard.session(request));
    },
  );

  routes.delete(
    '/api/session',
    { schema: { summary: 'Sign out', tags: ['session'], response: { 204: z.null() } } },
    async (request, reply) => {
      const token = tokenOf(request, secure);
      const state = await guard.session(request).catch(() => undefined);
      if (token) await endSession(db, token);
      if (state) await trail.tell({ actor: state.account.id, action: 'session.sign-out' });
      clearSessionCookie(reply, secure);
      // What pages of before kept is nobody's any more.
      void reply.header('clear-site-data', '"cache"');
      return reply.code(204).send(null);
    },
  );

  routes.get(
    '/api/me',
    {
      schema: {
        summary: 'Who is signed in',
        tags: ['session'],
        response: { 200: meSchema, 401: problemSchema },
      },
    },
    async (request) => {
      const state = await guard.session(request).catch(async (error: unknown) => {
        const kiosk = await deps.findKiosk?.(request);
        if (!kiosk) throw error;
        return kiosk;
      });
      return 'account' in state ? meOf(deps, state) : meOfKiosk(state, deps.clock.now());
    },
  );

  return guard;
}

const cookieOf = (token: string, secure: boolean) => ({
  [secure ? '__Host-plumbline_session' : 'plumbline_session']: token,
});

const agentOf = (request: FastifyRequest): string =>
  String(request.headers['user-agent'] ?? '').slice(0, AGENT_CHARS_MAX);

/** Throws UserError `forbidden` when neither the password nor the code is right. */
async function proveAgain(
  deps: AccessDeps,
  { account, hasSecondFactor, isDemo }: SessionState,
  proof: { password?: string | undefined; code?: string | undefined; address: string },
): Promise<void> {
  const { db, records, clock, key } = deps;
  const { login, id: accountId } = account;
  const byCode = hasSecondFactor && !isDemo && proof.code !== undefined;
  const isRight = (): Promise<boolean> =>
    byCode
      ? takeSecondFactor(records, {
          accountId,
          code: proof.code ?? '',
          key: key('second-factor'),
          nowAtMs: clock.now(),
        })
      : authenticate(db, { login, password: proof.password ?? '' }).then(
          (found) => found !== undefined,
        );
  await countGuess(
    deps,
    {
      account,
      address: proof.address,
      action: 'session.proof',
      fault: byCode ? 'wrong-code' : 'wrong-password',
    },
    async () => {
      if (!(await isRight())) throw wrongProof();
    },
  );
}

/** No `unauthenticated`: the session goes on. */
const wrongProof = () =>
  new UserError('forbidden', text('密码或验证码不正确', 'the password or code is not right'), {
    hint: text('验证码每个只能用一次', 'Each code can be used once.'),
  });

const KIOSK_SAYS_MS = 24 * 3_600_000;

const meOfKiosk = ({ id, displayZh, displayEn, region }: Account, nowMs: number): Me => ({
  accountId: id,
  login: '',
  name: { zh: displayZh, en: displayEn },
  role: 'kiosk',
  region,
  language: 'zh',
  officerId: null,
  leads: false,
  expiresAtMs: nowMs + KIOSK_SAYS_MS,
  rights: ['wall.read'],
});

const meOf = (
  deps: Pick<AccessDeps, 'settings'>,
  { account, leads, asker, session, isDemo }: Awaited<ReturnType<Guard['session']>>,
): Me => ({
  accountId: account.id,
  login: account.login,
  name: { zh: account.displayZh, en: account.displayEn },
  role: account.role,
  region: account.region,
  language: account.language,
  officerId: account.officerId,
  leads,
  expiresAtMs: Math.min(
    session.expiresAtMs,
    session.createdAtMs + limitOf(deps.settings.sessions, account.role).absoluteMs,
  ),
  isDemo,
  owes: asker.owes ?? null,
  rights: FUNCTION_NAMES.filter((fn) => scopeOf(asker, fn) !== undefined),
});
