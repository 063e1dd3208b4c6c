// What the points mean and how many there are of each; the figures are the legend.

import { useEffect, useState } from 'react';
import { useDeps } from '../shared/deps.tsx';
import { countText, UNKNOWN } from '../shared/format.ts';
import { createSpaced } from '../shared/spaced.ts';
import { useSay } from '../shared/language.tsx';
import { POINT_STATE } from '../shared/live/point-store.ts';
import type { PointSource } from './use-wall.ts';
import { WALL_WORDS } from './words.ts';
import styles from './points-legend.module.css';

/** Figures follow the points at a pace one can read. */
const TALLY_MS = 2_000;

const ROWS = [
  ['normal', WALL_WORDS.pointNormal],
  ['stale', WALL_WORDS.pointStale],
  ['onLeave', WALL_WORDS.pointLeave],
] as const;

export function PointsLegend({ points }: { points: PointSource }) {
  const say = useSay();
  const tally = useTally(points);
  return (
    <dl className={styles.legend}>
      {ROWS.map(([state, name]) => (
        <div key={state} data-state={state}>
          <dt>{say(name)}</dt>
          <dd>{tally ? countText(tally[POINT_STATE[state]]) : UNKNOWN}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Counts by state; undefined before the first points came. */
function useTally({ store, subscribe }: PointSource): readonly number[] | undefined {
  const { clock } = useDeps();
  const [tally, setTally] = useState<readonly number[]>();
  useEffect(() => {
    const counting = createSpaced(clock, TALLY_MS, () => setTally(store.tally()));
    const leave = subscribe(counting.ask);
    // Asked of nothing, the first points would have to wait for their figures.
    if (store.version > 0) counting.ask();
    return () => {
      leave();
      counting.cancel();
    };
  }, [store, subscribe, clock]);
  return tally;
}
