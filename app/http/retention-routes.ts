// Retention over HTTP, for administrators: the declaration with what is due, legal holds, certificates.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Reaches } from '../../core/reach.ts';
import {
  approveHold,
  liftHold,
  listHolds,
  placeHold,
  type Hold,
  type HoldDeps,
} from '../../security/retention/holds.ts';
import type { Periods } from '../../security/retention/declaration.ts';
import { planRetention, type OldestIn } from '../../security/retention/plan.ts';
import { regionsOf } from '../../security/vault/regions-of.ts';
import type { Account } from '../../warehouse/accounts.ts';
import {
  holdSchema,
  liftHoldSchema,
  newHoldSchema,
  retentionSchema,
  type HoldAnswer,
} from '../api/retention.ts';
import { problemSchema } from '../api/session.ts';
import { findHoldSubject, findHoldTarget } from './access/targets.ts';
import type { Guard } from './sessions.ts';

const CERTIFICATES_SHOWN = 100;

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export type RetentionRoutesDeps = HoldDeps & {
  readonly guard: Guard;
  readonly periods: Periods;
  readonly oldestIn: OldestIn;
};

export function registerRetention(app: FastifyInstance, deps: RetentionRoutesDeps): void {
  const { guard, records, clock, periods, unconfirmedMs, oldestIn } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['retention'];
  const aboutHold = ({ id }: { id: string }) => ({
    find: () => findHoldTarget(records, id, clock.now()),
  });

  routes.get(
    '/api/retention',
    {
      schema: {
        summary: 'What is kept where and for how long, holds, and the newest certificates',
        tags,
        response: { 200: retentionSchema, ...problems },
      },
    },
    async (request) => {
      const { account, scope, reaches } = await guard.allow(request, 'retention.read');
      const nowAtMs = clock.now();
      const plan = await planRetention({ records, nowAtMs, periods, unconfirmedMs, oldestIn });
      const certificates = await records.db
        .selectFrom('retentionCertificate')
        .select(['id', 'rule', 'because', 'rows', 'contentHash', 'atMs'])
        .orderBy('atMs', 'desc')
        .orderBy('id')
        .limit(CERTIFICATES_SHOWN)
        .execute();
      return {
        atMs: nowAtMs,
        places: plan.places.map(({ declared, periodMs, oldestAtMs, nextAtMs }) => ({
          store: declared.store,
          name: declared.name,
          holds: declared.holds,
          personal: declared.personal
            ? {
                clock: declared.personal.clock,
                deleted: declared.personal.deleted,
                periodMs,
                oldestAtMs,
                nextAtMs,
              }
            : null,
        })),
        persons: plan.persons,
        nextPersonAtMs: plan.nextPersonAtMs,
        running: [...plan.running],
        holds: (await holdsWithin(deps, scope.kind === 'all' ? undefined : reaches)).map((hold) =>
          answerOf(hold, account),
        ),
        certificates,
      };
    },
  );

  routes.post(
    '/api/retention/holds',
    {
      schema: {
        summary: 'Hold the data of a person; works at once, a second person confirms it',
        tags,
        body: newHoldSchema,
        response: { 200: holdSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'retention.hold', {
        find: () => findHoldSubject(records, { ...request.body, nowMs: clock.now() }),
      });
      return answerOf(await placeHold(deps, request.body, account.id), account);
    },
  );

  routes.post(
    '/api/retention/holds/:id/approve',
    {
      schema: {
        summary: 'Confirm a hold somebody else placed',
        tags,
        params: idSchema,
        response: { 200: holdSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'retention.hold', aboutHold(request.params));
      return answerOf(await approveHold(deps, request.params.id, account.id), account);
    },
  );

  routes.post(
    '/api/retention/holds/:id/lift',
    {
      schema: {
        summary: 'End a hold somebody else placed before its time',
        tags,
        params: idSchema,
        body: liftHoldSchema,
        response: { 200: holdSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'retention.hold', aboutHold(request.params));
      const { id } = request.params;
      return answerOf(await liftHold(deps, { id, ...request.body }, account.id), account);
    },
  );
}

/** Holds on persons of the counties the scope reaches; all of them where no unit's data is meant. */
async function holdsWithin(
  deps: RetentionRoutesDeps,
  reaches: Reaches | undefined,
): Promise<readonly Hold[]> {
  const holds = await listHolds(deps);
  if (!reaches) return holds;
  const subjects = [...new Set(holds.map(({ subject }) => subject))];
  const { records, clock } = deps;
  const regions = await records.transaction((trx) => regionsOf(trx, subjects, clock.now()));
  return holds.filter(({ subject, placedBy }) => {
    const region = regions.get(subject);
    return region !== undefined && reaches(region, placedBy);
  });
}

const answerOf = (hold: Hold, account: Account): HoldAnswer => ({
  id: hold.id,
  subject: hold.subject,
  alertId: hold.alertId,
  reason: hold.reason,
  documentNumber: hold.documentNumber,
  placedBy: hold.placedBy,
  placedAtMs: hold.placedAtMs,
  untilMs: hold.untilMs,
  approvedBy: hold.approvedBy,
  liftedBy: hold.liftedBy,
  liftReason: hold.liftReason,
  state: hold.state,
  isMine: hold.placedBy === account.id,
});
