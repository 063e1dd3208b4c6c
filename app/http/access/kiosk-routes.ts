// Wall screens: the screen asks for a code and shows it, an administrator types it in, and revokes it later.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { KioskDesk } from '../../../security/access/kiosk-desk.ts';
import type { Account } from '../../../warehouse/accounts.ts';
import type { RecordsDb } from '../../../warehouse/records.ts';
import {
  enrolKioskSchema,
  kioskCodeSchema,
  kioskListSchema,
  kioskStateSchema,
} from '../../api/access.ts';
import { problemSchema } from '../../api/session.ts';
import type { Guard } from './guard.ts';
import { cookieName } from './session-cookie.ts';

const COOKIE = 'plumbline_kiosk';
const LASTS_S = 400 * 86_400;

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  429: problemSchema,
};

/** A wall enrolled before the name was bound to the host keeps its cookie; what it opens are counts. */
const kioskToken = ({ cookies }: FastifyRequest, secure: boolean): string | undefined =>
  cookies[cookieName(COOKIE, secure)] ?? cookies[COOKIE];

/** The wall screen behind a request, for the guard. */
export const findKioskBy =
  (desk: KioskDesk, secure: boolean) =>
  async (request: FastifyRequest): Promise<Account | undefined> => {
    const token = kioskToken(request, secure);
    return token === undefined ? undefined : desk.find(token);
  };

export function registerKiosks(
  app: FastifyInstance,
  { guard, desk, db, secure }: { guard: Guard; desk: KioskDesk; db: RecordsDb; secure: boolean },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['kiosks'];

  routes.post(
    '/api/kiosk',
    {
      config: { limit: 'sign-in' },
      schema: {
        summary:
          'This screen wants to be a wall: a code to show until an administrator types it in',
        tags,
        response: { 200: kioskCodeSchema, ...problems },
      },
    },
    async (_request, reply) => {
      const { code, token, untilMs } = await desk.begin();
      void reply.setCookie(cookieName(COOKIE, secure), token, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure,
        maxAge: LASTS_S,
      });
      return { code, untilMs };
    },
  );

  routes.get(
    '/api/kiosk',
    {
      schema: {
        summary: 'Whether this screen is enrolled',
        tags,
        response: { 200: kioskStateSchema, ...problems },
      },
    },
    async (request) => {
      const token = kioskToken(request, secure);
      return { state: token === undefined ? ('unknown' as const) : await desk.stateOf(token) };
    },
  );

  routes.get(
    '/api/kiosks',
    {
      schema: {
        summary: 'Enrolled walls',
        tags,
        response: { 200: kioskListSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'account.read');
      const kiosks = await desk.list();
      const ids = [...new Set(kiosks.flatMap(({ enrolledBy }) => enrolledBy ?? []))];
      const people =
        ids.length === 0
          ? []
          : await db
              .selectFrom('account')
              .select(['id', 'displayZh', 'displayEn'])
              .where('id', 'in', ids)
              .execute();
      return {
        kiosks: kiosks.map(({ id, name, region, enrolledBy, ...row }) => {
          const person = people.find((one) => one.id === enrolledBy);
          return {
            id,
            name,
            region,
            enrolledBy: {
              zh: person?.displayZh ?? enrolledBy ?? '',
              en: person?.displayEn ?? enrolledBy ?? '',
            },
            enrolledAtMs: row.enrolledAtMs ?? 0,
            revokedAtMs: row.revokedAtMs,
            lastSeenAtMs: row.lastSeenAtMs,
          };
        }),
      };
    },
  );

  routes.post(
    '/api/kiosks',
    {
      schema: {
        summary: 'Enrol the wall that shows the code',
        tags,
        body: enrolKioskSchema,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const { account } = await guard.allow(request, 'kiosk.enrol');
      await desk.enrol(request.body, account.id);
      return reply.code(204).send(null);
    },
  );

  routes.post(
    '/api/kiosks/:id/revoke',
    {
      schema: {
        summary: 'Revoke a wall: it shows nothing from the next request on',
        tags,
        params: idSchema,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const { account } = await guard.allow(request, 'kiosk.enrol');
      await desk.revoke(request.params.id, account.id);
      return reply.code(204).send(null);
    },
  );
}
