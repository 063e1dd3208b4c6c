// What the gate refused in the last day: how much of which feed and why. There is nothing else to show.

import type { Bases } from '../../app/api/bases.ts';
import { countText, dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { BASIS_WORDS } from './words.ts';
import styles from './basis-rows.module.css';

type Refusal = Bases['refusals'][number];

export function RefusalTable({ refusals }: { refusals: readonly Refusal[] }) {
  const say = useSay();
  const rows = byFeed(refusals);
  const total = refusals.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className={styles.section}>
      <h2>
        {say(BASIS_WORDS.refusals)} <span>{countText(total)}</span>
      </h2>
      {rows.length === 0 ? (
        <p className={styles.none}>{say(BASIS_WORDS.refusalsNone)}</p>
      ) : (
        <>
          <p className={styles.quiet}>{say(BASIS_WORDS.refusalsHint)}</p>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{say(BASIS_WORDS.feed)}</th>
                <th scope="col">{say(BASIS_WORDS.reasonOf)}</th>
                <th scope="col">{say(BASIS_WORDS.lastHour)}</th>
                <th scope="col" className={styles.figure}>
                  {say(BASIS_WORDS.count)}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.source} ${row.reason}`}>
                  <td>{row.source}</td>
                  <td>{say(row.says)}</td>
                  <td>{say(dayClockText(row.hourMs))}</td>
                  <td className={styles.figure}>{countText(row.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

/** Hours added up, the newest hour kept; the most first. */
function byFeed(refusals: readonly Refusal[]): Refusal[] {
  const sums = new Map<string, Refusal>();
  for (const one of refusals) {
    const key = `${one.source} ${one.reason}`;
    const sum = sums.get(key);
    sums.set(key, {
      ...one,
      hourMs: Math.max(one.hourMs, sum?.hourMs ?? 0),
      count: one.count + (sum?.count ?? 0),
    });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count);
}
