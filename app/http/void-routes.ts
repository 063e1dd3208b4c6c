// Orders recorded as void over HTTP: one officer records, the person named confirms, and everything about the
// person is deleted.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loadNames } from '../../alerts/names.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { unknownPerson, unknownProposal } from '../../security/basis/basis-desk.ts';
import type { VoidDesk } from '../../security/basis/void-desk.ts';
import type { Records } from '../../warehouse/records.ts';
import type { VoidProposalTable } from '../../warehouse/records-void.ts';
import { decisionSchema } from '../api/bases.ts';
import { problemSchema } from '../api/session.ts';
import { newVoidSchema, voidSchema, voidsSchema, type VoidAnswer } from '../api/voids.ts';
import { findPersonTarget, findVoidTarget } from './access/targets.ts';
import { confirmersFor } from './basis-routes.ts';
import type { Guard, Permit } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};
/** The desk tells of each act itself, with whom it is about. */
const TOLD = { purpose: 'legal-basis', tellsLater: true } as const;

export function registerVoids(
  app: FastifyInstance,
  deps: { guard: Guard; desk: VoidDesk; records: Records; clock: Clock },
): void {
  const { guard, desk, records, clock } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['bases'];

  routes.get(
    '/api/voids',
    {
      schema: {
        summary: 'Orders recorded as void that wait, or whose deletion is under way',
        tags,
        response: { 200: voidsSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'basis.read', TOLD);
      return {
        voids: await answersOf(records, await desk.list(officerOf(permit)), permit),
        confirmers: await confirmersFor(records, permit.account),
      };
    },
  );

  routes.post(
    '/api/voids',
    {
      schema: {
        summary: 'Record an order as void; it waits for the person named',
        tags,
        body: newVoidSchema,
        response: { 200: voidSchema, ...problems },
      },
    },
    async (request) => {
      const { subject } = request.body;
      const permit = await guard.allow(request, 'basis.record', {
        ...TOLD,
        find: () => findPersonTarget(records, { subject, nowMs: clock.now() }),
        hidden: unknownPerson(),
      });
      return answerOf(records, await desk.propose(request.body, officerOf(permit)), permit);
    },
  );

  routes.post(
    '/api/voids/:id/decide',
    {
      schema: {
        summary:
          'Confirm that an order was void: everything about the person is deleted; or refuse',
        tags,
        params: idSchema,
        body: decisionSchema,
        response: { 200: voidSchema, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const permit = await guard.allow(request, 'basis.approve', {
        ...TOLD,
        find: () => findVoidTarget(records.db, id),
        hidden: unknownProposal(),
      });
      const { decision, note } = request.body;
      const decided = await desk.decide(id, decision, { ...officerOf(permit), note });
      return answerOf(records, decided, permit);
    },
  );
}

const officerOf = ({ account: { id: accountId, region }, reaches }: Permit) => ({
  accountId,
  region,
  reaches,
});

const answerOf = async (records: Records, row: VoidProposalTable, permit: Permit) =>
  (await answersOf(records, [row], permit))[0] as VoidAnswer;

async function answersOf(
  records: Records,
  rows: readonly VoidProposalTable[],
  { account }: Permit,
): Promise<VoidAnswer[]> {
  const ids = rows.flatMap(({ proposedBy, confirmer }) => [proposedBy, confirmer]);
  const names = await loadNames(records.db, [...new Set(ids)]);
  const nameOf = (id: string) => names.get(id) ?? text(id, id);
  return rows.map((row) => ({
    id: row.id,
    subject: row.subject,
    county: row.county,
    because: row.because,
    documentNumber: row.documentNumber,
    reason: row.reason,
    proposedBy: nameOf(row.proposedBy),
    proposedAtMs: row.proposedAtMs,
    confirmer: nameOf(row.confirmer),
    state:
      row.decision === null ? 'waiting' : row.decision === 'confirmed' ? 'deleting' : 'refused',
    may: {
      confirm: row.decision === null && row.confirmer === account.id,
      refuse: row.decision === null,
    },
  }));
}
