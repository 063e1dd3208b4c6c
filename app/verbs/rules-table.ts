// plumbline rules table: the grading table as a page, or a change of it as a redline.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { describeTable, redline, type GradingTable } from '../../rules/grading.ts';
import { readGrading } from '../../rules/rulebook.ts';
import type { Print } from '../print.ts';

export function printTable(
  { folder, against }: { folder: string; against?: string | undefined },
  print: Print,
): void {
  const table = tableIn(folder);
  if (against === undefined) {
    print(describeTable(table).trimEnd());
    return;
  }
  const changes = redline(tableIn(against), table);
  for (const { row, title, subjectClass, before, after } of changes) {
    print(`${row} ${title.zh}  ${subjectClass}: ${before ?? '–'} → ${after ?? '–'}`);
  }
  print(`${changes.length} cells differ`);
}

function tableIn(folder: string): GradingTable {
  const mistakes: string[] = [];
  const table = readGrading(folder, mistakes);
  if (table) return table;
  throw new UserError('rule-invalid', text('没有可用的分级表', 'no grading table to read'), {
    detail: mistakes.length > 0 ? `\n${mistakes.join('\n')}` : folder,
  });
}
