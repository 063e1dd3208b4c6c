// The header line of a positions table: which columns there are and in what order. What is wrong with it
// is told all at once, since nobody wants to mend a file four times.

import { UserError } from '../../core/errors.ts';
import { nearestWord } from '../../core/nearest-word.ts';
import { text } from '../../core/text.ts';
import { splitRow } from './csv-row.ts';
import { NUMBER_FIELDS } from './position-fields.ts';

/** Columns a positions table may have, in the order documents show them. */
export const POSITION_COLUMNS = [
  'subject',
  'atMs',
  'lng',
  'lat',
  'accuracyM',
  'fix',
  'speedKmh',
  'batteryPercent',
] as const;

export type PositionColumn = (typeof POSITION_COLUMNS)[number];

export const REQUIRED_COLUMNS: readonly PositionColumn[] = ['subject', 'atMs', 'lng', 'lat'];

/** Words other systems use, with ours. */
const OTHER_WORDS: Readonly<Record<string, PositionColumn>> = {
  accuracy: 'accuracyM',
  at: 'atMs',
  battery: 'batteryPercent',
  gpstime: 'atMs',
  id: 'subject',
  key: 'subject',
  latitude: 'lat',
  lon: 'lng',
  long: 'lng',
  longitude: 'lng',
  person: 'subject',
  speed: 'speedKmh',
  time: 'atMs',
  timestamp: 'atMs',
  ts: 'atMs',
  x: 'lng',
  y: 'lat',
  对象: 'subject',
  定位方式: 'fix',
  时间: 'atMs',
  电量: 'batteryPercent',
  精度: 'accuracyM',
  纬度: 'lat',
  经度: 'lng',
  速度: 'speedKmh',
};

/**
 * The columns of a header line. Throws UserError `bad-input` that names every missing, unknown and
 * repeated column.
 */
export function readCsvHeader(line: string): PositionColumn[] {
  const names = splitRow(line)?.map((name) => name.trim()) ?? [line];
  assertColumns(names, POSITION_COLUMNS, REQUIRED_COLUMNS);
  return names as PositionColumn[];
}

/** Throws UserError `bad-input` unless `names` are of `allowed`, each once, and hold all `required`. */
export function assertColumns(
  names: readonly string[],
  allowed: readonly string[],
  required: readonly string[],
): void {
  const missing = required.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !allowed.includes(name));
  const repeated = names.filter((name, at) => allowed.includes(name) && names.indexOf(name) < at);
  if (missing.length + unknown.length + repeated.length === 0) return;
  const guesses = unknown.flatMap((name) => {
    const meant = meaningOf(name, allowed);
    return meant === undefined ? [] : [[shown(name), meant] as const];
  });
  // Not one name known: most likely the first row of data, which nobody should see in a message.
  const isHeader = guesses.length > 0 || unknown.length < names.length;
  const list = (words: readonly string[]) => [...new Set(words)].map(shown).join(', ');
  const parts = [
    ...(missing.length > 0 ? [`missing: ${list(missing)}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${list(unknown)}`] : []),
    ...(repeated.length > 0 ? [`more than once: ${list(repeated)}`] : []),
  ];
  const zh = guesses.map(([name, meant]) => `${name} 是否应为 "${meant}"？`).join('');
  const en = guesses.map(([name, meant]) => `For ${name}, did you mean "${meant}"? `).join('');
  const says = isHeader
    ? text('列不对', 'the columns are wrong')
    : text('第一行不是列名', 'the first line does not name the columns');
  throw new UserError('bad-input', says, {
    ...(isHeader ? { detail: parts.join('; ') } : {}),
    hint: text(
      `${zh}允许的列：${allowed.join(',')}；必须有：${required.join(',')}。`,
      `${en}Columns are ${allowed.join(',')}, of which ${required.join(',')} must be there.`,
    ),
  });
}

const NAME_CHARS_MAX = 40;

const shown = (name: string): string =>
  `"${name.length > NAME_CHARS_MAX ? `${name.slice(0, NAME_CHARS_MAX)}…` : name}"`;

/** The allowed column somebody meant, by another word for it or by a slip of the hand. */
function meaningOf(name: string, allowed: readonly string[]): string | undefined {
  const bare = name.toLowerCase().replaceAll(/[_\s-]/g, '');
  const meant =
    allowed.find((column) => column.toLowerCase().replaceAll('_', '') === bare) ??
    OTHER_WORDS[bare] ??
    nearestWord(name.slice(0, NAME_CHARS_MAX), allowed);
  return meant !== undefined && allowed.includes(meant) ? meant : undefined;
}

/** The number field of a column, or -1 for subject and fix. */
export const numberSlotOf = (column: PositionColumn): number =>
  NUMBER_FIELDS.findIndex((field) => field.name === column);
