// The grading table of a pack: kinds of event by class of person, each cell a level or undefined. The one
// place levels are decided; a pack whose rules say otherwise does not load. What a table leaves undefined is
// logged as ungraded.

import { z } from 'zod';
import { levelSchema, type Level } from '../core/finding.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../core/order.ts';
import { text, textSchema, type Text } from '../core/text.ts';
import type { Rule } from './rule.ts';

const rowSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z-]*$/, 'a row id is lower-case words joined by dashes'),
    title: textSchema,
    /** Whether a source for it is connected; what is not collected raises nothing whatever its level. */
    collected: z.enum(['yes', 'partly', 'no']),
    note: textSchema.optional(),
    /** The rules that watch for it. */
    rules: z.array(z.string()).default([]),
    level: z.partialRecord(z.enum(SUBJECT_CLASSES), levelSchema),
  })
  .refine(({ collected, rules }) => (collected === 'no') === (rules.length === 0), {
    message: 'a row that is collected names the rules that watch for it, and only such a row',
    path: ['rules'],
  })
  .refine(({ collected, note }) => collected === 'yes' || note !== undefined, {
    message: 'a row that is not wholly collected says in "note" what is and why',
    path: ['note'],
  });

export const gradingSchema = z
  .strictObject({
    id: z.string(),
    title: textSchema,
    /** The document the table was taken from. */
    basis: z.string().min(1),
    rows: z.array(rowSchema).min(1),
  })
  .superRefine(({ rows }, context) => {
    for (const [index, { id }] of rows.entries()) {
      if (rows.findIndex((row) => row.id === id) === index) continue;
      context.addIssue({ code: 'custom', path: ['rows', index, 'id'], message: `"${id}" twice` });
    }
  });

export type GradingTable = z.infer<typeof gradingSchema>;
export type GradingRow = GradingTable['rows'][number];

/** What rules of a pack say otherwise than its table, a line each. */
export function mistakesAgainst(
  table: GradingTable,
  rules: readonly Pick<Rule, 'id' | 'who' | 'level'>[],
): string[] {
  return table.rows.flatMap((row) =>
    row.rules.flatMap((id) => {
      const rule = rules.find((one) => one.id === id);
      if (!rule) return [`grading.yaml: row "${row.id}": there is no rule "${id}" in the pack`];
      return SUBJECT_CLASSES.flatMap((subjectClass) => {
        const [wanted, said] = [row.level[subjectClass], rule.level[subjectClass]];
        if (wanted === said && rule.who.includes(subjectClass)) return [];
        const detail =
          wanted === said
            ? `who: "${subjectClass}" is missing, so nothing is logged of it`
            : `level: ${subjectClass} is ${said ?? 'ungraded'}, the table says ${wanted ?? 'ungraded'}`;
        return [`${id}.yaml: ${detail} in row "${row.id}"; change one of the two`];
      });
    }),
  );
}

export type GradeChange = {
  readonly row: string;
  readonly title: Text;
  readonly subjectClass: SubjectClass;
  /** Undefined: no level, logged as ungraded. */
  readonly before: Level | undefined;
  readonly after: Level | undefined;
};

/** Cells that differ between two tables, in the order of the new one; rows that went come last. */
export function redline(before: GradingTable, after: GradingTable): GradeChange[] {
  const rowIn = (table: GradingTable, id: string) => table.rows.find((row) => row.id === id);
  const ids = new Set([...after.rows, ...before.rows].map(({ id }) => id));
  return [...ids].flatMap((id) => {
    const [old, now] = [rowIn(before, id), rowIn(after, id)];
    const title = (now ?? old)?.title ?? text(id, id);
    return SUBJECT_CLASSES.map((subjectClass) => ({
      row: id,
      title,
      subjectClass,
      before: old?.level[subjectClass],
      after: now?.level[subjectClass],
    })).filter((change) => change.before !== change.after);
  });
}

const CLASS_NAMES: Readonly<Record<SubjectClass, Text>> = {
  cc: text('社区矫正对象', 'community corrections'),
  raKey: text('重点安置帮教对象、三无人员', 'resettlement, key or 三无'),
  raOrdinary: text('一般安置帮教对象', 'resettlement, ordinary'),
};

const COLLECTED: Readonly<Record<GradingRow['collected'], Text>> = {
  yes: text('采集', 'collected'),
  partly: text('部分采集', 'partly collected'),
  no: text('不采集', 'not collected'),
};

/** The table as a page: Chinese beside English, undefined cells as a dash. */
export function describeTable({ title, basis, rows }: GradingTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const classes = SUBJECT_CLASSES.map((subjectClass) => CLASS_NAMES[subjectClass]);
  return [
    `# ${title.zh} ${title.en}`,
    `依据 from: ${basis}`,
    '',
    line([
      '行 row',
      '情形 event',
      ...classes.map(({ zh, en }) => `${zh} ${en}`),
      '采集 collected',
      '规则 rules',
    ]),
    line(['---', '---', ...classes.map(() => ':-:'), '---', '---']),
    ...rows.map(({ id, title: name, level, collected, note, rules }) => {
      const state = COLLECTED[collected];
      const why = note ? `: ${note.zh} ${note.en}` : '';
      const cells = SUBJECT_CLASSES.map((subjectClass) => String(level[subjectClass] ?? '–'));
      return line([
        `\`${id}\``,
        `${name.zh} ${name.en}`,
        ...cells,
        `${state.zh} ${state.en}${why}`,
        rules.map((rule) => `\`${rule}\``).join(', '),
      ]);
    }),
    '',
  ].join('\n');
}
