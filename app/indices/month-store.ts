// Results of an index, month by month, in files named by what they were made from. A month is stale when the
// file that its definition, reference and data would make is not there; nothing else has to be remembered, so
// a killed run goes on where it stopped and the order of months does not matter.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { contentHash } from '../../core/ids.ts';
import type { Definition, IndicatorDefinition } from '../../models/composite/definition.ts';
import type { IndexPlan } from '../../models/composite/index-plan.ts';
import { ranksOf, type PeriodResult } from '../../models/composite/evaluate-period.ts';
import { monthName, type MonthNumber } from './months.ts';

const FILE = /^(\d{4}-\d{2})\.([0-9a-f]{16})\.arrow$/;

export type MonthStore = {
  has(month: MonthNumber, key: string): boolean;
  /**
   * Whole or not at all; replaces what was there for the month once it is safe on disk. Months may be written
   * at the same time, one month not twice.
   */
  write(month: MonthNumber, key: string, bytes: Uint8Array): Promise<void>;
  read(month: MonthNumber, key: string): Promise<Uint8Array>;
  /** Months there is a result for, under any key. */
  months(): string[];
  /** SHA-256 over all results in the order of months. */
  tableHash(): Promise<string>;
};

export function openMonthStore(folder: string): MonthStore {
  mkdirSync(folder, { recursive: true });
  // What a killed run was writing is nothing.
  for (const file of readdirSync(folder)) if (file.endsWith('.part')) rmSync(join(folder, file));
  const nameOf = (month: MonthNumber, key: string) => `${monthName(month)}.${key}.arrow`;
  const known = new Set(readdirSync(folder).filter((file) => FILE.test(file)));
  const files = () => [...known].sort();
  return {
    has: (month, key) => known.has(nameOf(month, key)),
    async write(month, key, bytes) {
      const name = nameOf(month, key);
      const part = join(folder, `${name}.part`);
      const handle = await open(part, 'w');
      try {
        await handle.write(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(part, join(folder, name));
      known.add(name);
      for (const file of known) {
        if (!file.startsWith(`${monthName(month)}.`) || file === name) continue;
        known.delete(file);
        await rm(join(folder, file), { force: true });
      }
    },
    read: (month, key) => readFile(join(folder, nameOf(month, key))),
    months: () => files().map((file) => file.slice(0, 7)),
    async tableHash() {
      const hashes: string[] = [];
      for (const file of files()) {
        hashes.push(`${file.slice(0, 7)} ${contentHash(await readFile(join(folder, file)))}`);
      }
      return contentHash(hashes.join('\n'));
    },
  };
}

/** A month's figures as an Arrow table: region, then per node figure and rank, per indicator value and points. */
export function monthBytes(
  plan: IndexPlan,
  regions: readonly number[],
  result: PeriodResult,
): Uint8Array {
  const columns: Record<string, arrow.Vector> = {
    region: arrow.makeVector(Uint32Array.from(regions)),
  };
  for (const { name } of plan.nodes.toReversed()) {
    const figures = result.nodes.get(name) as Float64Array;
    columns[name] = arrow.makeVector(figures);
    columns[`${name}.rank`] = arrow.makeVector(ranksOf(figures));
  }
  for (const [name, { values, scores, ages }] of result.indicators) {
    columns[`${name}.value`] = arrow.makeVector(
      isCount(plan.definition, name) ? Uint32Array.from(values) : values,
    );
    columns[name] = arrow.makeVector(scores);
    if (ages) columns[`${name}.age`] = arrow.makeVector(ages);
  }
  return arrow.tableToIPC(new arrow.Table(columns), 'file');
}

/** Whether the values of an indicator are counts as they are, never missing: they take half the room. */
function isCount({ columns, indicators }: Definition, name: string): boolean {
  const { value, smoothing, treatment } = indicators[name] as IndicatorDefinition;
  return (
    columns[value.of]?.count === true &&
    value.over === undefined &&
    smoothing.kind === 'none' &&
    treatment.kind === 'none'
  );
}
