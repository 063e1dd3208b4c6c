// The alarm levels of every terminal, kept across its connections: a terminal that reconnects has not
// raised its alarm anew.

import { NO_LEVELS, type AlarmLevels } from './alarm-levels.ts';

/** Terminals remembered; beyond them the one that connected longest ago is forgotten. */
export const TERMINALS_REMEMBERED_MAX = 100_000;

export type AlarmRecord = { levels: AlarmLevels };

export type AlarmBook = {
  /** The record of a terminal, made when it is first asked for. */
  of(number: string): AlarmRecord;
  readonly size: number;
};

export function createAlarmBook(terminalsMax = TERMINALS_REMEMBERED_MAX): AlarmBook {
  /** Least recently connected first. */
  const records = new Map<string, AlarmRecord>();
  return {
    get size() {
      return records.size;
    },
    of(number) {
      const record = records.get(number) ?? { levels: NO_LEVELS };
      records.delete(number);
      records.set(number, record);
      if (records.size > terminalsMax) records.delete(records.keys().next().value as string);
      return record;
    },
  };
}
