// plumbline index reach, index needs: reach of official accounts and the checklist of needs by command, each
// figure with a receipt.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { parseYaml } from '../../core/yaml-file.ts';
import { assessNeeds, checklistSchema } from '../../models/needs/assess-needs.ts';
import { answersSchema, makeNeedsReceipt } from '../../models/needs/needs-receipt.ts';
import {
  REACH_COLUMNS,
  readAccountRow,
  type AccountRow,
  type ReachKind,
} from '../../models/reach/account-row.ts';
import {
  BCI,
  BCI_SIMPLIFIED,
  bciParametersSchema,
  WCI_14_2,
  WCI_14_2_WITH_FORWARDS,
  wciParametersSchema,
} from '../../models/reach/communication-index.ts';
import { makeReachReceipt, type ReachReceipt } from '../../models/reach/reach-receipt.ts';
import { openSource } from '../../warehouse/import/source.ts';
import type { Print } from '../print.ts';

export const CHECKLIST_FILE = fileURLToPath(
  new URL('../../models/needs/checklist.yaml', import.meta.url),
);

/** True when every row had its counts. Throws UserError for files that cannot be read. */
export async function printReach(
  {
    file,
    kind,
    parameters: wanted,
    out,
  }: {
    file: string;
    kind: ReachKind;
    /** A version that comes with the program, or a file. */
    parameters?: string | undefined;
    out?: string | undefined;
  },
  print: Print,
): Promise<boolean> {
  const source = await openSource(file);
  const { headers } = source;
  const missing = REACH_COLUMNS[kind].filter(
    (name) => !name.endsWith('?') && !headers.includes(name),
  );
  if (missing.length > 0) throw lacksColumns(file, missing, REACH_COLUMNS[kind]);
  const make = receiptMaker(kind, wanted);
  const made: ReachReceipt[] = [];
  let wrong = 0;
  for await (const records of source.records()) {
    for (const { line, cells } of records) {
      const row: AccountRow = Object.fromEntries(headers.map((name, i) => [name, cells[i] ?? '']));
      const read = make(row);
      if (Array.isArray(read)) {
        wrong++;
        print(
          `✗ 第 ${line} 行 line ${line}: ${read.join(', ')} 不是数值 (no number; give counts, 0 where there are none)`,
        );
      } else made.push(read);
    }
  }
  made.sort((a, b) => b.value - a.value || (a.figure < b.figure ? -1 : 1));
  for (const [i, { value, figure }] of made.entries())
    print(`${String(i + 1).padStart(4)}  ${value.toFixed(2).padStart(9)}  ${figure}`);
  const [first] = made;
  if (first) print(`${first.formula[0]?.split(' = ').slice(0, 2).join(' = ') ?? ''}`);
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    for (const receipt of made) {
      const name = `${kind}-${contentId('r', [receipt.figure])}.json`;
      writeFileSync(join(out, name), `${JSON.stringify(receipt, null, 2)}\n`);
    }
    print(`${made.length} 份凭证 → ${out} (receipts; index verify-receipt checks each)`);
  }
  return wrong === 0;
}

function receiptMaker(kind: ReachKind, wanted: string | undefined) {
  const wciParameters =
    kind === 'wci' ? parametersOf(wanted, WCI_VERSIONS, wciParametersSchema) : WCI_14_2;
  const bciParameters =
    kind === 'bci' ? parametersOf(wanted, BCI_VERSIONS, bciParametersSchema) : BCI;
  return (row: AccountRow): ReachReceipt | string[] => {
    const [account, period] = [row['account']?.trim() ?? '', row['period']?.trim() ?? ''];
    const empty = [...(account === '' ? ['account'] : []), ...(period === '' ? ['period'] : [])];
    const read = readAccountRow(kind, row);
    if (read.kind === 'wrong') return [...empty, ...read.columns];
    if (empty.length > 0) return empty;
    return read.kind === 'wci'
      ? makeReachReceipt({ account, period, ...read, parameters: wciParameters })
      : makeReachReceipt({ account, period, ...read, parameters: bciParameters });
  };
}

const WCI_VERSIONS = [WCI_14_2, WCI_14_2_WITH_FORWARDS];
const BCI_VERSIONS = [BCI, BCI_SIMPLIFIED];

function parametersOf<Parameters extends { readonly version: string }>(
  wanted: string | undefined,
  versions: readonly Parameters[],
  schema: z.ZodType<Parameters>,
): Parameters {
  const known = wanted === undefined ? versions[0] : versions.find((one) => one.version === wanted);
  if (known) return known;
  const name = wanted ?? '';
  if (/\.ya?ml$/i.test(name)) return readYaml(name, schema);
  throw new UserError('bad-input', text('没有这个参数版本', 'there is no such version'), {
    detail: `"${name}"; there are ${versions.map(({ version }) => version).join(', ')}`,
    hint: text('填写版本号，或给出 .yaml 参数文件。', 'Name a version, or give a .yaml file.'),
  });
}

/** Adds up a checklist; advice to staff, and nothing is decided by it. Throws UserError. */
export function printNeeds(
  {
    answers: answersFile,
    checklist: checklistFile = CHECKLIST_FILE,
    out,
  }: { answers: string; checklist?: string | undefined; out?: string | undefined },
  print: Print,
): void {
  const checklist = readYaml(checklistFile, checklistSchema);
  const answers = readYaml(answersFile, answersSchema);
  const known = checklist.areas.flatMap(({ items }) => items.map(({ id }) => id));
  const stray = Object.keys(answers).filter((id) => !known.includes(id));
  if (stray.length > 0) {
    throw new UserError('bad-input', text('清单中没有这些项目', 'the checklist has no such item'), {
      detail: `${answersFile}: ${stray.join(', ')}`,
      hint: text(`清单项目：${known.join('、')}`, `It has ${known.join(', ')}.`),
    });
  }
  const { points, pointsMax, band, because, plan, open } = assessNeeds(checklist, answers);
  print(`${band.zh}：${points} / ${pointsMax} 分 (${band.en})`);
  for (const [i, item] of because.entries()) {
    print(`  +${item.points}  ${item.question.zh} → ${plan[i]?.zh ?? ''}`);
  }
  if (open.length > 0) print(`未填 ${open.length} 项 (not answered): ${open.join(', ')}`);
  print(
    '仅供工作人员参考，不产生预警，不对本人作任何决定 (advice to staff; nothing follows from it)',
  );
  if (out !== undefined) {
    writeFileSync(out, `${JSON.stringify(makeNeedsReceipt({ checklist, answers }), null, 2)}\n`);
    print(`→ ${out}`);
  }
}

/** Throws UserError that lists every mistake with file, line and cure. */
function readYaml<Value>(file: string, schema: z.ZodType<Value>): Value {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError('not-found', text('无法读取文件', 'the file cannot be read'), {
      detail: `${file} (${(cause as NodeJS.ErrnoException).code ?? ''})`,
      hint: text('请检查路径', 'Look at the path.'),
    });
  }
  const mistakes: string[] = [];
  const read = parseYaml(basename(file), content, schema, mistakes);
  if (read && mistakes.length === 0) return read.value;
  throw new UserError('bad-input', text('文件内容有误', 'the file has mistakes'), {
    detail: mistakes.join('\n'),
  });
}

const lacksColumns = (file: string, missing: readonly string[], all: readonly string[]) =>
  new UserError('bad-input', text('文件缺少所需的列', 'the file lacks columns'), {
    detail: `${file}: ${missing.join(', ')}`,
    hint: text(
      `列名：${all.join('、')}（带 ? 的可缺）`,
      `Columns: ${all.join(', ')}; those with ? may be missing.`,
    ),
  });
