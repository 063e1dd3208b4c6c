// Accounts and rights for the administrators, and the access matrix for everybody who signs in.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { text } from '../../../core/text.ts';
import { createAccountDesk } from '../../../security/access/account-desk.ts';
import { listAccounts } from '../../../security/access/account-list.ts';
import { SCOPE_NAMES } from '../../../security/access/data-scope.ts';
import { accessMatrix } from '../../../security/access/matrix.ts';
import { reachOf } from '../../../security/access/rights.ts';
import { POLICY_ROLES, ROLE_NAMES } from '../../../security/access/roles.ts';
import {
  accountListSchema,
  askRightsSchema,
  decideGrantSchema,
  endedSchema,
  matrixSchema,
  newAccountSchema,
  oneTimePasswordSchema,
  resetPasswordSchema,
} from '../../api/access.ts';
import { problemSchema } from '../../api/session.ts';
import type { AccessDeps } from '../sessions.ts';
import type { Guard } from './guard.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export function registerAccounts(
  app: FastifyInstance,
  { guard, access }: { guard: Guard; access: AccessDeps },
): void {
  const { db } = access;
  const desk = createAccountDesk(access);
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['accounts'];
  const done = { 204: z.null(), ...problems };

  routes.get(
    '/api/accounts',
    {
      schema: {
        summary: 'Accounts with their rights, and what waits for a second person',
        tags,
        response: { 200: accountListSchema, ...problems },
      },
    },
    async (request) => {
      const { account, role } = await guard.allow(request, 'account.read');
      const mayApprove = reachOf(role, 'role.approve') !== undefined;
      return { accounts: await listAccounts(db, { account, mayApprove }) };
    },
  );

  routes.post(
    '/api/accounts',
    {
      schema: {
        summary: 'Create an account; it opens nothing until its rights are approved',
        tags,
        body: newAccountSchema,
        response: { 200: oneTimePasswordSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'account.change');
      return desk.create(request.body, account);
    },
  );

  for (const [path, active, summary] of [
    ['disable', false, 'Disable an account; its sessions end'],
    ['enable', true, 'Enable an account again'],
  ] as const) {
    routes.post(
      `/api/accounts/:id/${path}`,
      { schema: { summary, tags, params: idSchema, response: done } },
      async (request, reply) => {
        const { account } = await guard.allow(request, 'account.change');
        await desk.setActive(request.params.id, active, account);
        return reply.code(204).send(null);
      },
    );
  }

  routes.post(
    '/api/accounts/:id/reset-password',
    {
      schema: {
        summary: 'A one-time password that has to be changed; sessions end',
        tags,
        params: idSchema,
        body: resetPasswordSchema,
        response: { 200: oneTimePasswordSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'account.change');
      const { id } = request.params;
      return { id, ...(await desk.resetPassword(id, account, request.body.secondFactor)) };
    },
  );

  routes.post(
    '/api/accounts/:id/end-sessions',
    {
      schema: {
        summary: 'End every session of an account',
        tags,
        params: idSchema,
        response: { 200: endedSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'session.end');
      return { ended: await desk.endSessions(request.params.id, account) };
    },
  );

  routes.post(
    '/api/accounts/:id/grants',
    {
      schema: {
        summary: 'Ask for another role, unit or scope of an account',
        tags,
        params: idSchema,
        body: askRightsSchema,
        response: done,
      },
    },
    async (request, reply) => {
      const { account } = await guard.allow(request, 'role.grant');
      await desk.ask(request.params.id, request.body, account);
      return reply.code(204).send(null);
    },
  );

  for (const [path, approves, summary] of [
    ['approve', true, 'Approve rights somebody else asked for; sessions of the account end'],
    ['refuse', false, 'Refuse rights somebody asked for'],
  ] as const) {
    routes.post(
      `/api/grants/:id/${path}`,
      { schema: { summary, tags, params: idSchema, body: decideGrantSchema, response: done } },
      async (request, reply) => {
        const { account } = await guard.allow(request, 'role.approve');
        const by = { ...account, reason: request.body.reason };
        await desk.decide(request.params.id, approves, by);
        return reply.code(204).send(null);
      },
    );
  }

  routes.get(
    '/api/access/matrix',
    {
      schema: {
        summary: 'Which role may do what, and how far',
        tags,
        response: { 200: matrixSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'policy.read');
      return {
        roles: POLICY_ROLES.map((role) => ({ role, name: ROLE_NAMES[role] })),
        functions: accessMatrix().map(({ fn, name, operation, personal, sensitive, cells }) => ({
          fn,
          name: text(name.zh, name.en),
          operation,
          personal: personal === true,
          sensitive: sensitive === true,
          cells: [...cells],
        })),
        scopes: SCOPE_NAMES,
      };
    },
  );
}
