// Recorded bases over HTTP, and what is held about one person. Officers only; whoever asks about a person
// says what for, and the trail hears of it.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loadNames } from '../../alerts/names.ts';
import { UserError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/local-time.ts';
import type { OrderBook } from '../../core/order-book.ts';
import { classOf } from '../../core/order.ts';
import { isReached } from '../../core/reach.ts';
import { isWithin } from '../../core/region.ts';
import { subjectKey, type SubjectKey } from '../../core/subject.ts';
import { text, type Text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import { REASONS, type ReasonCode } from '../../ingest/reasons.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';
import { unknownPerson, unknownProposal, type BasisDesk } from '../../security/basis/basis-desk.ts';
import type { Proposal } from '../../security/basis/basis-store.ts';
import { measuresOf, sourcesOf, type Measure } from '../../security/basis/measures.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import { readRefusals } from '../../warehouse/refusal-store.ts';
import {
  basesSchema,
  decisionSchema,
  heldQuerySchema,
  heldSchema,
  liftSchema,
  newBasisSchema,
  proposalSchema,
  type Held,
  type HeldQuery,
  type ListedBasis,
  type MeasureAnswer,
  type ProposalAnswer,
} from '../api/bases.ts';
import { problemSchema } from '../api/session.ts';
import { overviewOf, type Listed } from '../basis/overview.ts';
import { readMirror, type MirrorDeps } from '../basis/mirror.ts';
import { OFFICERS } from './alert-routes.ts';
import { findProposalTarget } from './access/targets.ts';
import type { Guard, Permit } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export type BasisRoutesDeps = {
  readonly guard: Guard;
  readonly desk: BasisDesk;
  readonly records: Records;
  /** The frames as the screens know them; follows the log. */
  readonly orders: OrderBook;
  readonly mirror: Omit<MirrorDeps, 'db'>;
  readonly audit: Audit;
  readonly clock: Clock;
  /** How long after the end of supervision data are kept. */
  readonly keptAfterEndMs: number;
};

export function registerBases(app: FastifyInstance, deps: BasisRoutesDeps): void {
  const { guard, desk, records, orders, clock } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['bases'];
  const aboutPerson = ({ subject }: { subject: SubjectKey }) => ({
    purpose: 'legal-basis' as const,
    tellsLater: true as const,
    find: () => {
      const order = orders.orderAt(subject, clock.now()) ?? orders.lastOrder(subject);
      return order && { targets: [{ region: order.county, owner: null }], subject };
    },
    hidden: unknownPerson(),
  });

  routes.get(
    '/api/bases',
    {
      schema: {
        summary: 'Bases that end soonest or have ended, what waits, and what the gate refused',
        tags,
        response: { 200: basesSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'basis.read', {
        purpose: 'legal-basis',
        tellsLater: true,
      });
      const { account, reaches } = permit;
      const nowMs = clock.now();
      const { region } = account;
      const refusals = await readRefusals(records.db, epochMs(nowMs - DAY_MS));
      const overview = overviewOf(orders, {
        region,
        reaches,
        atMs: nowMs,
        limits: desk.limits,
      });
      return {
        nowMs,
        region,
        counts: overview.counts,
        expiring: overview.expiring.map(listedAnswer),
        expired: overview.expired.map(listedAnswer),
        proposals: await answersOf(records, await desk.proposals(officerOf(permit)), account),
        // Feeds are the platform's own: what they brought in vain is no county's secret.
        refusals: refusals.map((row) => ({ ...row, says: reasonText(row.reason) })),
        limits: desk.limits,
        confirmers: await confirmersFor(records, account),
      };
    },
  );

  routes.post(
    '/api/bases',
    {
      schema: {
        summary: 'Record a basis or a further term of one; it waits for the person named',
        tags,
        body: newBasisSchema,
        response: { 200: proposalSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'basis.record', aboutPerson(request.body));
      const proposal = await desk.propose(request.body, officerOf(permit));
      return answerOf(records, proposal, permit.account);
    },
  );

  routes.post(
    '/api/bases/:id/decide',
    {
      schema: {
        summary: 'Confirm what somebody else recorded, or refuse it',
        tags,
        params: idSchema,
        body: decisionSchema,
        response: { 200: proposalSchema, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const permit = await guard.allow(request, 'basis.approve', {
        purpose: 'legal-basis',
        tellsLater: true,
        find: () => findProposalTarget(records.db, id),
        hidden: unknownProposal(),
      });
      const { decision, note } = request.body;
      const by = { ...officerOf(permit), note };
      return answerOf(records, await desk.decide(id, decision, by), permit.account);
    },
  );

  routes.post(
    '/api/bases/lift',
    {
      schema: {
        summary: 'Lift a basis: what it opened is closed at once',
        tags,
        body: liftSchema,
        response: { 200: proposalSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'basis.record', aboutPerson(request.body));
      const lifted = await desk.lift(request.body, officerOf(permit));
      return answerOf(records, lifted, permit.account);
    },
  );

  routes.post(
    '/api/held',
    {
      schema: {
        summary: 'Measures in force about a person, sources open and closed, and what is held',
        tags,
        body: heldQuerySchema,
        response: { 200: heldSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'held.read', {
        purpose: request.body.purpose,
        tellsLater: true,
      });
      return readHeld(deps, request.body, permit);
    },
  );
}

const REASON_CHARS_MIN = 4;

async function readHeld(
  deps: BasisRoutesDeps,
  query: HeldQuery,
  { account, reaches }: Permit,
): Promise<Held> {
  const { orders, desk, clock, records, audit } = deps;
  const { subject, purpose, reason } = query;
  if ([...reason.trim()].length < REASON_CHARS_MIN) {
    throw new UserError('bad-input', text('请写明查看的理由', 'say why you look'), {
      detail: 'reason-missing',
      hint: text(`至少 ${REASON_CHARS_MIN} 个字。`, `At least ${REASON_CHARS_MIN} characters.`),
    });
  }
  const atMs = clock.now();
  const order = orders.orderAt(subject, atMs) ?? orders.lastOrder(subject);
  const isMine =
    order !== undefined && isReached({ region: account.region, reaches }, order.county);
  await records.transaction((trx) =>
    audit.record(trx, {
      atMs,
      actor: account.id,
      action: 'held.read',
      outcome: isMine ? 'done' : 'refused',
      subjects: [subject],
      purpose,
      reason: reason.trim(),
      detail: {},
    }),
  );
  if (!isMine) {
    throw new UserError(
      'not-found',
      text('没有此人，或者不在您的管辖范围', 'no such person in your charge'),
      { detail: 'unknown-person', hint: text('请核对人员编号。', 'Check the key of the person.') },
    );
  }
  const endMs = order.action === 'end' ? Math.min(order.atMs, order.untilMs) : order.untilMs;
  return {
    subject,
    nowMs: atMs,
    order: {
      subjectClass: classOf(order),
      correction: order.correction ?? null,
      county: order.county,
      area: order.area,
      fromMs: order.fromMs,
      untilMs: order.untilMs,
      inForce: orders.orderAt(subject, atMs) !== undefined,
    },
    measures: measuresOf(orders, subject, { atMs, limits: desk.limits }).map(measureAnswer),
    sources: sourcesOf(orders, subject, atMs),
    held: await readMirror({ db: records.db, ...deps.mirror }, subject),
    heldIsWhole: deps.mirror.olap !== undefined,
    deleteAtMs: endMs + deps.keptAfterEndMs,
  };
}

const measureAnswer = (measure: Measure): MeasureAnswer => ({
  ...measure,
  sources: [...measure.sources],
  area: [...measure.area],
  ground: measure.ground ?? null,
  terms: [...measure.terms],
});

const listedAnswer = ({ subject, subjectClass, county, ...measure }: Listed): ListedBasis => ({
  ...measureAnswer(measure),
  subject: subjectKey(subject),
  subjectClass,
  county,
});

const officerOf = ({ account: { id: accountId, region }, reaches }: Permit) => ({
  accountId,
  region,
  reaches,
});

const reasonText = (reason: string): Text =>
  reason in REASONS ? REASONS[reason as ReasonCode].says : text(reason, reason);

const answerOf = async (records: Records, proposal: Proposal, account: Account) =>
  (await answersOf(records, [proposal], account))[0] as ProposalAnswer;

async function answersOf(
  records: Records,
  proposals: readonly Proposal[],
  account: Account,
): Promise<ProposalAnswer[]> {
  const ids = proposals.flatMap(({ proposedBy, confirmer, decidedBy }) => [
    proposedBy,
    confirmer,
    ...(decidedBy === null ? [] : [decidedBy]),
  ]);
  const names = await records.transaction((trx) => loadNames(trx, ids));
  const nameOf = (id: string) => names.get(id) ?? text(id, id);
  return proposals.map(({ paper, publishedAtMs: _published, ...row }) => ({
    id: row.id,
    subject: row.subject,
    basisId: row.basisId,
    county: row.county,
    action: paper.action,
    article: paper.article,
    documentNumber: paper.documentNumber,
    approvedBy: paper.approvedBy,
    sources: paper.sources,
    fromMs: paper.fromMs,
    untilMs: paper.untilMs,
    reason: row.reason,
    proposedBy: nameOf(row.proposedBy),
    proposedAtMs: row.proposedAtMs,
    confirmer: nameOf(row.confirmer),
    decision: row.decision,
    decidedBy: row.decidedBy === null ? null : nameOf(row.decidedBy),
    decidedAtMs: row.decidedAtMs,
    decisionNote: row.decisionNote,
    may: {
      confirm: row.decision === null && row.confirmer === account.id,
      refuse: row.decision === null,
    },
  }));
}

/** Officers who could confirm what this one records. */
export async function confirmersFor(records: Records, account: Account) {
  const rows = await records.db
    .selectFrom('account')
    .select(['id', 'displayZh', 'displayEn', 'region', 'officerId'])
    .where('active', '=', 1)
    .where('role', 'in', [...OFFICERS])
    .orderBy('region')
    .orderBy('id')
    .execute();
  return rows
    .filter(
      ({ id, officerId }) =>
        id !== account.id && !(officerId !== null && officerId === account.officerId),
    )
    .filter(({ region }) => isWithin(account.region, region) || isWithin(region, account.region))
    .map(({ id, displayZh, displayEn }) => ({ id, name: text(displayZh, displayEn) }));
}
