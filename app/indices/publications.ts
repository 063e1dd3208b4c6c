// Figures that are published are frozen with everything they were computed from. One person proposes, another
// decides; what changes later is a restatement with its reason, its old and its new values.

import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { canonicalJson, contentHash, contentId } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { definitionSchema } from '../../models/composite/definition.ts';
import { periodInput, receiptSchema } from '../../models/composite/receipt.ts';
import { referenceSchema } from '../../models/composite/reference.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { IndexChange, IndexPublicationTable } from '../../warehouse/records-indices.ts';
import type { Records, RecordsDb } from '../../warehouse/records.ts';
import type { ComputedIndex } from './index-service.ts';
import { monthName, type MonthNumber } from './months.ts';

const figures = z.record(z.string(), z.record(z.string(), z.number().nullable()));

const frozenSchema = z.strictObject({
  input: receiptSchema.shape.input,
  reference: referenceSchema.nullable(),
  definition: definitionSchema,
  sql: z.array(z.string()),
  /** By region, then by node. */
  figures,
});

export type FrozenFigures = z.infer<typeof frozenSchema>;

export type Publication = Omit<IndexPublicationTable, 'changes'> & {
  readonly changes: readonly IndexChange[];
};

/** Who acts: the same officer behind two accounts is one person. */
export type Publisher = { readonly accountId: string; readonly officerId: string | null };

/** A figure that moved by less is the same. */
const SAME = 1e-9;

const changesColumn = jsonColumn(
  z
    .array(
      z.strictObject({
        region: z.string(),
        node: z.string(),
        before: z.number().nullable(),
        after: z.number().nullable(),
      }),
    )
    .readonly(),
);

/** All proposals about a period, the newest first. */
export async function publicationsOf(
  db: RecordsDb,
  { index, period }: { index: string; period: string },
): Promise<Publication[]> {
  const rows = await db
    .selectFrom('indexPublication')
    .selectAll()
    .where('indexId', '=', index)
    .where('period', '=', period)
    .orderBy('number', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, changes: changesColumn.decode(row.changes) }));
}

export const frozenOf = ({ body }: Pick<Publication, 'body'>): FrozenFigures =>
  frozenSchema.parse(JSON.parse(body));

/** What would be frozen of a month now. */
export function freezeMonth(index: ComputedIndex, month: MonthNumber): FrozenFigures {
  const { plan, input } = index;
  const regions = input.regions.map(String);
  const { nodes } = index.resultOf(month);
  return {
    input: periodInput(plan, index.historyOf(month), regions),
    reference: plan.reference ? referenceSchema.parse(plan.reference) : null,
    definition: plan.definition,
    sql: [...input.sql],
    figures: Object.fromEntries(
      regions.map((region, place) => [
        region,
        Object.fromEntries([...nodes].map(([node, column]) => [node, orNull(column[place])])),
      ]),
    ),
  };
}

export function changesBetween(
  before: FrozenFigures['figures'],
  after: FrozenFigures['figures'],
): IndexChange[] {
  const regions = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return regions.flatMap((region) => {
    const nodes = new Set([
      ...Object.keys(before[region] ?? {}),
      ...Object.keys(after[region] ?? {}),
    ]);
    return [...nodes].flatMap((node) => {
      const [was, is] = [before[region]?.[node] ?? null, after[region]?.[node] ?? null];
      const isSame = was === null || is === null ? was === is : Math.abs(was - is) <= SAME;
      return isSame ? [] : [{ region, node, before: was, after: is }];
    });
  });
}

export type PublicationDesk = ReturnType<typeof createPublicationDesk>;

export function createPublicationDesk({ records, clock }: { records: Records; clock: Clock }) {
  return {
    /**
     * Proposes the figures of a month. `restatement` says whether the asker knows it is published already.
     * Throws UserError `conflict` when something waits, is (not) published, or nothing changed.
     */
    propose(
      index: ComputedIndex,
      {
        month,
        kind,
        reason,
        by,
      }: {
        month: MonthNumber;
        kind: IndexPublicationTable['kind'];
        reason: string;
        by: Publisher;
      },
    ): Promise<Publication> {
      const { id } = index.versioned.definition;
      const period = monthName(month);
      const frozen = freezeMonth(index, month);
      return records.transaction(async (trx) => {
        const all = await publicationsOf(trx, { index: id, period });
        if (all.some(({ state }) => state === 'proposed')) throw waits();
        const last = all.find(({ state }) => state === 'published');
        if (kind === 'first' && last) throw alreadyPublished();
        if (kind === 'restatement' && !last) throw notPublished();
        const changes = last ? changesBetween(frozenOf(last).figures, frozen.figures) : [];
        if (last && changes.length === 0) throw unchanged();
        const body = canonicalJson(frozen);
        const number = (all[0]?.number ?? 0) + 1;
        const row = {
          id: contentId('ip', [id, period, number]),
          indexId: id,
          period,
          number,
          kind,
          state: 'proposed' as const,
          version: index.plan.version,
          reason,
          body,
          contentHash: contentHash(body),
          proposedBy: by.accountId,
          proposedAtMs: clock.now(),
          decidedBy: null,
          decidedAtMs: null,
          note: null,
        };
        await trx
          .insertInto('indexPublication')
          .values({ ...row, changes: changesColumn.encode(changes) })
          .execute();
        return { ...row, changes };
      });
    },

    /** Throws UserError `not-found`, `conflict` when decided, `forbidden` for whoever proposed it. */
    decide(
      { index, id }: { index: string; id: string },
      { decision, note, by }: { decision: 'publish' | 'refuse'; note: string; by: Publisher },
    ): Promise<Publication> {
      return records.transaction(async (trx) => {
        const row = await trx
          .selectFrom('indexPublication')
          .selectAll()
          .where('id', '=', id)
          .where('indexId', '=', index)
          .executeTakeFirst();
        if (!row)
          throw new UserError('not-found', text('没有这项发布申请', 'there is no such proposal'));
        if (row.state !== 'proposed') throw decided();
        const author = await trx
          .selectFrom('account')
          .select(['id', 'officerId'])
          .where('id', '=', row.proposedBy)
          .executeTakeFirst();
        const isAuthor =
          row.proposedBy === by.accountId ||
          (by.officerId !== null && author?.officerId === by.officerId);
        if (isAuthor) throw ownProposal();
        const change = {
          state: decision === 'publish' ? ('published' as const) : ('refused' as const),
          decidedBy: by.accountId,
          decidedAtMs: clock.now(),
          note,
        };
        await trx
          .updateTable('indexPublication')
          .set(change)
          .where('id', '=', id)
          .where('state', '=', 'proposed')
          .execute();
        return { ...row, ...change, changes: changesColumn.decode(row.changes) };
      });
    },
  };
}

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

const waits = () =>
  new UserError('conflict', text('该月已有待审批的发布申请', 'a proposal for this month waits'), {
    hint: text('请先审批或退回该申请。', 'Approve or refuse it first.'),
  });
const alreadyPublished = () =>
  new UserError('conflict', text('该月指数已发布', 'the month is published'), {
    hint: text(
      '已发布的数值不再改动；确需更正的，请提出修订。',
      'Published figures stay; propose a restatement.',
    ),
  });
const notPublished = () =>
  new UserError('conflict', text('该月指数尚未发布', 'the month is not published'), {
    hint: text('请提出发布申请，无需修订。', 'Propose to publish it instead.'),
  });
const unchanged = () =>
  new UserError(
    'conflict',
    text('重新计算的结果与已发布数值一致', 'nothing differs from what is published'),
  );
const decided = () => new UserError('conflict', text('该申请已处理', 'the proposal is decided'));
const ownProposal = () =>
  new UserError('forbidden', text('不能审批本人提出的申请', 'nobody approves their own proposal'), {
    hint: text('请由另一名有权限的人员审批。', 'Somebody else with the right has to.'),
  });
