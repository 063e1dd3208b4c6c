// Severity and state by shape first, colour second, words third: diamond, triangle, disc for levels 1 to
// 3; filled while somebody has to acknowledge, outlined after.

import type { Level } from '../../core/finding.ts';
import { useSay } from './language.tsx';
import { LEVEL_NAMES, WORDS } from './words.ts';
import styles from './marks.module.css';

const SHAPES: Readonly<Record<Level, string>> = {
  1: 'M12 1.6 22.4 12 12 22.4 1.6 12Z',
  2: 'M12 2.6 22.6 21.2H1.4Z',
  3: 'M12 3.2a8.8 8.8 0 1 1 0 17.6 8.8 8.8 0 0 1 0-17.6Z',
};

/** The path of a level's shape in a 24 by 24 box, for maps and charts. */
export const levelShape = (level: Level): string => SHAPES[level];

export function LevelMark({
  level,
  open,
  label = true,
}: {
  level: Level;
  /** Somebody still has to acknowledge. */
  open: boolean;
  /** False where the words stand beside it. */
  label?: boolean;
}) {
  const say = useSay();
  const words = `${say(LEVEL_NAMES[level])} ${say(open ? WORDS.unacknowledged : WORDS.acknowledged)}`;
  return (
    <svg
      className={styles.mark}
      data-level={level}
      data-open={open}
      viewBox="0 0 24 24"
      {...(label ? { role: 'img', 'aria-label': words } : { 'aria-hidden': true })}
    >
      <path d={SHAPES[level]} />
    </svg>
  );
}

/** Plain states of machines: disc, triangle, square. */
export function StateMark({ state }: { state: 'ok' | 'warn' | 'bad' | 'unknown' }) {
  return (
    <svg className={styles.state} data-state={state} viewBox="0 0 24 24" aria-hidden="true">
      {state === 'ok' && <circle cx="12" cy="12" r="6" />}
      {state === 'warn' && <path d="M12 3.5 21.500 20H2.500Z" />}
      {state === 'bad' && <rect x="4" y="4" width="16" height="16" />}
      {state === 'unknown' && <path d="M4 12h16" />}
    </svg>
  );
}

/** The product's sign: a plumb line. */
export function PlumbMark() {
  return (
    <svg className={styles.plumb} viewBox="0 0 24 24" aria-hidden="true">
      <path className={styles.plumbLine} d="M3 3.500h18M12 3.500v8" />
      <path className={styles.plumbBob} d="M12 10.500l4.200 3.600L12 22.500l-4.200-8.400z" />
    </svg>
  );
}
