// Indices as the product serves them: counted from the warehouse when somebody asks and something changed,
// evaluated for every month there is, kept in memory.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/ids.ts';
import { createRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { evaluatePeriod, type PeriodResult } from '../../models/composite/evaluate-period.ts';
import { freezeReference } from '../../models/composite/freeze-reference.ts';
import { escalationOf, gradesOver } from '../../models/composite/grade.ts';
import {
  needsReference,
  planIndex,
  type IndexPlan,
  type Reference,
} from '../../models/composite/index-plan.ts';
import type { PeriodColumns } from '../../models/composite/indicator-values.ts';
import {
  loadDefinition,
  type VersionedDefinition,
} from '../../models/composite/load-definition.ts';
import { referenceSchema } from '../../models/composite/reference.ts';
import {
  DEFAULT_DOUBTS,
  rankIntervals,
  rankSensitivity,
  type RankIntervals,
  type Sensitivity,
} from '../../models/composite/uncertainty.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import { openWarehouseInput, type IndexInput } from './index-input.ts';
import { monthAt, monthName, monthOf, monthStartMs, type MonthNumber } from './months.ts';

export const INDEX_FILES = ['../../models/social-order/definition.yaml'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** An index with everything computed of it. */
export type ComputedIndex = {
  readonly versioned: VersionedDefinition;
  readonly plan: IndexPlan;
  readonly input: IndexInput;
  readonly isSynthetic: boolean;
  historyOf(month: MonthNumber): PeriodColumns[];
  resultOf(month: MonthNumber): PeriodResult;
  /** Of a region by its place, from the first month on. */
  gradesOf(place: number): ReturnType<typeof gradesOver>;
  uncertaintyOf(month: MonthNumber): { ranks: RankIntervals; sensitivity: Sensitivity };
};

export type IndexService = {
  readonly definitions: readonly VersionedDefinition[];
  /** Throws UserError `not-found` for an unknown index and where there is no data. */
  open(id: string): Promise<ComputedIndex>;
  /** The same, or undefined without data. */
  look(id: string): Promise<ComputedIndex | undefined>;
};

const REFERENCE_MONTHS = 12;
const RANK_SAMPLES = 400;
const SOBOL_SAMPLES = 256;
/** With many regions a draw costs more; so many are enough for the interval. */
const RANK_SAMPLES_LARGE = 100;
const REGIONS_LARGE = 500;

export function createIndexService(
  deps: { olap: Olap | undefined; records: Records; clock: Clock },
  files: readonly string[] = INDEX_FILES,
): IndexService {
  const { olap, clock } = deps;
  const definitions = files.map(loadDefinition);
  const kept = new Map<string, { stamp: string; index: ComputedIndex }>();
  const running = new Map<string, Promise<ComputedIndex | undefined>>();

  const load = async (versioned: VersionedDefinition): Promise<ComputedIndex | undefined> => {
    if (!olap) return undefined;
    const { id } = versioned.definition;
    const untilMs = monthStartMs(monthAt(clock.now()));
    const [state] = await olap.rows<{ incidents: number; hash: string; synthetic: number }>(
      `SELECT count() AS incidents, toString(sum(cityHash64(at_ms, region, kind))) AS hash, countIf(origin = 'synthetic') AS synthetic FROM incident WHERE at_ms < {until:Int64}`,
      { until: untilMs },
    );
    const [measures] = await olap.rows<{ hash: string; n: number }>(
      'SELECT toString(sum(cityHash64(region, period, column, value))) AS hash, count() AS n FROM index_measure',
    );
    if (!state || state.incidents === 0 || measures?.n === 0) return undefined;
    const stamp = `${untilMs} ${state.hash} ${measures?.hash ?? ''}`;
    const before = kept.get(id);
    if (before?.stamp === stamp) return before.index;
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-index-'));
    try {
      const input = await openWarehouseInput({ olap, folder }, versioned.definition, { untilMs });
      const reference = await referenceFor(deps, versioned, input);
      const index = computed(versioned, input, {
        reference,
        isSynthetic: state.synthetic > 0,
      });
      kept.set(id, { stamp, index });
      return index;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  const look: IndexService['look'] = (id) => {
    const versioned = definitions.find(({ definition }) => definition.id === id);
    if (!versioned)
      throw new UserError('not-found', text('没有这项指数', 'there is no such index'), {
        detail: id,
      });
    const before = running.get(id);
    if (before) return before;
    const now = load(versioned).finally(() => running.delete(id));
    running.set(id, now);
    return now;
  };

  return {
    definitions,
    look,
    async open(id) {
      const index = await look(id);
      if (index) return index;
      throw new UserError(
        'not-found',
        text('尚无可计算的数据', 'there is no data to compute it from'),
        {
          hint: text(
            '导入数据后重试；演示数据在启动后一分钟内生成。',
            'Load data and try again; the demonstration makes its own within a minute of its start.',
          ),
        },
      );
    },
  };
}

/** The figures of an index over an input; months are evaluated when they are first asked for. */
export function computed(
  versioned: VersionedDefinition,
  input: IndexInput,
  { reference, isSynthetic }: { reference: Reference | undefined; isSynthetic: boolean },
): ComputedIndex {
  const plan = planIndex(versioned, reference);
  const { definition } = versioned;
  const results = new Map<MonthNumber, PeriodResult>();
  const grades = new Map<number, ReturnType<typeof gradesOver>>();
  const doubts = new Map<MonthNumber, ReturnType<ComputedIndex['uncertaintyOf']>>();
  const historyOf = (month: MonthNumber) =>
    Array.from({ length: plan.lookback + 1 }, (_, back) => input.columnsOf(month - back));
  const resultOf = (month: MonthNumber): PeriodResult => {
    const before = results.get(month);
    if (before) return before;
    const result = evaluatePeriod(plan, historyOf(month));
    results.set(month, result);
    return result;
  };
  return {
    versioned,
    plan,
    input,
    isSynthetic,
    historyOf,
    resultOf,
    gradesOf(place) {
      const before = grades.get(place);
      if (before) return before;
      const months = Array.from(
        { length: input.last - input.first + 1 },
        (_, i) => input.first + i,
      );
      const figures = months.map(
        (month) => resultOf(month).nodes.get(definition.top)?.[place] ?? Number.NaN,
      );
      const found = gradesOver(definition.grading, figures);
      grades.set(place, found);
      return found;
    },
    uncertaintyOf(month) {
      const before = doubts.get(month);
      if (before) return before;
      const samples = input.regions.length > REGIONS_LARGE ? RANK_SAMPLES_LARGE : RANK_SAMPLES;
      const history = historyOf(month);
      const seed = `${plan.version} ${monthName(month)}`;
      const found = {
        ranks: rankIntervals(plan, history, {
          doubts: DEFAULT_DOUBTS,
          samples,
          random: createRandom(`ranks ${seed}`),
        }),
        sensitivity: rankSensitivity(plan, history, {
          doubts: DEFAULT_DOUBTS,
          samples: input.regions.length > REGIONS_LARGE ? SOBOL_SAMPLES / 32 : SOBOL_SAMPLES,
          random: createRandom(`sobol ${seed}`),
        }),
      };
      doubts.set(month, found);
      return found;
    },
  };
}

/** The step of escalation a region has reached; undefined before the first. */
export const stepOf = ({ versioned }: ComputedIndex, worstPeriods: number) =>
  escalationOf(versioned.definition.escalation, worstPeriods);

/** The month asked for, the last without one. Throws UserError for a month without data. */
export function monthIn({ input }: ComputedIndex, period: string | undefined): MonthNumber {
  const month = period === undefined ? input.last : monthOf(period);
  if (month >= input.first && month <= input.last) return month;
  throw new UserError('not-found', text('该月没有数据', 'there is no data of that month'), {
    detail: `${period ?? ''}; ${monthName(input.first)} … ${monthName(input.last)}`,
  });
}

/** The reference that holds, or one frozen of the first year of the data. */
async function referenceFor(
  { records, clock }: { records: Records; clock: Clock },
  versioned: VersionedDefinition,
  input: IndexInput,
): Promise<Reference | undefined> {
  const { definition, version } = versioned;
  if (!needsReference(definition)) return undefined;
  const kept = await records.db
    .selectFrom('indexReference')
    .select('body')
    .where('indexId', '=', definition.id)
    .where('version', '=', version)
    .orderBy('madeAtMs', 'desc')
    .executeTakeFirst();
  if (kept) return referenceSchema.parse(JSON.parse(kept.body));
  const months = Array.from(
    { length: Math.min(REFERENCE_MONTHS, input.last - input.first + 1) },
    (_, i) => input.first + i,
  );
  const reference = freezeReference(
    versioned,
    months.map((month) => ({ name: monthName(month), columns: input.columnsOf(month) })),
  );
  await records.db
    .insertInto('indexReference')
    .values({
      id: reference.id,
      indexId: definition.id,
      version,
      body: canonicalJson(reference),
      madeAtMs: clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return reference;
}
