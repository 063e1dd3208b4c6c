// Which of the alerts a live event brings are new to this reader and grave enough to make a sound.

import type { AlertSummary } from '../../app/api/alerts.ts';
import type { Level } from '../../core/finding.ts';

export type Newcomers = {
  /** The gravest level 1 or 2 among alerts never seen here before and still to be acknowledged. */
  take(alerts: readonly AlertSummary[]): AlertSummary | undefined;
  /** Alerts the reader has before them already. */
  know(alerts: readonly AlertSummary[]): void;
};

/** Ids remembered; older ones are forgotten, at worst one sound comes twice. */
const KNOWN_MAX = 5_000;

const LOUD: readonly Level[] = [1, 2];

export function createNewcomers(): Newcomers {
  const known = new Set<string>();

  const know = (alerts: readonly AlertSummary[]) => {
    for (const { id } of alerts) {
      known.delete(id);
      known.add(id);
    }
    for (const id of known) {
      if (known.size <= KNOWN_MAX) break;
      known.delete(id);
    }
  };

  return {
    know,
    take(alerts) {
      const fresh = alerts.filter(
        ({ id, level, status, late, withdrawnAtMs }) =>
          !known.has(id) &&
          status === 'new' &&
          withdrawnAtMs === null &&
          !late &&
          LOUD.includes(level),
      );
      know(alerts);
      return fresh.toSorted((a, b) => a.level - b.level)[0];
    },
  };
}
