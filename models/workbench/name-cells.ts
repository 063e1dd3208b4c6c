// What the values of an answer are called, on the screen and in a file.

import { localDate, localDateTime } from '../../core/local-time.ts';
import { feedName } from '../../core/source.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import type { Grain } from './buckets.ts';

export type Cell = string | number | null;

export type NamedColumn = {
  readonly id: string;
  readonly name: Text;
  readonly type: string;
  readonly unit?: Text | undefined;
};

export type NamedAnswer = {
  readonly columns: readonly NamedColumn[];
  readonly rows: readonly (readonly Cell[])[];
  readonly suppressed: readonly { readonly row: number; readonly column: number }[];
};

export type NamedDimensions = Readonly<
  Record<
    string,
    { readonly values?: readonly { readonly value: string; readonly name: Text }[] | undefined }
  >
>;

/** What stands in place of a value that counts too few. */
export const KEPT_BACK = text('因样本过小不显示', 'not shown, too few cases');

/** Why a change is what it is. */
export const CHANGE_NOTES = {
  flat: text('持平', 'flat'),
  'zero-base': text('基期为零', 'nothing before'),
  'negative-base': text('基数为负', 'negative base'),
  'low-base': text('基数小', 'low base'),
  'no-base': text('无可比基数', 'no base'),
  suppressed: KEPT_BACK,
} as const;

/** What a value of a column is called. */
export type Namer = (column: number, cell: Cell) => string;

/** Names of the values of dimensions; days, hours and months for instants. */
export function namerOf(
  { columns }: Pick<NamedAnswer, 'columns'>,
  {
    dimensions,
    language,
    grain,
  }: {
    dimensions: NamedDimensions;
    language: Language;
    grain: Grain | undefined;
  },
): Namer {
  const names = columns.map(
    ({ id }) => new Map(dimensions[id]?.values?.map(({ value, name }) => [value, name[language]])),
  );
  return (column, cell) => {
    if (cell === null || cell === '') return language === 'zh' ? '未注明' : 'not given';
    if (columns[column]?.type === 'time' && typeof cell === 'number')
      return bucketName(grain, cell);
    return names[column]?.get(String(cell)) ?? codeName(columns[column]?.id, cell)[language];
  };
}

/** Sources are named by the installation: their kind is known, not the whole list. */
const codeName = (dimension: string | undefined, cell: Cell): Text =>
  dimension === 'source' ? feedName(String(cell)) : text(String(cell), String(cell));

function bucketName(grain: Grain | undefined, atMs: number): string {
  if (grain === 'minute' || grain === 'hour') return localDateTime(atMs).slice(0, 16);
  return grain === 'month' ? localDate(atMs).slice(0, 7) : localDate(atMs);
}

export const isSuppressedIn = ({
  suppressed,
}: Pick<NamedAnswer, 'suppressed'>): ((row: number, column: number) => boolean) => {
  const kept = new Set(suppressed.map(({ row, column }) => `${row} ${column}`));
  return (row, column) => kept.has(`${row} ${column}`);
};

/** The column a chart goes along: time, or the first group; below zero for a single figure. */
export function alongIn({ columns }: Pick<NamedAnswer, 'columns'>): number {
  const time = columns.findIndex(({ type }) => type === 'time');
  return time >= 0 ? time : columns.findIndex(({ type }) => type !== 'value');
}

/** What a note stands at: the same in every language. Instants by the name of their bucket. */
export const pointKey = (type: string | undefined, cell: Cell, name: string): string =>
  type === 'time' ? name : String(cell ?? '');

/** What the point of a note is called; as it stands when the answer has none of that key. */
export function pointNamer(
  answer: Pick<NamedAnswer, 'columns' | 'rows'>,
  nameOf: Namer,
): (at: string) => string {
  const along = alongIn(answer);
  const names = new Map<string, string>();
  for (const cells of along < 0 ? [] : answer.rows) {
    const cell = cells[along] ?? null;
    const name = nameOf(along, cell);
    names.set(pointKey(answer.columns[along]?.type, cell, name), name);
  }
  return (at) => names.get(at) ?? at;
}

/** What a row is about, for reading and reading aloud. */
export const labelOf = (
  { columns, rows }: Pick<NamedAnswer, 'columns' | 'rows'>,
  row: number,
  nameOf: Namer,
): string =>
  columns
    .flatMap(({ type }, i) => (type === 'value' ? [] : [nameOf(i, rows[row]?.[i] ?? null)]))
    .join(' · ');
