// The ledger and its requests as somebody may see them: what is whose, and within which regions.

import { loadNames } from '../../alerts/names.ts';
import { isWithin, regionsWithin, type RegionCode } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import type { DataScope } from '../../security/access/data-scope.ts';
import { EXPORT_KINDS, exportKindName } from '../../security/exports/export-kinds.ts';
import { aboutColumn, stateOf } from '../../security/exports/export-requests.ts';
import {
  findByNumber,
  LEDGER_PAGE_MAX,
  readLedger,
  type LedgerQuery,
} from '../../security/exports/ledger.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { ExportFileTable, ExportRequestTable } from '../../warehouse/records-exports.ts';
import type { ExportRequest, LedgerEntry, LedgerPage } from '../api/exports.ts';

export type Reader = {
  readonly accountId: string;
  /** How far others' files may be seen; undefined for one's own only. */
  readonly others: DataScope | undefined;
  /** Whose requests may be decided. */
  readonly decides: DataScope | undefined;
};

export async function ledgerPage(
  db: RecordsDb,
  { accountId, others }: Reader,
  asked: Omit<LedgerQuery, 'exporter' | 'regions' | 'before' | 'limit'> & {
    readonly whose: 'own' | 'all';
    readonly after?: string | undefined;
  },
): Promise<LedgerPage> {
  const last = asked.after === undefined ? undefined : await findByNumber(db, asked.after);
  const found = await readLedger(db, {
    ...asked,
    ...(asked.whose === 'own' || !others ? { exporter: accountId } : narrowed(others)),
    before: last && { madeAtMs: last.madeAtMs, number: last.number },
    limit: PAGE,
  });
  const page = found.slice(0, PAGE - 1);
  return {
    entries: await entriesOf(db, page, accountId),
    next: found.length === PAGE ? (page.at(-1)?.number ?? null) : null,
    mayAll: others !== undefined,
    kinds: Object.entries(EXPORT_KINDS).map(([kind, { name }]) => ({ kind, name })),
  };
}

const PAGE = LEDGER_PAGE_MAX / 4 + 1;

/** What of the ledger a scope reaches, as a query. */
function narrowed(scope: DataScope): Pick<LedgerQuery, 'exporter' | 'regions'> {
  switch (scope.kind) {
    case 'all':
      return {};
    case 'own':
      return { exporter: scope.owners[0] ?? '' };
    case 'unit':
      return { regions: [scope.unit] };
    case 'unit-and-below':
      return { regions: below(scope.unit) };
    case 'list':
      return { regions: scope.units.flatMap(below) };
  }
}

const below = (region: RegionCode): RegionCode[] => [
  region,
  ...regionsWithin(region).map(({ code }) => code),
];

const reaches = (scope: DataScope | undefined, region: RegionCode): boolean => {
  switch (scope?.kind) {
    case 'all':
      return true;
    case 'unit':
      return scope.unit === region;
    case 'unit-and-below':
      return isWithin(region, scope.unit);
    case 'list':
      return scope.units.some((unit) => isWithin(region, unit));
    default:
      return false;
  }
};

/** True for one's own, and for others' within reach. */
export const maySee = (
  { accountId, others }: Reader,
  entry: Pick<ExportFileTable, 'exporter' | 'region'>,
): boolean => entry.exporter === accountId || reaches(others, entry.region);

export async function entriesOf(
  db: RecordsDb,
  rows: readonly ExportFileTable[],
  accountId: string,
): Promise<LedgerEntry[]> {
  const nameOf = await namesOf(
    db,
    rows.flatMap(({ exporter, approvedBy }) => [exporter, approvedBy]),
  );
  const seals = new Map(
    (rows.length === 0
      ? []
      : await db
          .selectFrom('exportSeal')
          .select(['number', 'stampedAtMs'])
          .where(
            'number',
            'in',
            rows.map(({ number }) => number),
          )
          .execute()
    ).map(({ number, stampedAtMs }) => [number, { stampedAtMs }]),
  );
  return rows.map((row) => ({
    number: row.number,
    kind: row.kind,
    kindName: exportKindName(row.kind),
    title: text(row.titleZh, row.titleEn),
    format: row.format,
    exporter: nameOf(row.exporter),
    isOwn: row.exporter === accountId,
    region: row.region,
    about: { ...aboutColumn.decode(row.about) },
    purpose: row.purpose,
    purposeCode: row.purposeCode,
    rows: row.rowCount,
    persons: row.personCount,
    hashing: row.hashing,
    contentDigest: row.contentDigest,
    fileDigest: row.fileDigest,
    mark: row.mark,
    fileName: row.fileName,
    byteCount: row.byteCount,
    madeAtMs: row.madeAtMs,
    state: row.state,
    takenAtMs: row.takenAtMs,
    approvedBy: row.approvedBy === null ? null : nameOf(row.approvedBy),
    seal: seals.get(row.number) ?? null,
  }));
}

const REQUESTS_MAX = 200;

/** Requests that are one's own, may be decided, or stand within the ledger one sees; the newest first. */
export async function requestsOf(
  db: RecordsDb,
  reader: Reader,
  nowMs: number,
): Promise<ExportRequest[]> {
  const rows = await db
    .selectFrom('exportRequest')
    .selectAll()
    .orderBy('requestedAtMs', 'desc')
    .orderBy('id')
    .limit(REQUESTS_MAX)
    .execute();
  const seen = rows.filter(
    ({ requestedBy, region }) =>
      requestedBy === reader.accountId ||
      reaches(reader.decides, region) ||
      reaches(reader.others, region),
  );
  const nameOf = await namesOf(
    db,
    seen.flatMap(({ requestedBy, decidedBy }) => [requestedBy, decidedBy]),
  );
  return seen.map((row) => requestAnswer(row, { reader, nowMs, nameOf }));
}

function requestAnswer(
  row: ExportRequestTable,
  { reader, nowMs, nameOf }: { reader: Reader; nowMs: number; nameOf: (account: string) => Text },
): ExportRequest {
  const isOwn = row.requestedBy === reader.accountId;
  const state = stateOf(row, nowMs);
  return {
    id: row.id,
    kindName: exportKindName(row.kind),
    title: text(row.titleZh, row.titleEn),
    format: row.format,
    requestedBy: nameOf(row.requestedBy),
    isOwn,
    region: row.region,
    about: { ...aboutColumn.decode(row.about) },
    purpose: row.purpose,
    reason: row.reason,
    rows: row.rowCount,
    persons: row.personCount,
    requestedAtMs: row.requestedAtMs,
    state,
    decidedBy: row.decidedBy === null ? null : nameOf(row.decidedBy),
    decidedAtMs: row.decidedAtMs,
    note: row.decisionNote,
    untilMs: row.untilMs,
    may: {
      decide: state === 'waiting' && !isOwn && reaches(reader.decides, row.region),
      withdraw: isOwn && (state === 'waiting' || state === 'approved'),
    },
  };
}

async function namesOf(
  db: RecordsDb,
  accounts: readonly (string | null)[],
): Promise<(account: string) => Text> {
  const ids = [...new Set(accounts.filter((one) => one !== null))];
  const names = ids.length === 0 ? new Map<string, Text>() : await loadNames(db, ids);
  return (account) => names.get(account) ?? text(account, account);
}
