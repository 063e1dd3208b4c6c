// What drives the change of one region between two months: a waterfall of contributions, drawn as rows so that
// names have room and everything can be read aloud. The figures shown add up as they are shown.

import { useSay } from '../shared/language.tsx';
import type { Text } from '../../core/text.ts';
import { changesBetween, shownParts, type LabInput, type Variant } from './lab-model.ts';
import { figureText } from './grade-mark.tsx';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-parts.module.css';

/** So many indicators are shown by themselves. */
const SHOWN_MAX = 9;

type Row = {
  readonly name: Text;
  readonly from: number;
  readonly to: number;
  readonly part: number;
};

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
  if (from === to) return <p className={styles.hint}>{say(LAB_WORDS.samePeriod)}</p>;
  const { before, after, changes } = changesBetween(input, variant, { region, from, to });
  if (Number.isNaN(before) || Number.isNaN(after)) {
    return <p className={styles.hint}>{say(LAB_WORDS.noChange)}</p>;
  }
  const named = changes.slice(0, SHOWN_MAX).map(({ indicator, points }) => ({
    name: input.definition.indicators[indicator]?.title ?? { zh: indicator, en: indicator },
    points,
  }));
  const others = changes.slice(SHOWN_MAX);
  if (others.length > 0) {
    const points = others.reduce((sum, one) => sum + one.points, 0);
    named.push({ name: LAB_WORDS.otherCount(others.length), points });
  }
  const parts = shownParts(
    named.map(({ points }) => points),
    { before, after },
  );
  let at = before;
  const rows: Row[] = named.map(({ name, points }, i) => {
    const row = { name, from: at, to: at + points, part: parts[i] ?? 0 };
    at += points;
    return row;
  });
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
      {rows.map(({ name, from: start, to: end, part }) => (
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
          <b className={part > 0 ? styles.up : part < 0 ? styles.down : undefined}>
            {part > 0 ? '+' : part < 0 ? '−' : ''}
            {Math.abs(part).toFixed(2)}
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
