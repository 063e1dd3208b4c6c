// The points a finding of a past day rests on, in numbers. They are what was sent, so nothing is changed here.

import type { Benched } from '../../../app/api/bench.ts';
import { localDateTime } from '../../../core/local-time.ts';
import { FIX_NAMES } from '../../console/terms.ts';
import { useSay } from '../../shared/language.tsx';
import { BENCH_WORDS } from './words.ts';
import styles from './bench.module.css';

/** More than this nobody reads; the map shows them all. */
const ROWS_MAX = 50;

export function EvidencePoints({
  points,
  evidence,
}: {
  points: readonly Benched['points'][number][];
  evidence: readonly number[];
}) {
  const say = useSay();
  if (evidence.length === 0) return null;
  return (
    <table className={styles.points} aria-label={say(BENCH_WORDS.points)}>
      <thead>
        <tr>
          {(['number', 'time', 'lng', 'lat', 'accuracy', 'fix'] as const).map((word) => (
            <th key={word} scope="col">
              {say(BENCH_WORDS[word])}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {evidence.slice(0, ROWS_MAX).map((index) => {
          const { atMs, lng, lat, accuracyM, fix } = points[index] as Benched['points'][number];
          return (
            <tr key={index} data-evidence>
              <td>{index + 1}</td>
              <td>{localDateTime(atMs)}</td>
              <td>{lng.toFixed(5)}</td>
              <td>{lat.toFixed(5)}</td>
              <td>{Math.round(accuracyM)}</td>
              <td>{say(FIX_NAMES[fix])}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
