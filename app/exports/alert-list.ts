// The list of alerts as a file: the filter of the console, the persons by their pseudonymous keys.

import type { Desk } from '../../alerts/desk.ts';
import {
  LIST_LIMIT_MAX,
  type AlertSummary,
  type DeskQuery,
  type DeskScope,
} from '../../alerts/desk-rows.ts';
import { UserError } from '../../core/errors.ts';
import { regionName } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import type { ExportAsk, ExportTable, ExportValue } from './export-content.ts';

/** More alerts than this are narrowed down first. */
export const ALERTS_MAX = 50_000;

export type AlertListFilter = Pick<DeskQuery, 'status' | 'level' | 'region'>;

/** All alerts of a filter that the scope sees. Throws UserError `too-large`. */
export async function readAllAlerts(
  desk: Pick<Desk, 'list'>,
  filter: AlertListFilter,
  scope: DeskScope,
): Promise<AlertSummary[]> {
  const alerts: AlertSummary[] = [];
  let before: string | undefined;
  do {
    const page = await desk.list(
      { ...filter, limit: LIST_LIMIT_MAX, ...(before === undefined ? {} : { before }) },
      scope,
    );
    alerts.push(...page.alerts);
    if (alerts.length > ALERTS_MAX) throw tooMany();
    before = page.before ?? undefined;
  } while (before !== undefined);
  return alerts;
}

const tooMany = () =>
  new UserError(
    'too-large',
    text(`一次最多导出 ${ALERTS_MAX} 条预警`, `at most ${ALERTS_MAX} alerts at a time`),
    { hint: text('请按等级或地区缩小范围', 'Narrow it down by level or region.') },
  );

/** What the ledger and the file say of it. */
export function alertListExport(
  alerts: readonly AlertSummary[],
  { status, level, region }: AlertListFilter,
  language: Language,
): Pick<ExportAsk, 'kind' | 'title' | 'about' | 'content' | 'rows' | 'subjects'> {
  return {
    kind: 'alert-list',
    title: TITLE,
    about: {
      status,
      ...(level === undefined ? {} : { level }),
      ...(region === undefined ? {} : { region }),
    },
    content: { kind: 'table', table: tableOf(alerts, language) },
    rows: alerts.length,
    subjects: [...new Set(alerts.map(({ subject }) => subject))].map(subjectKey),
  };
}

const TITLE = text('预警清单', 'List of alerts');

const COLUMNS: readonly {
  readonly name: Text;
  readonly width: number;
  readonly of: (alert: AlertSummary, language: Language) => ExportValue;
}[] = [
  { name: text('预警号', 'Reference'), width: 6, of: ({ reference }) => reference },
  { name: text('等级', 'Level'), width: 4, of: ({ level }) => level },
  { name: text('内容', 'What'), width: 22, of: ({ title }, language) => title[language] },
  { name: text('对象编号', 'Person'), width: 8, of: ({ subject }) => subject },
  {
    name: text('地区', 'County'),
    width: 7,
    of: ({ region }, language) => regionName(region)[language],
  },
  {
    name: text('状态', 'Status'),
    width: 6,
    of: ({ status }, language) => STATUS[status][language],
  },
  {
    name: text('发生时间', 'Happened at'),
    width: 9,
    of: ({ openedAtMs }) => ({ atMs: openedAtMs }),
  },
  {
    name: text('登记时间', 'Recorded at'),
    width: 9,
    of: ({ recordedAtMs }) => ({ atMs: recordedAtMs }),
  },
  {
    name: text('确认时间', 'Acknowledged at'),
    width: 9,
    of: ({ acknowledgedAtMs }) => instant(acknowledgedAtMs),
  },
  { name: text('办结时间', 'Closed at'), width: 9, of: ({ closedAtMs }) => instant(closedAtMs) },
  {
    name: text('撤回时间', 'Withdrawn at'),
    width: 9,
    of: ({ withdrawnAtMs }) => instant(withdrawnAtMs),
  },
  { name: text('重复次数', 'Repeats'), width: 5, of: ({ repeats }) => repeats },
  { name: text('演练', 'Drill'), width: 4, of: ({ isDrill }) => isDrill },
];

const STATUS = {
  new: text('未确认', 'new'),
  acknowledged: text('已确认', 'acknowledged'),
  closed: text('已办结', 'closed'),
} as const;

const instant = (atMs: number | null): ExportValue => (atMs === null ? null : { atMs });

const tableOf = (alerts: readonly AlertSummary[], language: Language): ExportTable => ({
  columns: COLUMNS.map(({ name, width }) => ({ name, width })),
  rows: alerts.map((alert) => COLUMNS.map(({ of }) => of(alert, language))),
});
