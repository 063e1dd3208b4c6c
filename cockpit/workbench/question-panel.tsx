// What is asked: metrics, groups, period, grain, comparison, filters. Only what all chosen metrics know is offered.

import { useState } from 'react';
import type { MetricList } from '../../app/api/metrics.ts';
import type { Text } from '../../core/text.ts';
import { GRAINS } from '../../models/workbench/buckets.ts';
import { COMPARISONS, type Comparison, type View } from '../../models/workbench/view-state.ts';
import { useSay } from '../shared/language.tsx';
import { REASON_CHARS_MAX } from './reason.ts';
import { BENCH_WORDS, COMPARE_NAMES, GRAIN_NAMES } from './words.ts';
import styles from './workbench-page.module.css';

export function QuestionPanel({
  catalogue: { metrics, dimensions },
  view,
  set,
  reason,
  setReason,
}: {
  catalogue: MetricList;
  view: View;
  set: (view: View) => void;
  reason: string;
  setReason: (reason: string) => void;
}) {
  const say = useSay();
  // On a phone the answer comes first.
  const [isOpen, setOpen] = useState(() => matchMedia('(min-width: 48rem)').matches);
  const chosen = metrics.filter(({ id }) => view.metrics.includes(id));
  const offered = Object.entries(dimensions).filter(([id]) =>
    chosen.every((metric) => metric.dimensions.includes(id)),
  );
  const grainsOf = (ids: readonly string[]) =>
    GRAINS.filter((grain) =>
      metrics.every((metric) => !ids.includes(metric.id) || metric.grains.includes(grain)),
    );
  const grains = grainsOf(view.metrics);
  /** What no longer fits the metrics goes with them. */
  const choose = (ids: readonly string[]) => {
    const fits = (dimension: string) =>
      metrics.every(({ id, dimensions: known }) => !ids.includes(id) || known.includes(dimension));
    set({
      ...view,
      metrics: ids,
      grain: grainsOf(ids).find((grain) => grain === view.grain),
      by: view.by.filter(fits),
      where: view.where.filter(({ dimension }) => fits(dimension)),
    });
  };
  const toggle = (list: readonly string[], id: string) =>
    list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
  return (
    <details
      className={styles.box}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <h2>{say(BENCH_WORDS.build)}</h2>
      </summary>
      <div className={styles.inside}>
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
        <fieldset className={styles.choices} data-short="true">
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
                set({ ...view, compare: value === '' ? undefined : (value as Comparison) })
              }
            >
              <option value="">{say(BENCH_WORDS.noCompare)}</option>
              {COMPARISONS.map((compare) => (
                <option key={compare} value={compare}>
                  {say(COMPARE_NAMES[compare])}
                </option>
              ))}
            </select>
          </label>
        </div>
        <details className={styles.filters} open={view.where.length > 0}>
          <summary>
            {say(BENCH_WORDS.filter)}
            {view.where.length > 0 && ` · ${view.where.length}`}
          </summary>
          <div className={styles.inside}>
            {offered.map(([id, dimension]) => (
              <Filter key={id} {...{ id, dimension, view, set }} />
            ))}
          </div>
        </details>
        <Reason key={reason} {...{ reason, setReason }} />
      </div>
    </details>
  );
}

/** One value, where the values are known. */
function Filter({
  id,
  dimension: { name, values = [] },
  view,
  set,
}: {
  id: string;
  dimension: MetricList['dimensions'][string];
  view: View;
  set: (view: View) => void;
}) {
  const say = useSay();
  if (values.length === 0) return null;
  const choose = (value: string) =>
    set({
      ...view,
      where: [
        ...view.where.filter(({ dimension }) => dimension !== id),
        ...(value === '' ? [] : [{ dimension: id, values: [value] }]),
      ],
    });
  return (
    <label className={styles.field}>
      <span>{say(name)}</span>
      <select
        value={view.where.find(({ dimension }) => dimension === id)?.values[0] ?? ''}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">{say(BENCH_WORDS.all)}</option>
        {values.map((one) => (
          <option key={one.value} value={one.value}>
            {say(one.name)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Taken over when one leaves the field: not every letter is another purpose. */
function Reason({ reason, setReason }: { reason: string; setReason: (reason: string) => void }) {
  const say = useSay();
  const [given, setGiven] = useState(reason);
  return (
    <label className={styles.field}>
      <span>{say(BENCH_WORDS.reason)}</span>
      <input
        maxLength={REASON_CHARS_MAX}
        value={given}
        onChange={(event) => setGiven(event.target.value)}
        onBlur={() => setReason(given)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') setReason(given);
        }}
      />
    </label>
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
