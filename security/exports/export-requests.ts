// Large exports wait for a second person: asked for by one with a reason, decided by another, used once by the
// first. What was approved is the question, and so much of an answer; not a file, for data go on changing.

import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { canonicalJson, contentHash, type ChanceIds } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type {
  ExportAbout,
  ExportRequestState,
  ExportRequestTable,
} from '../../warehouse/records-exports.ts';
import { exportKind, type ExportKindName } from './export-kinds.ts';

export type ExportLimits = {
  /** More rows, or more persons, wait for a second person. */
  readonly largeRows: number;
  readonly largePersons: number;
  /** How long a request waits, and how long an approved one may be used, in ms. */
  readonly requestMs: number;
  readonly approvedMs: number;
  /** By which part an answer may have grown since it was approved. */
  readonly growth: number;
};

export type Sized = {
  readonly kind: ExportKindName;
  readonly rows: number;
  readonly persons: number;
};

export const isLarge = (limits: ExportLimits, { kind, rows, persons }: Sized): boolean =>
  exportKind(kind).neverWaits !== true &&
  (rows > limits.largeRows || persons > limits.largePersons);

export const aboutColumn = jsonColumn(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).readonly(),
);

type Question = {
  readonly kind: string;
  readonly fn: string;
  readonly region: string;
  readonly format: string;
  readonly about: ExportAbout;
};

/** The same for the same question in the same format. */
export const questionHash = ({ kind, fn, region, format, about }: Question): string =>
  contentHash(canonicalJson({ kind, fn, region, format, about }));

/** As it is now: what nobody decided or used in time has lapsed. */
export const stateOf = (
  { state, untilMs }: Pick<ExportRequestTable, 'state' | 'untilMs'>,
  nowMs: number,
): ExportRequestState | 'lapsed' =>
  (state === 'waiting' || state === 'approved') && untilMs <= nowMs ? 'lapsed' : state;

export type NewRequest = Omit<
  ExportRequestTable,
  'id' | 'state' | 'decidedBy' | 'decidedAtMs' | 'decisionNote' | 'untilMs'
>;

/** Writes a request that waits. */
export async function askForExport(
  deps: { readonly ids: ChanceIds; readonly limits: ExportLimits },
  trx: RecordsTransaction,
  request: NewRequest,
): Promise<ExportRequestTable> {
  const row: ExportRequestTable = {
    ...request,
    id: deps.ids.next('er'),
    state: 'waiting',
    decidedBy: null,
    decidedAtMs: null,
    decisionNote: '',
    untilMs: epochMs(request.requestedAtMs + deps.limits.requestMs),
  };
  await trx.insertInto('exportRequest').values(row).execute();
  return row;
}

/** Another person's word on a request. Throws UserError. */
export async function decideExport(
  limits: ExportLimits,
  trx: RecordsTransaction,
  given: {
    readonly id: string;
    readonly by: string;
    readonly atMs: EpochMs;
    readonly decision: 'approved' | 'refused';
    readonly note: string;
  },
): Promise<ExportRequestTable> {
  const row = await findRequest(trx, given.id);
  if (row.requestedBy === given.by) throw ownRequest();
  if (stateOf(row, given.atMs) !== 'waiting') throw notWaiting();
  const decided = {
    state: given.decision,
    decidedBy: given.by,
    decidedAtMs: given.atMs,
    decisionNote: given.note,
    untilMs: epochMs(given.atMs + limits.approvedMs),
  };
  await trx.updateTable('exportRequest').set(decided).where('id', '=', row.id).execute();
  return { ...row, ...decided };
}

/** Takes a request back that nobody needs any more. Throws UserError. */
export async function withdrawRequest(
  trx: RecordsTransaction,
  { id, by, atMs }: { readonly id: string; readonly by: string; readonly atMs: EpochMs },
): Promise<ExportRequestTable> {
  const row = await findRequest(trx, id);
  if (row.requestedBy !== by) throw noSuchRequest();
  const state = stateOf(row, atMs);
  if (state !== 'waiting' && state !== 'approved') throw notWaiting();
  await trx.updateTable('exportRequest').set({ state: 'withdrawn' }).where('id', '=', id).execute();
  return { ...row, state: 'withdrawn' };
}

export type Asked = {
  readonly by: string;
  readonly atMs: EpochMs;
  readonly questionHash: string;
};

/**
 * The approved request of this account for this question. Throws UserError: `approval-needed` when there is none,
 * `conflict` when the answer has outgrown what was approved.
 */
export async function findApproved(
  limits: ExportLimits,
  db: RecordsDb,
  { by, atMs, questionHash: hash, rows, persons }: Asked & Omit<Sized, 'kind'>,
): Promise<{ readonly id: string; readonly approvedBy: string }> {
  const found = await db
    .selectFrom('exportRequest')
    .selectAll()
    .where('requestedBy', '=', by)
    .where('questionHash', '=', hash)
    .where('untilMs', '>', atMs)
    .where('state', 'in', ['approved', 'waiting'])
    .orderBy('state')
    .orderBy('untilMs')
    .execute();
  const approved = found.filter(({ state }) => state === 'approved');
  if (approved.length === 0) throw approvalNeeded({ rows, persons }, limits, found.length > 0);
  const most = (count: number) => Math.floor(count * (1 + limits.growth));
  const fit = approved.find(
    (one) => rows <= most(one.rowCount) && persons <= most(one.personCount),
  );
  if (fit?.decidedBy) return { id: fit.id, approvedBy: fit.decidedBy };
  throw new UserError(
    'conflict',
    text('数据量已明显超过批准时的数量', 'there is much more now than was approved'),
    { hint: text('请重新申请', 'Ask again.') },
  );
}

/** The same in the transaction of the export, and it is used up. */
export async function useApproved(
  limits: ExportLimits,
  trx: RecordsTransaction,
  asked: Asked & Omit<Sized, 'kind'>,
): Promise<{ readonly id: string; readonly approvedBy: string }> {
  const approved = await findApproved(limits, trx, asked);
  await trx
    .updateTable('exportRequest')
    .set({ state: 'used' })
    .where('id', '=', approved.id)
    .execute();
  return approved;
}

function approvalNeeded(
  { rows, persons }: Omit<Sized, 'kind'>,
  { largeRows, largePersons }: ExportLimits,
  isWaiting: boolean,
): UserError {
  const [whomZh, whomEn] =
    persons > 0 ? [`、涉及 ${persons} 人`, ` about ${persons} persons`] : ['', ''];
  const says = text(
    `${rows} 行${whomZh}，超过限额（${largeRows} 行或 ${largePersons} 人），须经他人审批`,
    `${rows} rows${whomEn} are more than ${largeRows} rows or ${largePersons} persons: a second person must approve`,
  );
  return new UserError('approval-needed', says, {
    hint: isWaiting
      ? text(
          '申请已提交，批准后再次导出即可',
          'It was asked for; export again once it is approved.',
        )
      : text('请填写理由提交申请，或缩小范围', 'Ask with a reason, or narrow it down.'),
  });
}

async function findRequest(trx: RecordsTransaction, id: string): Promise<ExportRequestTable> {
  const row = await trx
    .selectFrom('exportRequest')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw noSuchRequest();
  return row;
}

export const noSuchRequest = () =>
  new UserError('not-found', text('没有这个导出申请', 'there is no such request'));

const ownRequest = () =>
  new UserError(
    'forbidden',
    text('不能审批自己提交的申请', 'nobody decides on their own request'),
    { hint: text('请另一名有权限的人员审批', 'Ask a second person.') },
  );

const notWaiting = () =>
  new UserError(
    'conflict',
    text('该申请已审批、已撤回或已过期', 'it was decided or taken back, or has lapsed'),
  );
