// Builds crashes into records, log and channels: the n-th thing that is done fails, and everything that
// follows in that program fails too, as after a kill. A new program on the same stage sees what was kept.

import type { KyselyPlugin } from 'kysely';
import type { Log } from '../ingest/log.ts';
import type { Records } from '../warehouse/records.ts';
import type { Channel } from './channels/channel.ts';

export class Crash extends Error {
  override readonly name = 'Crash';
}

export type Faults = {
  /** Counts one thing done; throws Crash at the n-th and ever after. */
  point(): void;
  readonly reached: number;
  readonly crashed: boolean;
};

export function createFaults(crashAt: number): Faults {
  let reached = 0;
  return {
    point() {
      reached++;
      if (reached >= crashAt) throw new Crash(`at ${reached}`);
    },
    get reached() {
      return reached;
    },
    get crashed() {
      return reached >= crashAt;
    },
  };
}

const failing = (faults: Faults): KyselyPlugin => ({
  transformQuery({ node }) {
    faults.point();
    return node;
  },
  transformResult: ({ result }) => Promise.resolve(result),
});

/** Records that may fail at every statement, and after every commit before anybody hears of it. */
export const faultyRecords = (records: Records, faults: Faults): Records => ({
  ...records,
  db: records.db.withPlugin(failing(faults)),
  async transaction(run) {
    const result = await records.transaction((trx) => run(trx.withPlugin(failing(faults))));
    faults.point();
    return result;
  },
});

/** A log that may fail before an append and after it. */
export const faultyLog = (log: Log, faults: Faults): Log => ({
  ...log,
  async append(topic, batches) {
    faults.point();
    await log.append(topic, batches);
    faults.point();
  },
});

/** A channel that may fail before a notice is handed over and after it. */
export const faultyChannel = (channel: Channel, faults: Faults): Channel => ({
  ...channel,
  async send(notice) {
    faults.point();
    const outcome = await channel.send(notice);
    faults.point();
    return outcome;
  },
});
