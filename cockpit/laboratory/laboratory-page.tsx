// The index laboratory: a variant on the left, what becomes of every region in the middle, what drives one
// region's change on the right. All of it is computed here, so that a slider is followed at once.

import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import type { CellsAnswer, DefinitionsAnswer } from '../../app/api/indices.ts';
import type { Me } from '../../app/api/session.ts';
import { createRandom } from '../../core/random.ts';
import type { Text } from '../../core/text.ts';
import {
  DEFAULT_DOUBTS,
  rankIntervals,
  type RankIntervals,
} from '../../models/composite/uncertainty.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { LABORATORY_PATH, navigate, useQueryText } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { saveFile } from '../reports/save-file.ts';
import { ChangeChart } from './change-chart.tsx';
import {
  columnsOf,
  planOf,
  stepOf,
  variantOf,
  type LabInput,
  type LabStep,
  type Variant,
} from './lab-model.ts';
import { inputOf } from './read-input.ts';
import { ReceiptDialog } from './receipt-dialog.tsx';
import { ResultsTable } from './results-table.tsx';
import { readVariant, writeVariant } from './variant-file.ts';
import { VariantPanel } from './variant-panel.tsx';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

const DRAWS = 200;

export function LaboratoryPage({ me }: { me: Me }) {
  const say = useSay();
  const asked = new URLSearchParams(useQueryText()).get('index');
  const definitions = useQuery({
    queryKey: ['index-definitions'],
    queryFn: ({ signal }) => getJson<DefinitionsAnswer>('/api/indices/definitions', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const known = definitions.data?.definitions;
  const entry = known?.find(({ id }) => id === asked) ?? known?.[0];
  const cells = useQuery({
    queryKey: ['index-cells', entry?.id],
    queryFn: async ({ signal }) => {
      const { id } = entry as NonNullable<typeof entry>;
      const path = `/api/indices/${encodeURIComponent(id)}/cells?of=values`;
      return inputOf(entry as NonNullable<typeof entry>, await getJson<CellsAnswer>(path, signal));
    },
    enabled: entry !== undefined && entry.periods !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data } = cells;
  const error = definitions.error ?? cells.error;
  const isEmpty = known !== undefined && entry?.periods == null;
  usePage('laboratory', { ready: data !== undefined || isEmpty || error !== null });
  const problem = error && !data ? problemIn(error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.laboratory} />
      {problem ? (
        <main className={styles.problem} role="alert">
          <h1>{say(problem.says)}</h1>
          {problem.hint && <p>{say(problem.hint)}</p>}
        </main>
      ) : data && data.periods.length > 0 && data.regions.length > 0 ? (
        <Laboratory key={entry?.id} input={data} isSynthetic={entry?.isSynthetic ?? false}>
          {known && known.length > 1 && entry && <IndexPicker known={known} chosen={entry.id} />}
        </Laboratory>
      ) : (
        <main className={styles.problem} role="status">
          {say(data || isEmpty ? WORDS.noData : WORDS.loading)}
        </main>
      )}
    </div>
  );
}

function IndexPicker({
  known,
  chosen,
}: {
  known: DefinitionsAnswer['definitions'];
  chosen: string;
}) {
  const say = useSay();
  return (
    <label className={styles.field}>
      <span>{say(LAB_WORDS.index)}</span>
      <select
        value={chosen}
        onChange={(event) => navigate(LABORATORY_PATH, { query: { index: event.target.value } })}
      >
        {known.map(({ id, title }) => (
          <option key={id} value={id}>
            {say(title)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Laboratory({
  input,
  isSynthetic,
  children,
}: {
  input: LabInput;
  isSynthetic: boolean;
  children: ReactNode;
}) {
  const say = useSay();
  const last = input.periods.length - 1;
  const [variant, setVariant] = useState<Variant>(() => variantOf(input));
  const [other, setOther] = useState<Variant>();
  const [notice, setNotice] = useState<Text>();
  const [period, setPeriod] = useState(last);
  const [chosen, setChosen] = useState(0);
  const [estimated, setEstimated] = useState<{
    of: Variant;
    period: number;
    ranks: RankIntervals;
  }>();
  const [hasReceipt, setHasReceipt] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const step = useMemo(() => stepOf(input, variant, period), [input, variant, period]);
  const against = useMemo(
    () => stepOf(input, other ?? variantOf(input), period),
    [input, other, period],
  );
  const isFresh = estimated?.of === variant && estimated.period === period;
  const estimate = () =>
    setEstimated({
      of: variant,
      period,
      ranks: rankIntervals(planOf(input, variant), [columnsOf(input, period)], {
        doubts: DEFAULT_DOUBTS,
        samples: DRAWS,
        // The same variant gives the same interval every time it is asked.
        random: createRandom('laboratory'),
      }),
    });
  const load = async (given: File) => {
    const read = readVariant(input, await given.text());
    if (read.kind === 'refused') {
      setNotice(read.says);
      return;
    }
    setOther(read.variant);
    setNotice(read.isOther ? LAB_WORDS.otherVersion : undefined);
  };
  return (
    <div className={styles.columns}>
      <aside className={styles.aside} aria-label={say(LAB_WORDS.variant)}>
        <section className={styles.box}>
          <h2>{say(LAB_WORDS.variant)}</h2>
          {children}
          <p className={styles.hint}>{say(LAB_WORDS.hint)}</p>
          <div className={styles.acts}>
            <button type="button" onClick={() => setVariant(variantOf(input))}>
              {say(LAB_WORDS.reset)}
            </button>
            <button
              type="button"
              onClick={() =>
                saveFile(
                  new Blob([writeVariant(input, variant)], { type: 'application/json' }),
                  `${input.definition.id}-variant.json`,
                )
              }
            >
              {say(LAB_WORDS.save)}
            </button>
            <button type="button" onClick={() => file.current?.click()}>
              {say(LAB_WORDS.load)}
            </button>
            <input
              ref={file}
              type="file"
              accept="application/json,.json"
              hidden
              onChange={(event) => {
                const given = event.target.files?.[0];
                if (given) void load(given);
                event.target.value = '';
              }}
            />
          </div>
          {notice && (
            <p className={styles.notice} role="alert">
              {say(notice)}
            </p>
          )}
          <VariantPanel input={input} variant={variant} set={setVariant} />
        </section>
      </aside>
      <main className={styles.main}>
        <section className={styles.box} aria-labelledby="results">
          <div className={styles.head}>
            <h1 id="results">{say(input.definition.title)}</h1>
            <PeriodField name={LAB_WORDS.period} {...{ input, period }} set={setPeriod} />
            <button type="button" onClick={estimate} disabled={isFresh}>
              {say(LAB_WORDS.findIntervals)}
            </button>
          </div>
          <Summary {...{ input, step, against }} />
          <p className={styles.hint}>
            {isSynthetic && `${say(LAB_WORDS.synthetic)} `}
            {say(LAB_WORDS.compareWith)} {say(other ? LAB_WORDS.loaded : LAB_WORDS.official)} ·{' '}
            {say(LAB_WORDS.noHysteresis)}
            {estimated && ` ${say(isFresh ? LAB_WORDS.intervalNote : LAB_WORDS.stale)}`}
          </p>
          <ResultsTable
            {...{ input, step, against, chosen }}
            intervals={isFresh ? estimated.ranks : undefined}
            choose={setChosen}
          />
        </section>
      </main>
      <Drivers {...{ input, variant, chosen, period }} showReceipt={() => setHasReceipt(true)} />
      {hasReceipt && (
        <ReceiptDialog
          {...{ input, variant, step, period }}
          region={chosen}
          close={() => setHasReceipt(false)}
        />
      )}
    </div>
  );
}

function Summary({ input, step, against }: { input: LabInput; step: LabStep; against: LabStep }) {
  const say = useSay();
  let [moved, regraded, largest] = [0, 0, 0];
  for (const [i, rank] of step.ranks.entries()) {
    const was = against.ranks[i] ?? 0;
    if (rank > 0 && was > 0 && rank !== was) moved++;
    if (rank > 0 && was > 0) largest = Math.max(largest, Math.abs(rank - was));
    if (step.grades[i] !== against.grades[i]) regraded++;
  }
  const counts = input.definition.grading.bands.map(
    (band, place) => [band, step.grades.filter((grade) => grade === place).length] as const,
  );
  return (
    <dl className={styles.figures}>
      {counts.map(([{ id, name, colour }, count]) => (
        <div key={id}>
          <dt>
            <span className={styles.grade} data-colour={colour}>
              {say(name)}
            </span>
          </dt>
          <dd>{count}</dd>
        </div>
      ))}
      {(
        [
          [LAB_WORDS.moved, moved],
          [LAB_WORDS.regraded, regraded],
          [LAB_WORDS.largest, largest],
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
    <aside className={styles.aside} aria-label={say(LAB_WORDS.drivers)}>
      <section className={styles.box}>
        <h2>
          {region && say(region.name)} · {say(LAB_WORDS.drivers)}
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
    </aside>
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
