// plumbline index receipt, verify-receipt, uncertainty: what a figure was made of, whether it follows from
// that, and how sure its rank is.

import { readFileSync, writeFileSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { createLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { regionName } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { loadDefinition } from '../../models/composite/load-definition.ts';
import {
  makeReceipt,
  readFigureId,
  receiptSchema,
  verifyReceipt,
  type Receipt,
  type ReceiptMistake,
} from '../../models/composite/receipt.ts';
import {
  NEEDS_RECEIPT_FORMAT,
  needsReceiptSchema,
  verifyNeedsReceipt,
  type NeedsMistake,
  type NeedsReceipt,
} from '../../models/needs/needs-receipt.ts';
import {
  REACH_RECEIPT_FORMAT,
  reachReceiptSchema,
  verifyReachReceipt,
  type ReachMistake,
  type ReachReceipt,
} from '../../models/reach/reach-receipt.ts';
import {
  DEFAULT_DOUBTS,
  rankIntervals,
  rankSensitivity,
} from '../../models/composite/uncertainty.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { openRecords } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import {
  computed,
  createIndexService,
  monthIn,
  type ComputedIndex,
} from '../indices/index-service.ts';
import { monthName } from '../indices/months.ts';
import type { Print } from '../print.ts';
import { olapOptions } from '../roles/warehouse.ts';
import { readReference, withInput } from './index-recompute.ts';

/** Files, or the warehouse of the configuration without them. */
export type IndexSource = {
  readonly definition?: string | undefined;
  readonly input?: string | undefined;
  readonly measures?: string | undefined;
  readonly reference?: string | undefined;
};

/** Writes the receipt of a figure, `index/2026-10/511722/node`. Throws UserError for what is not there. */
export async function writeReceipt(
  config: Config,
  { figure, out, ...source }: IndexSource & { figure: string; out?: string | undefined },
  print: Print,
): Promise<void> {
  const name = readFigureId(figure);
  if (!name) throw noFigure(figure);
  const receipt = await withIndex(config, source, name.index, (index) => {
    const month = monthIn(index, name.period);
    const regions = index.input.regions.map(String);
    return makeReceipt(index.plan, index.historyOf(month), { name, regions, sql: index.input.sql });
  });
  if (!receipt || receipt.index !== receipt.definition.id) throw noFigure(figure);
  const written = `${JSON.stringify(receipt, null, 2)}\n`;
  if (out === undefined) {
    print(written.trimEnd());
    return;
  }
  writeFileSync(out, written);
  for (const line of receipt.formula) print(line);
  print(`${receipt.figure} = ${receipt.value ?? '–'} → ${out}`);
}

/** Computes the figure of a receipt again; true when it follows. */
export function checkReceipt(file: string, print: Print): boolean {
  const { figure, value, mistakes } = verifiedAny(readReceipt(file));
  for (const mistake of mistakes) print(sayMistake(mistake));
  if (mistakes.length > 0) return false;
  print(
    `${figure} = ${value ?? '–'} 与凭证一致，误差不超过 1e-9 (follows from its receipt to 1e-9)`,
  );
  return true;
}

type AnyReceipt = Receipt | ReachReceipt | NeedsReceipt;

type AnyMistake = ReceiptMistake | ReachMistake | NeedsMistake;

function verifiedAny(receipt: AnyReceipt): {
  figure: string;
  value: number | null;
  mistakes: readonly AnyMistake[];
} {
  switch (receipt.format) {
    case REACH_RECEIPT_FORMAT:
      return { ...receipt, mistakes: verifyReachReceipt(receipt) };
    case NEEDS_RECEIPT_FORMAT: {
      const { id, version } = receipt.checklist;
      const mistakes = verifyNeedsReceipt(receipt);
      return { figure: `${id}@${version}`, value: receipt.points, mistakes };
    }
    default:
      return { ...receipt, mistakes: verifyReceipt(receipt) };
  }
}

/** Ranks of a month with their intervals, and what moves them. */
export async function printUncertainty(
  config: Config,
  {
    index: id,
    period,
    samples,
    seed,
    ...source
  }: IndexSource & {
    index: string;
    period?: string | undefined;
    samples: number;
    seed: string;
  },
  print: Print,
): Promise<void> {
  await withIndex(config, source, id, (index) => {
    const month = monthIn(index, period);
    const history = index.historyOf(month);
    const open = (name: string) => ({
      doubts: DEFAULT_DOUBTS,
      samples,
      random: createRandom(`${name} ${seed}`),
    });
    const ranks = rankIntervals(index.plan, history, open('ranks'));
    print(
      `${monthName(month)}：权重上下浮动 ${100 * DEFAULT_DOUBTS.weightSpread}%，计分和合成方法可换，抽样 ${samples} 次，区间含九成 (weights, scoring and mean drawn ${samples} times; the interval holds nine of ten)`,
    );
    const order = [...index.input.regions.keys()]
      .filter((place) => ranks.rank[place] !== 0)
      .sort((a, b) => (ranks.rank[a] as number) - (ranks.rank[b] as number));
    const top = index.resultOf(month).nodes.get(index.versioned.definition.top);
    for (const place of order) {
      const code = String(index.input.regions[place]);
      const figure = (top?.[place] ?? Number.NaN).toFixed(2);
      print(
        `${String(ranks.rank[place]).padStart(5)}  [${ranks.low[place]}, ${ranks.high[place]}]  ${figure.padStart(6)}  ${code} ${regionName(code).zh}`,
      );
    }
    const { factors, meanShift, runs } = rankSensitivity(index.plan, history, open('sobol'));
    print(
      `名次平均移动 ${meanShift.toFixed(2)} 位，Sobol 指数（首阶、总效应，各附九成区间；低于零的是估计误差），${runs} 次计算 (mean shift of ranks; Sobol indices, first order and total, each with the interval of nine in ten; below zero is noise)`,
    );
    const within = ([low, high]: readonly [number, number]) =>
      `[${low.toFixed(3)}, ${high.toFixed(3)}]`.padEnd(17);
    for (const { name, first, total, firstWithin, totalWithin } of factors.slice(0, 15)) {
      print(
        `${first.toFixed(3).padStart(8)} ${within(firstWithin)}  ${total.toFixed(3).padStart(7)} ${within(totalWithin)}  ${name}`,
      );
    }
  });
}

async function withIndex<Result>(
  config: Config,
  source: IndexSource,
  id: string,
  run: (index: ComputedIndex) => Result,
): Promise<Result> {
  if (source.definition !== undefined && source.input !== undefined) {
    const versioned = loadDefinition(source.definition);
    if (versioned.definition.id !== id) throw noFigure(id);
    const reference = readReference(source.reference);
    const { input: incidents, measures } = source;
    return withInput(versioned.definition, { input: incidents, measures }, async (input) =>
      run(computed(versioned, input, { reference, isSynthetic: false })),
    );
  }
  if (source.definition !== undefined || source.input !== undefined) {
    throw new UserError(
      'bad-input',
      text('定义与数据须一并给出', 'a definition and its input go together'),
      {
        hint: text(
          '同时写 --definition 和 --input；两者都不写时取数据仓库。',
          'Give both --definition and --input, or neither for the warehouse.',
        ),
      },
    );
  }
  const options = olapOptions(config);
  if (!options) {
    throw new UserError('bad-configuration', text('未配置数据仓库', 'there is no warehouse'));
  }
  const logger = createLogger(config.logLevel);
  const olap = await openOlap({ logger }, options);
  try {
    const records = await openRecords({ logger, random: createRandom(id) }, recordsOptions(config));
    try {
      return run(await createIndexService({ olap, records, clock: systemClock }).open(id));
    } finally {
      await records.close();
    }
  } finally {
    await olap.close();
  }
}

/** A receipt, or the answer of the API that holds one. */
function readReceipt(file: string): AnyReceipt {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as { receipt?: unknown };
    const found = (read.receipt ?? read) as { format?: unknown };
    if (found.format === REACH_RECEIPT_FORMAT) return reachReceiptSchema.parse(found);
    if (found.format === NEEDS_RECEIPT_FORMAT) return needsReceiptSchema.parse(found);
    return receiptSchema.parse(found);
  } catch (cause) {
    throw new UserError('bad-input', text('不是数值凭证', 'this is no receipt of a figure'), {
      detail: `${file}: ${(cause as Error).message.split('\n')[0]}`,
      hint: text('请用 index receipt 生成', 'Make one with index receipt.'),
    });
  }
}

const MISTAKES = {
  'figure-id': '数值编号与内容不符 (the id of the figure is of another one)',
  'input-hash': '输入快照与其摘要不符 (the input is not the one of its hash)',
  version: '指数定义与版本号不符 (the definition is not the one of its version)',
  weights: '权重与定义不符 (the weights are not those of the definition)',
  'unknown-figure': '定义中没有这项数值 (the definition has no such figure)',
  'unknown-item': '清单中没有所答项目 (an answer is to no item of the checklist)',
  band: '帮扶等级与分值不符 (the band is not the one of the points)',
} as const;

const sayMistake = (mistake: AnyMistake): string =>
  mistake.code === 'value'
    ? `重新计算为 ${mistake.is ?? '–'}，凭证记为 ${mistake.says ?? '–'} (computed again it is ${mistake.is ?? '–'}, the receipt says ${mistake.says ?? '–'})`
    : MISTAKES[mistake.code];

const noFigure = (figure: string) =>
  new UserError('not-found', text('没有这项数值', 'there is no such figure'), {
    detail: `"${figure}"`,
    hint: text(
      '写法：指数/月份/区划代码/节点或指标，如 social-order/2026-10/511722/index',
      'Write index/month/region/node, as social-order/2026-10/511722/index.',
    ),
  });
