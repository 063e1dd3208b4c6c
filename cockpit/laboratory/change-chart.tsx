// What drives the change of one region between two months: a waterfall of contributions, drawn as rows so that
// names have room and everything can be read aloud.

import { useSay } from '../shared/language.tsx';
import type { Text } from '../../core/text.ts';
import { changesBetween, type LabInput, type Variant } from './lab-model.ts';
import { figureText } from './results-table.tsx';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

/** So many indicators are shown by themselves. */
const SHOWN_MAX = 10;

type Row = { readonly name: Text; readonly from: number; readonly to: number };

export function ChangeChart({
  input,
  variant,
  region,
  from,
  to,
}: {
  input: LabInput;
  variant: Variant;
  region: number;
  from: number;
  to: number;
}) {
  const say = useSay();
  const { before, after, changes } = changesBetween(input, variant, { region, from, to });
  if (Number.isNaN(before) || Number.isNaN(after)) {
    return <p className={styles.hint}>{say(LAB_WORDS.noChange)}</p>;
  }
  const shown = changes.slice(0, SHOWN_MAX);
  const rest = changes.slice(SHOWN_MAX).reduce((sum, { points }) => sum + points, 0);
  const rows: Row[] = [];
  let at = before;
  const add = (name: Text, points: number) => {
    rows.push({ name, from: at, to: at + points });
    at += points;
  };
  for (const { indicator, points } of shown) {
    add(input.definition.indicators[indicator]?.title ?? { zh: indicator, en: indicator }, points);
  }
  if (changes.length > SHOWN_MAX) add(LAB_WORDS.others, rest);
  const ends = rows.flatMap((row) => [row.from, row.to]);
  const least = Math.min(before, after, ...ends);
  const span = Math.max(before, after, ...ends) - least || 1;
  const place = (value: number) => (100 * (value - least)) / span;
  return (
    <ol className={styles.waterfall}>
      <li>
        <span>
          {say(LAB_WORDS.start)} {input.periods[from]}
        </span>
        <b>{figureText(before)}</b>
      </li>
      {rows.map(({ name, from: start, to: end }) => (
        <li key={name.zh}>
          <span title={say(name)}>{say(name)}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect
              className={end >= start ? styles.gain : styles.loss}
              x={place(Math.min(start, end))}
              width={Math.max(0.6, Math.abs(place(end) - place(start)))}
              y={1}
              height={8}
            />
          </svg>
          <b className={end >= start ? styles.up : styles.down}>
            {end >= start ? '+' : '−'}
            {Math.abs(end - start).toFixed(2)}
          </b>
        </li>
      ))}
      <li>
        <span>
          {say(LAB_WORDS.end)} {input.periods[to]}
        </span>
        <b>{figureText(after)}</b>
      </li>
    </ol>
  );
}
