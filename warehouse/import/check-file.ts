// The dry run: reads a whole file with a mapping and says what would come of it, row by row. Also what the
// import itself reads through, so that both agree.

import { UserError } from '../../core/errors.ts';
import { CHINA_OFFSET_MS } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';
import { columnsOf, PERSONAL_WORDS, type Mapping } from './mapping.ts';
import {
  createRowReader,
  type CellFault,
  type IncidentRow,
  type MeasureRow,
  type RowFault,
} from './read-row.ts';
import type { ImportSource } from './source.ts';

export type RowError = { readonly line: number; readonly faults: readonly CellFault[] };

export type CheckReport = {
  /** Records below the header. */
  readonly records: number;
  readonly refused: number;
  readonly rows: number;
  readonly byFault: Readonly<Partial<Record<RowFault, number>>>;
  /** The first ones; `refused` counts all. */
  readonly errors: readonly RowError[];
  /** What comes out, in months, regions and kinds or measures. */
  readonly from: string | undefined;
  readonly until: string | undefined;
  readonly regions: number;
  readonly words: readonly { readonly name: string; readonly rows: number }[];
  readonly moreWords: number;
};

const ERRORS_KEPT = 200;
const WORDS_KEPT = 50;
/** A kind of incident is a word out of a list; a column with more is another column. */
const WORDS_MAX = 5_000;

/** Throws UserError when the mapping names a column that is not there or is about persons. */
export function assertMapping(source: ImportSource, mapping: Mapping): void {
  const known = new Map(source.columns.map((column) => [column.name, column]));
  for (const name of columnsOf(mapping)) {
    const column = known.get(name);
    if (!column) {
      throw new UserError('bad-input', text('映射中的列不在文件里', 'a column is not there'), {
        detail: `"${name}"; the file has ${source.headers.slice(0, 30).join(', ')}`,
        hint: text('请改正映射中的列名', 'Correct the name in the mapping.'),
      });
    }
    if (column.personal) {
      const what = PERSONAL_WORDS[column.personal];
      throw new UserError(
        'bad-input',
        text(`该列含${what.zh}，不得导入`, `the column holds ${what.en} and is not taken`),
        {
          detail: `"${name}"`,
          hint: text('请改选不含个人信息的列', 'Choose a column that names nobody.'),
        },
      );
    }
  }
  const isWhole =
    mapping.as === 'incidents' ||
    mapping.columns !== undefined ||
    (mapping.name !== undefined && mapping.value !== undefined);
  if (isWhole) return;
  throw new UserError('bad-input', text('映射未指明数值列', 'the mapping names no figures'), {
    hint: text('填写 name 和 value，或填写 columns', 'Give name and value, or columns.'),
  });
}

export type GoodRows = {
  readonly incidents: readonly IncidentRow[];
  readonly measures: readonly MeasureRow[];
};

/** Reads everything once and hands on what is good. Ends with the reason of the signal. */
export async function checkFile(
  source: ImportSource,
  mapping: Mapping,
  {
    signal,
    progress,
    onRows,
  }: {
    signal?: AbortSignal | undefined;
    progress?: ((records: number) => void) | undefined;
    onRows?: ((rows: GoodRows) => Promise<void>) | undefined;
  } = {},
): Promise<CheckReport> {
  assertMapping(source, mapping);
  const read = createRowReader(mapping, source.headers);
  const byFault: Partial<Record<RowFault, number>> = {};
  const errors: RowError[] = [];
  const monthOf = createMonths();
  const regions = new Set<number>();
  const words = new Map<string, number>();
  let [records, refused, rows] = [0, 0, 0];
  let from: string | undefined;
  let until: string | undefined;
  const note = (region: number, word: string, month: string) => {
    rows++;
    regions.add(region);
    if (words.has(word) || words.size < WORDS_MAX) words.set(word, (words.get(word) ?? 0) + 1);
    if (from === undefined || month < from) from = month;
    if (until === undefined || month > until) until = month;
  };
  const refuse = (line: number, faults: readonly CellFault[]) => {
    refused++;
    for (const { fault } of faults) byFault[fault] = (byFault[fault] ?? 0) + 1;
    if (errors.length < ERRORS_KEPT) errors.push({ line, faults });
  };
  for await (const batch of source.records(signal)) {
    signal?.throwIfAborted();
    const incidents: IncidentRow[] = [];
    const measures: MeasureRow[] = [];
    for (const { line, cells, fault } of batch) {
      records++;
      if (fault) {
        refuse(line, [{ column: '', fault }]);
        continue;
      }
      const outcome = read(cells);
      if (outcome.kind === 'refused') {
        refuse(line, outcome.faults);
        continue;
      }
      for (const row of outcome.incidents) {
        note(row.region, row.kind, monthOf(row.atMs));
        incidents.push(row);
      }
      for (const row of outcome.measures) {
        note(row.region, row.name, row.period);
        measures.push(row);
      }
    }
    if (incidents.length + measures.length > 0) await onRows?.({ incidents, measures });
    progress?.(records);
  }
  const frequent = [...words].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return {
    records,
    refused,
    rows,
    byFault,
    errors,
    from,
    until,
    regions: regions.size,
    words: frequent.slice(0, WORDS_KEPT).map(([name, count]) => ({ name, rows: count })),
    moreWords: Math.max(0, frequent.length - WORDS_KEPT),
  };
}

/** The month of an instant; months repeat from row to row, so the last one is kept. */
function createMonths(): (atMs: number) => string {
  let last = { from: 1, until: 0, name: '' };
  return (atMs) => {
    if (atMs < last.from || atMs >= last.until) {
      const local = new Date(atMs + CHINA_OFFSET_MS);
      const [year, month] = [local.getUTCFullYear(), local.getUTCMonth()];
      last = {
        from: Date.UTC(year, month, 1) - CHINA_OFFSET_MS,
        until: Date.UTC(year, month + 1, 1) - CHINA_OFFSET_MS,
        name: local.toISOString().slice(0, 7),
      };
    }
    return last.name;
  };
}
