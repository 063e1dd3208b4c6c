// Which counted views somebody may read: those meant for them, and of those only what they could count themselves.

import type { DataScope } from '../../security/access/data-scope.ts';
import type { RegionCode } from '../../core/region.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { ViewReportTable } from '../../warehouse/records-workbench.ts';
import { figureScopeOf, type FigureScope } from '../figures/scope.ts';

export type ReportReader = {
  readonly accountId: string;
  readonly region: RegionCode;
  readonly scope: DataScope;
  /** True for who may see the records behind a cell, and with them small cells. */
  readonly seesRecords: boolean;
};

const SHOWN_MAX = 200;

/** Newest first. Throws UserError `forbidden` for a scope without counties. */
export async function readableReports(
  db: RecordsDb,
  reader: ReportReader,
  id?: string,
): Promise<ViewReportTable[]> {
  const rows = await db
    .selectFrom('viewReport')
    .selectAll()
    .where((where) =>
      where.or([
        where('owner', '=', reader.accountId),
        where('visibility', '=', 'all'),
        where.and([where('visibility', '=', 'unit'), where('region', '=', reader.region)]),
      ]),
    )
    .$if(id !== undefined, (query) => query.where('id', '=', id as string))
    .orderBy('madeAtMs', 'desc')
    .orderBy('id')
    .limit(SHOWN_MAX)
    .execute();
  const own = figureScopeOf(reader.scope);
  return rows.filter((row) => mayRead(row, own, reader));
}

/** Counted within what the reader sees, and with small cells hidden unless the reader may see them. */
export function mayRead(
  row: Pick<ViewReportTable, 'scope' | 'hidesSmall'>,
  own: FigureScope,
  { seesRecords }: Pick<ReportReader, 'seesRecords'>,
): boolean {
  const { spans, isWhole } = JSON.parse(row.scope) as FigureScope;
  if (row.hidesSmall === 0 && !seesRecords) return false;
  if (isWhole && !own.isWhole) return false;
  return spans.every(({ from, to }) =>
    own.spans.some((span) => span.from <= from && to <= span.to),
  );
}
