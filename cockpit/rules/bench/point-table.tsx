// The points of a track in numbers: what a map cannot be told by hand, and the way for those who draw without
// a mouse.

import { useEffect, useRef, useState } from 'react';
import type { BenchPoint } from '../../../app/api/bench.ts';
import { FIX_KINDS, type FixKind } from '../../../core/position-codes.ts';
import { FIX_NAMES } from '../../console/terms.ts';
import { useSay } from '../../shared/language.tsx';
import { clockOf, degrees, instantOf } from './draw-track.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './bench.module.css';

export function PointTable({
  points,
  chosen,
  evidence,
  change,
  choose,
  remove,
}: {
  points: readonly BenchPoint[];
  chosen: number | undefined;
  evidence: readonly number[];
  change: (index: number, change: Partial<BenchPoint>) => void;
  choose: (index: number) => void;
  remove: (index: number) => void;
}) {
  const say = useSay();
  const [first] = points;
  if (!first) return <p className={styles.note}>{say(BENCH_WORDS.none)}</p>;
  const named = (index: number, word: keyof typeof BENCH_WORDS) =>
    `${index + 1} ${say(BENCH_WORDS[word])}`;
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={say(BENCH_WORDS.track)}>
      <table className={styles.points}>
        <thead>
          <tr>
            {(['number', 'time', 'lng', 'lat', 'accuracy', 'fix'] as const).map((word) => (
              <th key={word} scope="col">
                {say(BENCH_WORDS[word])}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{say(BENCH_WORDS.remove)}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => (
            // Points have no name of their own; their place in the track is what they are.
            <tr
              key={index}
              data-chosen={chosen === index}
              data-evidence={evidence.includes(index)}
              onFocus={() => choose(index)}
            >
              <td>{index + 1}</td>
              <td>
                <Typed
                  label={named(index, 'time')}
                  shown={clockOf(point.atMs, first.atMs)}
                  read={(text) => instantOf(text, first.atMs)}
                  take={(atMs) => change(index, { atMs })}
                />
              </td>
              {(['lng', 'lat'] as const).map((axis) => (
                <td key={axis}>
                  <Typed
                    label={named(index, axis)}
                    shown={point[axis].toFixed(5)}
                    read={axis === 'lng' ? within(73, 136) : within(3, 54)}
                    take={(value) => change(index, { [axis]: degrees(value) })}
                  />
                </td>
              ))}
              <td>
                <Typed
                  label={named(index, 'accuracy')}
                  shown={String(point.accuracyM)}
                  read={within(1, 20_000)}
                  take={(accuracyM) => change(index, { accuracyM })}
                />
              </td>
              <td>
                <select
                  aria-label={named(index, 'fix')}
                  value={point.fix}
                  onChange={({ target }) => change(index, { fix: target.value as FixKind })}
                >
                  {FIX_KINDS.map((fix) => (
                    <option key={fix} value={fix}>
                      {say(FIX_NAMES[fix])}
                    </option>
                  ))}
                </select>
              </td>
              <td>
                <button
                  type="button"
                  aria-label={named(index, 'remove')}
                  onClick={() => remove(index)}
                >
                  ×
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const within = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  return text.trim() !== '' && value >= min && value <= max ? value : undefined;
};

/** Taken when one leaves it or presses Enter, so that rows do not change places under one's hands. */
function Typed({
  label,
  shown,
  read,
  take,
}: {
  label: string;
  shown: string;
  read: (text: string) => number | undefined;
  take: (value: number) => void;
}) {
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const box = useRef<HTMLInputElement>(null);
  const finish = () => {
    const value = read(text);
    if (value === undefined) setText(shown);
    else if (text !== shown) take(value);
  };
  return (
    <input
      ref={box}
      aria-label={label}
      aria-invalid={read(text) === undefined}
      value={text}
      onChange={({ target }) => setText(target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish();
      }}
    />
  );
}
