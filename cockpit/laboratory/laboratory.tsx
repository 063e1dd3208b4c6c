// The laboratory itself: a variant on the left, what becomes of every region in the middle, what drives one
// region's change and how the month is published on the right. All of it is computed here, so that a slider is
// followed at once.

import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import type { CellsAnswer, ResultsAnswer } from '../../app/api/indices.ts';
import { createRandom } from '../../core/random.ts';
import type { Text } from '../../core/text.ts';
import type { IndexPlan } from '../../models/composite/index-plan.ts';
import {
  DEFAULT_DOUBTS,
  rankIntervals,
  type RankIntervals,
} from '../../models/composite/uncertainty.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { UNKNOWN } from '../shared/format.ts';
import { WORDS } from '../shared/words.ts';
import { ChangeChart } from './change-chart.tsx';
import { monthBefore, movementBetween, ranksBy } from './compare.ts';
import { CountyMap } from './county-map.tsx';
import { DoubtsBox } from './doubts-box.tsx';
import { GradeMark } from './grade-mark.tsx';
import {
  columnsOf,
  planOf,
  sameVariant,
  scoredBy,
  stepFrom,
  stepOf,
  variantOf,
  type LabInput,
  type LabRanks,
  type Variant,
} from './lab-model.ts';
import { PublicationState, PublishPanel } from './publish-panel.tsx';
import { ReceiptDialog } from './receipt-dialog.tsx';
import { ResultsTable, type Interval } from './results-table.tsx';
import { VariantActs, type Base } from './variant-acts.tsx';
import { variantMistakes } from './variant-mistakes.ts';
import { VariantPanel } from './variant-panel.tsx';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

/** With many regions a draw costs more; so many are enough for an interval. */
const DRAWS = 200;
const DRAWS_LARGE = 60;
const REGIONS_LARGE = 500;

type Estimate = { readonly of: Variant; readonly period: number; readonly ranks: RankIntervals };

export function Laboratory({
  input,
  isSynthetic,
  children,
}: {
  input: LabInput;
  isSynthetic: boolean;
  children: ReactNode;
}) {
  const say = useSay();
  const official = useMemo(() => variantOf(input), [input]);
  const [variant, setVariant] = useState(official);
  const [base, setBase] = useState<Base>({ kind: 'official' });
  const [period, setPeriod] = useState(input.periods.length - 1);
  const [chosen, setChosen] = useState(0);
  const [estimated, setEstimated] = useState<Estimate>();
  const [hasReceipt, setHasReceipt] = useState(false);
  const { points, goals } = variant;
  // Weights, aggregation and bounds are moved most, and leave points as they are.
  const scored = useMemo(
    () => scoredBy(input, { ...official, points, goals }, period),
    [input, official, points, goals, period],
  );
  const step = useMemo(() => stepFrom(scored, input, variant), [scored, input, variant]);
  const compared = useCompared(input, { base, official, period });
  const against = compared.ranks ?? step;
  const results = useResults(input, period);
  const mistakes = useMemo(
    () => variantMistakes(input.definition, variant),
    [input.definition, variant],
  );
  const isOfficial = useMemo(() => sameVariant(variant, official), [variant, official]);
  const isFresh = estimated?.of === variant && estimated.period === period;
  const intervalOf = useMemo(
    () => intervals(input, isOfficial ? results.data : undefined, isFresh ? estimated : undefined),
    [input, isOfficial, results.data, isFresh, estimated],
  );
  const estimate = () =>
    setEstimated({ of: variant, period, ranks: estimateRanks(input, variant, period) });
  return (
    <div className={styles.columns}>
      <aside className={styles.aside} aria-label={say(LAB_WORDS.variant)}>
        <section className={styles.box}>
          <h2>{say(LAB_WORDS.variant)}</h2>
          <p className={styles.hint}>{say(LAB_WORDS.hint)}</p>
          <VariantActs
            {...{ input, variant, official, base, setVariant, setBase }}
            isWrong={mistakes.length > 0}
          />
          <VariantPanel {...{ input, variant, official, mistakes }} set={setVariant} />
        </section>
      </aside>
      <main className={styles.main}>
        <section className={styles.box} aria-labelledby="results">
          <div className={styles.head}>
            <h1 id="results">{say(input.definition.title)}</h1>
            {results.data && <PublicationState results={results.data} />}
            {children}
            <PeriodField name={LAB_WORDS.period} {...{ input, period }} set={setPeriod} />
            {!intervalOf && (
              <button type="button" onClick={estimate}>
                {say(LAB_WORDS.findIntervals)}
              </button>
            )}
          </div>
          <Summary {...{ input, step, against }} />
          <p className={styles.hint}>
            {isSynthetic && `${say(LAB_WORDS.synthetic)} `}
            {say(LAB_WORDS.compareWith)} <b>{baseName(base, say)}</b>
            {compared.isLoading && ` · ${say(LAB_WORDS.computing)}`}
            {' · '}
            {say(LAB_WORDS.noHysteresis)}
            {estimated && !isFresh && !isOfficial && ` ${say(LAB_WORDS.stale)}`}
            {intervalOf && ` ${say(LAB_WORDS.intervalNote)}`}
          </p>
          <Problem error={compared.error ?? results.error} />
          <ResultsTable
            {...{ input, step, against, intervalOf, chosen }}
            official={results.data}
            choose={setChosen}
          />
          <CountyMap {...{ input, step, chosen }} choose={setChosen} />
        </section>
      </main>
      <div className={styles.aside}>
        <Drivers {...{ input, variant, chosen, period }} showReceipt={() => setHasReceipt(true)} />
        {results.data && <PublishPanel input={input} results={results.data} />}
        {results.data && <DoubtsBox input={input} uncertainty={results.data.uncertainty} />}
      </div>
      {hasReceipt && (
        <ReceiptDialog
          {...{ input, variant, step, period, isOfficial }}
          region={chosen}
          close={() => setHasReceipt(false)}
        />
      )}
    </div>
  );
}

/** What the server has of the month: official figures, intervals, how it is published. */
function useResults(input: LabInput, period: number) {
  const { id } = input.definition;
  const month = input.periods[period] ?? '';
  return useQuery({
    queryKey: ['index-results', id, month],
    queryFn: ({ signal }) =>
      getJson<ResultsAnswer>(
        `/api/indices/${encodeURIComponent(id)}/results?period=${month}`,
        signal,
      ),
  });
}

/** Ranks by what is compared with; another definition is computed over the counts themselves. */
function useCompared(
  input: LabInput,
  { base, official, period }: { base: Base; official: Variant; period: number },
): { ranks: LabRanks | undefined; isLoading: boolean; error: unknown } {
  const plan = base.kind === 'definition' ? base.plan : undefined;
  const { id } = input.definition;
  const to = input.periods[period] ?? '';
  const counts = useQuery({
    queryKey: ['index-counts', id, to, plan?.lookback],
    queryFn: ({ signal }) => readCounts(id, { to, plan: plan as IndexPlan, signal }),
    enabled: plan !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const ranks = useMemo(() => {
    if (base.kind === 'definition') return counts.data && ranksBy(base.plan, counts.data);
    return stepOf(input, base.kind === 'variant' ? base.variant : official, period);
  }, [input, base, official, period, counts.data]);
  return { ranks, isLoading: counts.isLoading, error: counts.error };
}

async function readCounts(
  id: string,
  { to, plan, signal }: { to: string; plan: IndexPlan; signal: AbortSignal },
): Promise<CellsAnswer> {
  const base = `/api/indices/${encodeURIComponent(id)}/cells?of=columns&to=${to}`;
  // What lies before the first month with data is unknown, and no month one may ask for.
  const whole = await getJson<CellsAnswer>(base, signal);
  const from = monthBefore(to, plan.lookback);
  const at = whole.periods.findIndex((period) => period >= from);
  const skipped = Math.max(0, at) * whole.regions.length;
  return {
    ...whole,
    periods: whole.periods.slice(Math.max(0, at)),
    columns: Object.fromEntries(
      Object.entries(whole.columns).map(([name, column]) => [name, column.slice(skipped)]),
    ),
  };
}

/** Of the definition the service has them; of a variant they are estimated when asked for. */
function intervals(
  input: LabInput,
  results: ResultsAnswer | undefined,
  estimated: Estimate | undefined,
): ((region: number) => Interval | undefined) | undefined {
  if (results) {
    const byCode = new Map(results.regions.map(({ region, rank }) => [region as string, rank]));
    return (region) => {
      const rank = byCode.get(input.regions[region]?.code ?? '');
      return rank && rank.rank > 0 ? rank : undefined;
    };
  }
  if (!estimated) return undefined;
  const { low, high } = estimated.ranks;
  return (region) => ({ low: low[region] ?? 0, high: high[region] ?? 0 });
}

const estimateRanks = (input: LabInput, variant: Variant, period: number): RankIntervals =>
  rankIntervals(planOf(input, variant), [columnsOf(input, period)], {
    doubts: DEFAULT_DOUBTS,
    samples: input.regions.length > REGIONS_LARGE ? DRAWS_LARGE : DRAWS,
    // The same variant gives the same interval every time it is asked.
    random: createRandom('laboratory'),
  });

const baseName = (base: Base, say: (words: Text) => string): string =>
  base.kind === 'official' ? say(LAB_WORDS.official) : say(base.name);

function Problem({ error }: { error: unknown }) {
  const say = useSay();
  if (!error) return null;
  const { says, hint } = problemIn(error);
  return (
    <p className={styles.notice} role="alert">
      <b>{say(says)}</b> {hint && say(hint)}
    </p>
  );
}

function Summary({ input, step, against }: { input: LabInput; step: LabRanks; against: LabRanks }) {
  const say = useSay();
  const { moved, regraded, largest, agreement } = movementBetween(step, against);
  return (
    <dl className={styles.figures}>
      {input.definition.grading.bands.map(({ id }, place) => (
        <div key={id}>
          <dt>
            <GradeMark input={input} grade={place} />
          </dt>
          <dd>{step.grades.reduce((count, grade) => count + (grade === place ? 1 : 0), 0)}</dd>
        </div>
      ))}
      {(
        [
          [LAB_WORDS.moved, moved],
          [LAB_WORDS.largest, largest],
          [LAB_WORDS.regraded, regraded],
          [LAB_WORDS.agreement, agreement === undefined ? UNKNOWN : agreement.toFixed(3)],
        ] as const
      ).map(([name, count]) => (
        <div key={name.en}>
          <dt>{say(name)}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

function Drivers({
  input,
  variant,
  chosen,
  period,
  showReceipt,
}: {
  input: LabInput;
  variant: Variant;
  chosen: number;
  period: number;
  showReceipt(): void;
}) {
  const say = useSay();
  const [given, setFrom] = useState<number>();
  const from = given ?? Math.max(0, period - 1);
  const region = input.regions[chosen];
  return (
    <section className={styles.box} aria-labelledby="drivers">
      <h2 id="drivers">
        {region ? say(region.name) : say(WORDS.noData)} · {say(LAB_WORDS.drivers)}
      </h2>
      <div className={styles.acts}>
        <PeriodField name={LAB_WORDS.from} {...{ input }} period={from} set={setFrom} />
        <span>
          {say(LAB_WORDS.to)} {input.periods[period]}
        </span>
        <button type="button" onClick={showReceipt}>
          {say(LAB_WORDS.receipt)}
        </button>
      </div>
      <ChangeChart {...{ input, variant, from }} region={chosen} to={period} />
    </section>
  );
}

function PeriodField({
  name,
  input,
  period,
  set,
}: {
  name: Text;
  input: LabInput;
  period: number;
  set: (period: number) => void;
}) {
  const say = useSay();
  return (
    <label className={styles.inline}>
      <span>{say(name)}</span>
      <select value={period} onChange={(event) => set(Number(event.target.value))}>
        {input.periods.map((one, i) => (
          <option key={one} value={i}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
