// Rows that never change: those made of roll-ups alone, whose versions stand in the statement's values. The ones
// asked for last are kept, so that a wall that shows the same month all day costs nothing.

import type { OlapParam } from './olap.ts';

export type KeptRows = {
  get(sql: string, params: Readonly<Record<string, OlapParam>>): readonly unknown[] | undefined;
  set(sql: string, params: Readonly<Record<string, OlapParam>>, rows: readonly unknown[]): void;
};

const ANSWERS_MAX = 400;
/** Of one answer; longer ones are asked for seldom. */
const ROWS_MAX = 2_000;

export function createKeptRows(): KeptRows {
  // The one asked for last is last.
  const kept = new Map<string, readonly unknown[]>();
  return {
    get(sql, params) {
      const key = keyOf(sql, params);
      const rows = kept.get(key);
      if (rows === undefined) return undefined;
      kept.delete(key);
      kept.set(key, rows);
      return rows;
    },
    set(sql, params, rows) {
      if (rows.length > ROWS_MAX) return;
      kept.set(keyOf(sql, params), rows);
      const [oldest] = kept.keys();
      if (kept.size > ANSWERS_MAX && oldest !== undefined) kept.delete(oldest);
    },
  };
}

const keyOf = (sql: string, params: object) => JSON.stringify([sql, params]);
