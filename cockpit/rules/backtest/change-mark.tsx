// The mark of a change as it stands on the map, for lists and the legend.

import type { ChangeKind } from '../../../app/api/backtests.ts';
import { CHANGE_SHAPES } from './change-shapes.ts';
import styles from './backtest.module.css';

export function ChangeMark({ kind }: { kind: ChangeKind }) {
  return (
    <svg className={styles.mark} data-change={kind} viewBox="0 0 24 24" aria-hidden="true">
      <path d={CHANGE_SHAPES[kind]} />
    </svg>
  );
}
