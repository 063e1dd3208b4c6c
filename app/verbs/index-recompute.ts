// plumbline index: an index computed over history from files or the warehouse, and the reference it goes by.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { UserError } from '../../core/errors.ts';
import { silentLogger } from '../../core/logger.ts';
import { text, type Language } from '../../core/text.ts';
import { elapsedMs, systemClock } from '../../core/time.ts';
import { freezeReference } from '../../models/composite/freeze-reference.ts';
import {
  lookbackOf,
  needsReference,
  planIndex,
  type Reference,
} from '../../models/composite/index-plan.ts';
import { describeMethod } from '../../models/composite/describe-method.ts';
import { loadDefinition } from '../../models/composite/load-definition.ts';
import { referenceSchema } from '../../models/composite/reference.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type OlapOptions } from '../../warehouse/olap.ts';
import type { Config } from '../config.ts';
import {
  openIndexInput,
  openWarehouseInput,
  REFUSED_WORDS,
  spanOf,
  type IndexInput,
} from '../indices/index-input.ts';
import { openMonthStore } from '../indices/month-store.ts';
import { monthAt, monthName, monthOf, monthStartMs } from '../indices/months.ts';
import { planRecompute, recompute } from '../indices/recompute.ts';
import { createProgress, type Print } from '../print.ts';
import { olapOptions } from '../roles/warehouse.ts';

export type IndexVerbOptions = {
  readonly definition: string;
  /** Incidents; without it those of the warehouse are counted, with its measures. */
  readonly input?: string | undefined;
  readonly measures?: string | undefined;
  /** Where the warehouse is. */
  readonly config?: (() => Config) | undefined;
  readonly reference?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly out: string;
  /** Says what would be computed and computes nothing. */
  readonly plan?: boolean;
  /** Shows no progress. */
  readonly quiet?: boolean;
  readonly signal?: AbortSignal;
};

/** Computes what is stale and gives the hash over all months. Throws UserError for what was asked wrongly. */
export async function recomputeIndex(options: IndexVerbOptions, print: Print): Promise<string> {
  const versioned = loadDefinition(options.definition);
  const index = planIndex(versioned, readReference(options.reference));
  const range = rangeOf(options);
  return withInput(versioned.definition, options, async (input) => {
    tellInput(input, print);
    const store = openMonthStore(options.out);
    const plan = planRecompute(index, input, store, range);
    const { months, stale, read } = plan;
    const stretch = stale.length > 0 ? `：${monthNames(stale)}` : '';
    const cells = stale.length * input.regions.length * index.indicators.length;
    print(
      `${months.length} 个月，需重算 ${stale.length} 个、${cells} 个指标值，读取 ${read.length} 个月${stretch} (${months.length} months, ${stale.length} to compute, ${cells} cells, reading ${read.length} months)`,
    );
    if (options.plan) return store.tableHash();
    const progress = createProgress();
    const startedAtMs = elapsedMs();
    const done = await recompute(index, input, store, plan, {
      ...(options.signal && { signal: options.signal }),
      progress: ({ done: count, all, cells: figures }) => {
        if (options.quiet) return;
        const perSecond = Math.round(figures / ((elapsedMs() - startedAtMs) / 1_000 + 0.001));
        progress.show(`${Math.floor((100 * count) / all)}% ${count}/${all}, ${perSecond} cells/s`);
      },
    }).finally(progress.end);
    if (done.touched > 0) {
      print(
        `异常值处理 ${done.touched} 个 (${done.touched} odd values were treated as the definition says)`,
      );
    }
    const hash = await store.tableHash();
    print(`${index.version} ${hash.slice(0, 16)} → ${options.out}`);
    return hash;
  });
}

/** Freezes ends and data weights from the months given and writes them to a file. */
export async function freezeIndex(
  options: IndexVerbOptions & { readonly from: string; readonly to: string },
  print: Print,
): Promise<Reference> {
  const versioned = loadDefinition(options.definition);
  const [from, to] = [monthOf(options.from), monthOf(options.to)];
  return withInput(versioned.definition, options, async (input) => {
    tellInput(input, print);
    if (from > to || from < input.first || to > input.last) {
      throw new UserError('bad-input', text('参照期超出数据范围', 'the data does not cover it'), {
        detail: `${options.from} … ${options.to}; the data has ${spanOf(input)}`,
      });
    }
    // What the data has of the months before that can enter the first ones.
    const lead = Math.min(lookbackOf(versioned.definition), from - input.first);
    const periods = Array.from({ length: to - from + 1 + lead }, (_, i) => {
      const month = from - lead + i;
      return { name: monthName(month), columns: input.columnsOf(month) };
    });
    const reference = freezeReference(versioned, periods, lead);
    mkdirSync(dirname(options.out), { recursive: true });
    writeFileSync(`${options.out}.part`, `${JSON.stringify(reference, null, 2)}\n`);
    renameSync(`${options.out}.part`, options.out);
    print(
      `参照组 ${reference.id}（${reference.from} 至 ${reference.until}）→ ${options.out} (reference frozen)`,
    );
    if (!needsReference(versioned.definition)) {
      print('该定义不取自参照组 (the definition takes nothing from a reference)');
    }
    return reference;
  });
}

/** Prints how the index is computed, made of its definition. */
export function printMethod(
  {
    definition,
    reference: path,
    language,
  }: {
    definition: string;
    reference?: string | undefined;
    language: Language;
  },
  print: Print,
): void {
  const reference = readReference(path);
  print(describeMethod(loadDefinition(definition), language, { ...(reference && { reference }) }));
}

/** The input of files, or of the warehouse up to the month that is not over yet. Throws UserError. */
export async function withInput<Result>(
  definition: Parameters<typeof openIndexInput>[1],
  { input: incidents, measures, config }: Pick<IndexVerbOptions, 'input' | 'measures' | 'config'>,
  run: (input: IndexInput) => Promise<Result>,
): Promise<Result> {
  if (incidents === undefined && measures !== undefined) throw incidentsMissing();
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-index-'));
  const logger = silentLogger;
  try {
    const olap = await openOlap(
      { logger },
      incidents === undefined
        ? warehouseOf(config?.())
        : {
            kind: 'chdb',
            folder: join(folder, 'engine'),
            threadsPerQueryMax: 0,
            queryMsMax: 600_000,
          },
    );
    try {
      if (incidents !== undefined)
        return await run(
          await openIndexInput({ olap, folder }, definition, { incidents, measures }),
        );
      await migrateWarehouse({ clock: systemClock, logger }, olap);
      const untilMs = monthStartMs(monthAt(systemClock.now()));
      return await run(await openWarehouseInput({ olap, folder }, definition, { untilMs }));
    } finally {
      await olap.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function warehouseOf(config: Config | undefined): OlapOptions {
  const options = config && olapOptions(config);
  // The product is stopped then: its cores are free. A server has others to serve.
  if (options?.kind === 'chdb') return { ...options, threadsPerQueryMax: 0 };
  if (options) return options;
  throw new UserError('bad-configuration', text('未配置数据仓库', 'there is no warehouse'), {
    hint: text(
      '请用 --input 指明案件文件，或在配置项 warehouse 中启用数据仓库。',
      'Name a file of incidents with --input, or configure a warehouse under "warehouse".',
    ),
  });
}

const incidentsMissing = () =>
  new UserError(
    'bad-input',
    text('只给出了度量文件，未给出案件文件', 'there are measures and no incidents'),
    {
      hint: text(
        '同时写 --input 和 --measures；两者都不写时取数据仓库。',
        'Give both --input and --measures, or neither for the warehouse.',
      ),
    },
  );

function tellInput(input: IndexInput, print: Print): void {
  print(
    `${input.rows} 行，${input.regions.length} 个地区，${spanOf(input)} (${input.rows} rows, ${input.regions.length} regions)`,
  );
  for (const [reason, count] of Object.entries(input.refused)) {
    const words = REFUSED_WORDS[reason];
    print(`${String(count).padStart(8)}  ${words?.zh ?? reason} (${words?.en ?? reason})`);
  }
}

function rangeOf({ from, to }: IndexVerbOptions) {
  return {
    ...(from !== undefined && { from: monthOf(from) }),
    ...(to !== undefined && { to: monthOf(to) }),
  };
}

const monthNames = (months: readonly number[]): string => {
  const names = months.map(monthName);
  return names.length > 6 ? `${names.slice(0, 3).join('、')} … ${names.at(-1)}` : names.join('、');
};

export function readReference(path: string | undefined): Reference | undefined {
  if (path === undefined) return undefined;
  try {
    return referenceSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new UserError('bad-input', text('参照组文件有误', 'this is no file of a reference'), {
      detail: `${path}: ${(cause as Error).message.split('\n')[0]}`,
      hint: text('请用 index freeze 生成', 'Make one with index freeze.'),
    });
  }
}
