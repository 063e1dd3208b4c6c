// Signing in and out. A session is a cookie no script can read; every data route asks for it, and for a
// role that may see what it gives.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { isLeader } from '../../alerts/tasks/my-tasks.ts';
import { authenticate, type Account } from '../../warehouse/accounts.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import {
  endSession,
  findSession,
  openSession,
  SESSION_MS_MAX,
  type SessionDeps,
} from '../../warehouse/sessions.ts';
import { meSchema, problemSchema, signInSchema, type Me, type Role } from '../api/session.ts';

const COOKIE = 'plumbline_session';

/** Failed sign-ins of one login or address within the window, before further ones must wait. */
const FAILURES_MAX = 10;
const FAILURE_WINDOW_MS = 5 * 60_000;

export type Guard = {
  /** The account behind a request; throws `unauthenticated` or, for another role, `forbidden`. */
  require(request: FastifyRequest, ...roles: readonly Role[]): Promise<Account>;
};

export type SessionRoutesDeps = SessionDeps & {
  db: RecordsDb;
  /** Cookies are sent over TLS only. */
  secure: boolean;
};

export function registerSessions(app: FastifyInstance, deps: SessionRoutesDeps): Guard {
  const failures = createFailures(deps);
  const routes = app.withTypeProvider<ZodTypeProvider>();

  const require: Guard['require'] = async (request, ...roles) => {
    const token = request.cookies[COOKIE];
    const account = token ? await findSession(deps, deps.db, token) : undefined;
    if (!account) throw unauthenticated();
    if (roles.length > 0 && !roles.includes(account.role)) {
      throw new UserError(
        'forbidden',
        text('您的角色不能查看此内容', 'your role may not see this'),
      );
    }
    return account;
  };

  routes.post(
    '/api/session',
    {
      schema: {
        summary: 'Sign in',
        tags: ['session'],
        body: signInSchema,
        response: { 200: meSchema, 401: problemSchema, 409: problemSchema },
      },
    },
    async (request, reply) => {
      failures.check(request.body.login, request.ip);
      const account = await authenticate(deps.db, request.body);
      if (!account) {
        failures.note(request.body.login, request.ip);
        throw new UserError(
          'unauthenticated',
          text('账号或密码不正确', 'login or password is not right'),
        );
      }
      const token = await openSession(deps, deps.db, account.id);
      setCookie(reply, token, deps.secure);
      return meOf(deps, account);
    },
  );

  routes.delete(
    '/api/session',
    { schema: { summary: 'Sign out', tags: ['session'], response: { 204: z.null() } } },
    async (request, reply) => {
      const token = request.cookies[COOKIE];
      if (token) await endSession(deps.db, token);
      void reply.clearCookie(COOKIE, { path: '/' });
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
    async (request) => meOf(deps, await require(request)),
  );

  return { require };
}

const unauthenticated = () => new UserError('unauthenticated', text('请先登录', 'sign in first'));

const meOf = async ({ db, clock }: SessionRoutesDeps, account: Account): Promise<Me> => ({
  accountId: account.id,
  login: account.login,
  name: { zh: account.displayZh, en: account.displayEn },
  role: account.role,
  region: account.region,
  language: account.language,
  officerId: account.officerId,
  leads: account.officerId !== null && (await isLeader(db, account.id)),
  expiresAtMs: clock.now() + SESSION_MS_MAX,
});

function setCookie(reply: FastifyReply, token: string, secure: boolean): void {
  void reply.setCookie(COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: SESSION_MS_MAX / 1_000,
  });
}

/** Counts failed sign-ins per login and per address; too many must wait. Bounded. */
function createFailures({ clock }: SessionDeps) {
  const KEYS_MAX = 10_000;
  const failures = new Map<string, number[]>();
  const recent = (key: string) =>
    (failures.get(key) ?? []).filter((atMs) => clock.now() - atMs < FAILURE_WINDOW_MS);
  return {
    check(login: string, address: string) {
      if (
        [`login ${login}`, `address ${address}`].every((key) => recent(key).length < FAILURES_MAX)
      )
        return;
      throw new UserError(
        'conflict',
        text('登录失败次数过多,请五分钟后再试', 'too many failed sign-ins'),
        {
          hint: text('五分钟后再试', 'Try again in five minutes.'),
        },
      );
    },
    note(login: string, address: string) {
      if (failures.size > KEYS_MAX) failures.clear();
      for (const key of [`login ${login}`, `address ${address}`]) {
        failures.set(key, [...recent(key), clock.now()]);
      }
    },
  };
}
