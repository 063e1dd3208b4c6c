// What is asked: metrics, groups, period, grain, comparison, filters. Only what all chosen metrics know is offered.

import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import type { Comparing, Grain, MetricsAnswer } from './contract.ts';
import type { View } from './view-state.ts';
import { BENCH_WORDS, COMPARE_NAMES, GRAIN_NAMES } from './words.ts';
import styles from './workbench-page.module.css';

export function QuestionPanel({
  catalogue: { metrics, dimensions },
  view,
  set,
}: {
  catalogue: MetricsAnswer;
  view: View;
  set: (view: View) => void;
}) {
  const say = useSay();
  const chosen = metrics.filter(({ id }) => view.metrics.includes(id));
  const offered = Object.entries(dimensions).filter(([id]) =>
    chosen.every((metric) => metric.dimensions.includes(id)),
  );
  const grains = (Object.keys(GRAIN_NAMES) as Grain[]).filter((grain) =>
    chosen.every((metric) => metric.grains.includes(grain)),
  );
  /** What no longer fits the metrics goes with them. */
  const choose = (ids: readonly string[]) => {
    const fits = (dimension: string) =>
      metrics.every(({ id, dimensions: known }) => !ids.includes(id) || known.includes(dimension));
    set({
      ...view,
      metrics: ids,
      by: view.by.filter(fits),
      where: view.where.filter(({ dimension }) => fits(dimension)),
    });
  };
  const toggle = (list: readonly string[], id: string) =>
    list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
  return (
    <section className={styles.box} aria-labelledby="question">
      <h2 id="question">{say(BENCH_WORDS.build)}</h2>
      <fieldset className={styles.choices}>
        <legend>{say(BENCH_WORDS.metrics)}</legend>
        {metrics.map(({ id, name, meaning }) => (
          <label key={id} title={say(meaning)}>
            <input
              type="checkbox"
              checked={view.metrics.includes(id)}
              onChange={() => choose(toggle(view.metrics, id).slice(-6))}
            />
            {say(name)}
          </label>
        ))}
      </fieldset>
      <fieldset className={styles.choices}>
        <legend>{say(BENCH_WORDS.by)}</legend>
        {offered.map(([id, { name }]) => (
          <label key={id}>
            <input
              type="checkbox"
              checked={view.by.includes(id)}
              onChange={() => set({ ...view, by: toggle(view.by, id).slice(-2) })}
            />
            {say(name)}
          </label>
        ))}
      </fieldset>
      <div className={styles.pair}>
        <Day
          name={BENCH_WORDS.from}
          value={view.from}
          set={(from) => set({ ...view, from, to: from > view.to ? from : view.to })}
        />
        <Day
          name={BENCH_WORDS.to}
          value={view.to}
          set={(to) => set({ ...view, to, from: to < view.from ? to : view.from })}
        />
        <label className={styles.field}>
          <span>{say(BENCH_WORDS.grain)}</span>
          <select
            value={view.grain ?? ''}
            onChange={({ target: { value } }) =>
              set({ ...view, grain: grains.find((grain) => grain === value) })
            }
          >
            <option value="">{say(BENCH_WORDS.noGrain)}</option>
            {grains.map((grain) => (
              <option key={grain} value={grain}>
                {say(GRAIN_NAMES[grain])}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          <span>{say(BENCH_WORDS.compare)}</span>
          <select
            value={view.compare ?? ''}
            onChange={({ target: { value } }) =>
              set({ ...view, compare: value === '' ? undefined : (value as Comparing) })
            }
          >
            <option value="">{say(BENCH_WORDS.noCompare)}</option>
            {(['previous', 'last-year'] as const).map((compare) => (
              <option key={compare} value={compare}>
                {say(COMPARE_NAMES[compare])}
              </option>
            ))}
          </select>
        </label>
      </div>
      {offered
        .filter(([, { values }]) => values !== undefined && values.length > 0)
        .map(([id, { name, values = [] }]) => (
          <label key={id} className={styles.field}>
            <span>
              {say(BENCH_WORDS.filter)} · {say(name)}
            </span>
            <select
              value={view.where.find(({ dimension }) => dimension === id)?.values[0] ?? ''}
              onChange={({ target: { value } }) =>
                set({
                  ...view,
                  where: [
                    ...view.where.filter(({ dimension }) => dimension !== id),
                    ...(value === '' ? [] : [{ dimension: id, values: [value] }]),
                  ],
                })
              }
            >
              <option value="">{say(BENCH_WORDS.all)}</option>
              {values.map((one) => (
                <option key={one.id} value={one.id}>
                  {say(one.name)}
                </option>
              ))}
            </select>
          </label>
        ))}
    </section>
  );
}

function Day({ name, value, set }: { name: Text; value: string; set: (day: string) => void }) {
  const say = useSay();
  return (
    <label className={styles.field}>
      <span>{say(name)}</span>
      <input
        type="date"
        value={value}
        onChange={(event) => {
          if (event.target.value !== '') set(event.target.value);
        }}
      />
    </label>
  );
}
