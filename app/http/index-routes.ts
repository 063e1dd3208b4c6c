// Composite indices over HTTP: definitions, cells, results, receipts, and publishing by two persons.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loadNames } from '../../alerts/names.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { planIndex } from '../../models/composite/index-plan.ts';
import {
  historyOf,
  inputHashOf,
  makeReceipt,
  periodInput,
} from '../../models/composite/receipt.ts';
import { DEFAULT_DOUBTS } from '../../models/composite/uncertainty.ts';
import { covers, type DataScope } from '../../security/access/data-scope.ts';
import { reachOf } from '../../security/access/rights.ts';
import type { PolicyRole } from '../../security/access/roles.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import {
  approveSchema,
  cellsQuerySchema,
  definitionsSchema,
  indexParamsSchema,
  publicationAnswerSchema,
  publishSchema,
  receiptAnswerSchema,
  receiptQuerySchema,
  resultsQuerySchema,
  resultsSchema,
  restateSchema,
  type PublicationAnswer,
  type ReceiptAnswer,
  type ResultsAnswer,
} from '../api/indices.ts';
import { problemSchema } from '../api/session.ts';
import { actOn, lookAt } from '../audit/about.ts';
import {
  cellsAnswer,
  cellsAsArrow,
  columnsBelow,
  definitionAnswer,
  regionResults,
} from '../indices/index-answers.ts';
import { monthIn, type ComputedIndex, type IndexService } from '../indices/index-service.ts';
import { monthName, monthStartMs } from '../indices/months.ts';
import {
  changesBetween,
  freezeMonth,
  frozenOf,
  publicationsOf,
  type Publication,
  type PublicationDesk,
} from '../indices/publications.ts';
import type { Guard } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};
const tags = ['indices'];
const ROWS_MAX = 200;

export type IndexRoutesDeps = {
  readonly guard: Guard;
  readonly service: IndexService;
  readonly desk: PublicationDesk;
  readonly records: Records;
  readonly olap: Olap | undefined;
};

export function registerIndices(app: FastifyInstance, deps: IndexRoutesDeps): void {
  const { guard, service, desk, records } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/api/indices/definitions',
    {
      schema: {
        summary: 'Indices there are',
        tags,
        response: { 200: definitionsSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'index.read');
      return {
        definitions: await Promise.all(
          service.definitions.map(async (one) =>
            definitionAnswer(one, await service.look(one.definition.id)),
          ),
        ),
      };
    },
  );

  routes.get(
    '/api/indices/:id/cells',
    {
      schema: {
        summary: 'What an index is computed from, by region and period, as JSON or Arrow',
        tags,
        params: indexParamsSchema,
        querystring: cellsQuerySchema,
        response: { 200: z.any(), ...problems },
      },
    },
    async (request, reply) => {
      await guard.allow(request, 'index.read');
      const index = await service.open(request.params.id);
      const { from, to, of, format } = request.query;
      const asked = {
        from: from === undefined ? index.input.first : monthIn(index, from),
        to: to === undefined ? index.input.last : monthIn(index, to),
        of,
      };
      if (format === 'json') return cellsAnswer(index, asked);
      void reply.header('content-type', 'application/vnd.apache.arrow.stream');
      return Buffer.from(cellsAsArrow(index, asked));
    },
  );

  routes.get(
    '/api/indices/:id/results',
    {
      schema: {
        summary: 'Figures of a period: index, families, scores, ranks with intervals, grades',
        tags,
        params: indexParamsSchema,
        querystring: resultsQuerySchema,
        response: { 200: resultsSchema, ...problems },
      },
    },
    async (request) => {
      const { account, role } = await guard.allow(request, 'index.read');
      const index = await service.open(request.params.id);
      return resultsOf(deps, index, { period: request.query.period, account, role });
    },
  );

  routes.get(
    '/api/indices/:id/receipt',
    {
      config: { audit: lookAt('index.receipt', 'reporting', ['region', 'period', 'node']) },
      schema: {
        summary: 'What a figure was made of; anybody can compute it again from this',
        tags,
        params: indexParamsSchema,
        querystring: receiptQuerySchema,
        response: { 200: receiptAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const { scope } = await guard.allow(request, 'index.read');
      const index = await service.open(request.params.id);
      return receiptOf(deps, index, { ...request.query, scope });
    },
  );

  routes.post(
    '/api/indices/:id/publish',
    {
      config: { audit: actOn('index.publish', 'reporting', ['period']) },
      schema: {
        summary: 'Propose to publish the figures of a month',
        tags,
        params: indexParamsSchema,
        body: publishSchema,
        response: { 200: publicationAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const { account, role } = await guard.allow(request, 'index.publish');
      return propose(request.params.id, request.body, { kind: 'first', account, role });
    },
  );

  routes.post(
    '/api/indices/:id/restate',
    {
      config: { audit: actOn('index.restate', 'reporting', ['period']) },
      schema: {
        summary: 'Propose other figures for a published month',
        tags,
        params: indexParamsSchema,
        body: restateSchema,
        response: { 200: publicationAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const { account, role } = await guard.allow(request, 'index.publish');
      return propose(request.params.id, request.body, { kind: 'restatement', account, role });
    },
  );

  routes.post(
    '/api/indices/:id/approve',
    {
      config: { audit: actOn('index.approve', 'reporting', ['publication', 'decision']) },
      schema: {
        summary: 'Publish what somebody else proposed, or refuse it',
        tags,
        params: indexParamsSchema,
        body: approveSchema,
        response: { 200: publicationAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const { account, role } = await guard.allow(request, 'index.approve');
      const { publication, decision, note } = request.body;
      const row = await desk.decide(
        { index: request.params.id, id: publication },
        { decision, note, by: publisher(account) },
      );
      return onlyOne(await publicationAnswers(records, [row], { account, role }));
    },
  );

  async function propose(
    id: string,
    { period, reason }: { period: string; reason: string },
    { kind, account, role }: Asking & { kind: Publication['kind'] },
  ): Promise<PublicationAnswer> {
    const index = await service.open(id);
    const month = monthIn(index, period);
    const row = await desk.propose(index, { month, kind, reason, by: publisher(account) });
    return onlyOne(await publicationAnswers(records, [row], { account, role }));
  }
}

type Asking = { readonly account: Account; readonly role: PolicyRole };

const publisher = ({ id: accountId, officerId }: Account) => ({ accountId, officerId });
const onlyOne = (list: readonly PublicationAnswer[]) => list[0] as PublicationAnswer;

async function resultsOf(
  { records }: IndexRoutesDeps,
  index: ComputedIndex,
  { period, account, role }: Asking & { period: string | undefined },
): Promise<ResultsAnswer> {
  const month = monthIn(index, period);
  const { definition } = index.versioned;
  const name = monthName(month);
  const all = await publicationsOf(records.db, { index: definition.id, period: name });
  const last = all.find(({ state }) => state === 'published');
  const frozen = last && frozenOf(last);
  const { sensitivity, ranks } = index.uncertaintyOf(month);
  const answers = await publicationAnswers(records, all, { account, role });
  const regions = index.input.regions.map(String);
  return {
    id: definition.id,
    title: definition.title,
    version: frozen && last ? last.version : index.plan.version,
    reference: index.plan.reference?.id ?? null,
    period: name,
    inputHash: inputHashOf(
      frozen?.input ?? periodInput(index.plan, index.historyOf(month), regions),
    ),
    isSynthetic: index.isSynthetic,
    regions: regionResults(index, month, frozen),
    publication: answers.find(({ state }) => state === 'published') ?? null,
    proposal: answers.find(({ state }) => state === 'proposed') ?? null,
    restatements: answers.filter(
      ({ kind, state }) => kind === 'restatement' && state === 'published',
    ),
    isOutdated:
      frozen !== undefined &&
      changesBetween(frozen.figures, freezeMonth(index, month).figures).length > 0,
    uncertainty: {
      samples: ranks.samples,
      weightSpread: DEFAULT_DOUBTS.weightSpread,
      meanShift: sensitivity.meanShift,
      sobol: sensitivity.factors.map((one) => ({
        factor: one.name,
        first: one.first,
        total: one.total,
        firstWithin: [...one.firstWithin],
        totalWithin: [...one.totalWithin],
      })),
    },
    may: {
      propose: reachOf(role, 'index.publish') !== undefined,
      decide: reachOf(role, 'index.approve') !== undefined,
    },
  };
}

/** Of a published period the receipt is of what was published. */
async function receiptOf(
  { records, olap }: IndexRoutesDeps,
  index: ComputedIndex,
  asked: { region: string; period: string; node?: string | undefined; scope: DataScope },
): Promise<ReceiptAnswer> {
  const month = monthIn(index, asked.period);
  const { id, top } = index.versioned.definition;
  const all = await publicationsOf(records.db, { index: id, period: asked.period });
  const last = all.find(({ state }) => state === 'published');
  const frozen = last && frozenOf(last);
  const plan =
    frozen && last
      ? planIndex(
          { definition: frozen.definition, version: last.version },
          frozen.reference ?? undefined,
        )
      : index.plan;
  const node = asked.node ?? top;
  const receipt = makeReceipt(plan, frozen ? historyOf(frozen.input) : index.historyOf(month), {
    name: { index: id, period: asked.period, region: asked.region, node },
    regions: frozen?.input.regions ?? index.input.regions.map(String),
    sql: frozen?.sql ?? index.input.sql,
  });
  if (!receipt) {
    throw new UserError('not-found', text('没有这项数值', 'there is no such figure'), {
      detail: `${asked.region} ${node}`,
    });
  }
  const mayRows = olap !== undefined && covers(asked.scope, { region: asked.region });
  return { receipt, rows: mayRows ? await rowsOf(olap, index, { ...asked, node }) : null };
}

async function rowsOf(
  olap: Olap,
  index: ComputedIndex,
  { region, period, node }: { region: string; period: string; node: string },
) {
  const month = monthIn(index, period);
  const where =
    'region = {region:UInt32} AND at_ms >= {from:Int64} AND at_ms < {until:Int64} AND kind IN {kinds:Array(String)}';
  const params = {
    region: Number(region),
    from: monthStartMs(month),
    until: monthStartMs(month + 1),
    kinds: columnsBelow(index, node),
  };
  const [count] = await olap.rows<{ n: number }>(
    `SELECT count() AS n FROM incident WHERE ${where}`,
    params,
  );
  const shown = await olap.rows<{ at: number; what: string }>(
    `SELECT at_ms AS at, toString(kind) AS what FROM incident WHERE ${where} ORDER BY at_ms, kind LIMIT ${ROWS_MAX}`,
    params,
  );
  return {
    total: count?.n ?? 0,
    shown: shown.map(({ at, what }) => ({ atMs: at, kind: what })),
  };
}

async function publicationAnswers(
  records: Records,
  rows: readonly Publication[],
  { account, role }: Asking,
): Promise<PublicationAnswer[]> {
  const ids = rows.flatMap(({ proposedBy, decidedBy }) => [
    proposedBy,
    ...(decidedBy === null ? [] : [decidedBy]),
  ]);
  const names = await records.transaction((trx) => loadNames(trx, ids));
  const nameOf = (id: string) => names.get(id) ?? text(id, id);
  const mayDecide = reachOf(role, 'index.approve') !== undefined;
  return rows.map((row) =>
    publicationAnswerSchema.parse({
      id: row.id,
      period: row.period,
      number: row.number,
      kind: row.kind,
      state: row.state,
      version: row.version,
      reason: row.reason,
      proposedBy: nameOf(row.proposedBy),
      proposedAtMs: row.proposedAtMs,
      decidedBy: row.decidedBy === null ? null : nameOf(row.decidedBy),
      decidedAtMs: row.decidedAtMs,
      note: row.note,
      hash: row.contentHash,
      changes: row.changes,
      may: { decide: row.state === 'proposed' && mayDecide && row.proposedBy !== account.id },
    }),
  );
}
