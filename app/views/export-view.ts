// A view of the workbench as a file: the figures with what has to be known to believe them, or its chart.

import { localDateTime } from '../../core/local-time.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import {
  CHANGE_NOTES,
  isSuppressedIn,
  KEPT_BACK,
  labelOf,
  namerOf,
  pointNamer,
} from '../../models/workbench/name-cells.ts';
import { askOf, type View } from '../../models/workbench/view-state.ts';
import type { MetricAnswerBody, MetricChange, MetricList } from '../api/metrics.ts';
import type { ExportAsk, ExportTable, ExportValue } from '../exports/export-content.ts';

export type ViewedAnswer = {
  readonly view: View;
  readonly answer: MetricAnswerBody;
  readonly catalogue: MetricList;
};

/** Codes of ours; what else somebody may have written into an address is not kept. */
const CODE = /^(?:\d{1,6}|[A-Za-z][\w./-]{0,40})$/;
const ABOUT_CHARS_MAX = 200;

/** What the ledger says of it, chart or table. */
export function aboutView({
  view,
  answer,
  catalogue,
}: ViewedAnswer): Pick<ExportAsk, 'title' | 'about' | 'rows' | 'subjects'> {
  const { metrics, by, grain } = askOf(view, '');
  const said = {
    metrics: codes(metrics),
    by: codes(by),
    grain: grain ?? '',
    from: view.from,
    to: view.to,
    where: view.where
      .map(({ dimension, values }) => `${codes([dimension])}=${codes(values)}`)
      .join(' '),
    compare: view.compare ?? '',
    chart: view.chart,
  };
  return {
    title: titleOf(metrics, catalogue),
    about: Object.fromEntries(
      Object.entries(said).flatMap(([name, value]) =>
        value === '' ? [] : [[name, value.slice(0, ABOUT_CHARS_MAX)]],
      ),
    ),
    rows: answer.rows.length,
    // Figures: nobody can be told from them.
    subjects: [],
  };
}

const codes = (given: readonly string[]): string => given.filter((one) => CODE.test(one)).join(',');

function titleOf(metrics: readonly string[], catalogue: MetricList): Text {
  const names = catalogue.metrics.flatMap(({ id, name }) => (metrics.includes(id) ? [name] : []));
  return text(names.map(({ zh }) => zh).join('、'), names.map(({ en }) => en).join(', '));
}

/** The rows as they stand on the screen; lengths of time in minutes. */
export function tableOfView(
  { view, answer, catalogue }: ViewedAnswer,
  language: Language,
): { readonly table: ExportTable; readonly notes: readonly Text[] } {
  const { columns, rows, comparison } = answer;
  const { grain } = askOf(view, '');
  const nameOf = namerOf(answer, { dimensions: catalogue.dimensions, language, grain });
  const isKept = isSuppressedIn(answer);
  const places = columns.flatMap(({ type }, i) => (type === 'value' ? [i] : []));
  const cellsOf = (cells: (typeof rows)[number], row: number): ExportValue[] =>
    columns.flatMap(({ type, unit }, i): ExportValue[] => {
      const cell = cells[i] ?? null;
      if (type !== 'value') return [nameOf(i, cell)];
      const value = isKept(row, i) ? KEPT_BACK[language] : inUnit(cell as number | null, unit);
      const change = comparison?.rows[row]?.[places.indexOf(i)];
      return change ? [value, ...changed(change, { unit, language })] : [value];
    });
  return {
    table: {
      columns: columns.flatMap(({ name, type, unit }) => {
        if (type !== 'value') return [{ name, width: 10 }];
        const head = { name: withUnit(name, unit), width: 9 };
        return comparison ? [head, ...COMPARED] : [head];
      }),
      rows: rows.map(cellsOf),
    },
    notes: notesOf({ view, answer, catalogue }),
  };
}

const COMPARED = [
  { name: text('对比期', 'before'), width: 7 },
  { name: text('增减率', 'change'), width: 7 },
  { name: text('说明', 'note'), width: 9 },
];

const MINUTE_MS = 60_000;

const inUnit = (value: number | null, unit: Text | undefined): number | null =>
  value === null || unit?.en !== 'ms' ? value : Math.round((100 * value) / MINUTE_MS) / 100;

function withUnit(name: Text, unit: Text | undefined): Text {
  if (!unit) return name;
  const said = unit.en === 'ms' ? text('分钟', 'minutes') : unit;
  return text(`${name.zh}（${said.zh}）`, `${name.en} (${said.en})`);
}

const changed = (
  { before, change, notes }: MetricChange,
  { unit, language }: { unit: Text | undefined; language: Language },
): ExportValue[] => [
  inUnit(before, unit),
  change === null ? null : Math.round(10_000 * change) / 10_000,
  notes.map((note) => CHANGE_NOTES[note][language]).join(' ') || null,
];

/** A map has no figures in it; so many counties are told over it. */
const TOLD_MAX = 12;

/** What stands over the chart in a picture: nobody asks the file what it shows. */
export function headOfView(viewed: ViewedAnswer): readonly Text[] {
  const { view, answer, catalogue } = viewed;
  const { metrics, grain } = askOf(view, '');
  const kept = isSuppressedIn(answer);
  const told = (language: Language): string => {
    const nameOf = namerOf(answer, { dimensions: catalogue.dimensions, language, grain });
    const at = answer.columns.findIndex(({ type }) => type === 'value');
    const unit = answer.columns[at]?.unit;
    return answer.rows
      .map((cells, row) => {
        const value = inUnit((cells[at] ?? null) as number | null, unit);
        return `${labelOf(answer, row, nameOf)} ${kept(row, at) ? KEPT_BACK[language] : (value?.toLocaleString('en-US') ?? '—')}`;
      })
      .join(language === 'zh' ? '、' : ', ');
  };
  const isTold = view.chart === 'map' && answer.rows.length <= TOLD_MAX;
  return [
    titleOf(metrics, catalogue),
    ...standingOf(viewed),
    ...(isTold ? [text(told('zh'), told('en'))] : []),
    // As the pins in the chart are numbered.
    ...notedIn(viewed).map(({ zh, en }, i) => text(`${i + 1}. ${zh}`, `${i + 1}. ${en}`)),
  ];
}

/** As of when, how far, what is kept back, what each figure means, and what somebody noted. */
const notesOf = (viewed: ViewedAnswer): Text[] => [
  ...standingOf(viewed),
  ...viewed.catalogue.metrics.flatMap(({ id, name, meaning }) =>
    viewed.answer.columns.some((column) => column.id === id)
      ? [text(`${name.zh}：${meaning.zh}`, `${name.en}: ${meaning.en}`)]
      : [],
  ),
  ...notedIn(viewed).map(({ zh, en }) => text(`批注 ${zh}`, `note ${en}`)),
];

/** Notes with the names of their points. */
function notedIn({ view, answer, catalogue }: ViewedAnswer): Text[] {
  const { grain } = askOf(view, '');
  const inLanguage = (language: Language) =>
    pointNamer(answer, namerOf(answer, { dimensions: catalogue.dimensions, language, grain }));
  const [zh, en] = [inLanguage('zh'), inLanguage('en')];
  return view.notes.map(({ at, says }) => text(`${zh(at)}：${says}`, `${en(at)}: ${says}`));
}

function standingOf({ answer }: ViewedAnswer): Text[] {
  const { coverage, freshness, comparison, suppressed, dataVersion } = answer;
  const span = (fromMs: number, untilMs: number) =>
    [localDateTime(fromMs), localDateTime(untilMs)].map((one) => one.slice(0, 16)) as [
      string,
      string,
    ];
  const both = (zh: string, en: string, [from, until]: [string, string]) =>
    text(`${zh} ${from} 至 ${until}`, `${en} ${from} to ${until}`);
  return [
    both('覆盖', 'covers', span(coverage.fromMs, coverage.untilMs)),
    ...(comparison
      ? [both('对比期', 'compared with', span(comparison.fromMs, comparison.toMs))]
      : []),
    text(
      `数据截至 ${localDateTime(freshness.knownUntilMs)}，数据版本 ${dataVersion}`,
      `data as of ${localDateTime(freshness.knownUntilMs)}, version ${dataVersion}`,
    ),
    ...(suppressed.length > 0
      ? [
          text(
            `${suppressed.length} 格${KEPT_BACK.zh}`,
            `${suppressed.length} cells ${KEPT_BACK.en}`,
          ),
        ]
      : []),
  ];
}
