// Where the rules part keeps the state of its engines: in the records, one row a partition.

import type { Clock } from '../../core/time.ts';
import type { SnapshotStore } from '../../rules/run.ts';
import type { Records } from '../../warehouse/records.ts';
import { loadLatestSnapshot, saveSnapshot } from '../../warehouse/snapshots.ts';

const CONSUMER = 'rules';
const FORMAT = 'rules/2';
/** States of the form before are read as well, where there is no newer one. */
const FORMAT_BEFORE = 'rules/1';

export function createSnapshotStore(records: Records, { clock }: { clock: Clock }): SnapshotStore {
  return {
    async load(partition) {
      const wanted = { consumer: CONSUMER, partition };
      return (
        (await loadLatestSnapshot(records.db, { ...wanted, format: FORMAT })) ??
        (await loadLatestSnapshot(records.db, { ...wanted, format: FORMAT_BEFORE }))
      );
    },
    save: (partition, { nextOffset, body }) =>
      saveSnapshot(records.db, {
        consumer: CONSUMER,
        partition,
        nextOffset,
        format: FORMAT,
        body,
        savedAtMs: clock.now(),
      }),
  };
}
