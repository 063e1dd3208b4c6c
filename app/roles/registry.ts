// The register of orders, leaves and recorded bases: copies every version from the log into the records,
// where screens and restarts read them, and with them how much the gate refused.

import { isFrameFact, type Fact } from '../../core/observation.ts';
import { HOUR_MS } from '../../core/local-time.ts';
import { epochMs } from '../../core/time.ts';
import { followLog } from '../../ingest/follow.ts';
import type { Tally } from '../../ingest/ledger.ts';
import { REFUSAL_REASONS } from '../../ingest/reasons.ts';
import { decodeLines, type LogRecord } from '../../ingest/log.ts';
import { nextOffset, setNextOffset } from '../../warehouse/offsets.ts';
import { saveOrderFacts } from '../../warehouse/order-store.ts';
import { addRefusals, type Refusals } from '../../warehouse/refusal-store.ts';
import type { Foundation } from '../foundation.ts';

const CONSUMER = 'registry';

export type Registry = {
  /** Up to which offset of each partition the register holds every version. */
  readonly knownTo: readonly number[];
  stop(): Promise<void>;
};

export async function startRegistry({ log, logger, records }: Foundation): Promise<Registry> {
  const stopping = new AbortController();
  const keyOf = (partition: number) =>
    ({ consumer: CONSUMER, topic: 'observations', partition }) as const;
  const partitions = Array.from({ length: log.partitions }, (_, index) => index);
  const knownTo = await Promise.all(
    partitions.map((partition) => nextOffset(records.db, keyOf(partition))),
  );

  const take = async (partition: number, list: readonly LogRecord[]) => {
    const facts = list
      .filter(({ kind }) => kind === 'lines')
      .flatMap(({ payload }) => decodeLines<Fact>(payload))
      .filter(isFrameFact);
    const refusals = refusalsIn(list);
    const next = (list.at(-1) as LogRecord).offset + 1;
    // Nothing to keep: the place is written now and then, not for every tick.
    if (
      facts.length === 0 &&
      refusals.length === 0 &&
      next - (knownTo[partition] as number) < SKIPPED_MAX
    )
      return;
    await records.transaction(async (trx) => {
      await saveOrderFacts(trx, facts);
      await addRefusals(trx, refusals);
      await setNextOffset(trx, keyOf(partition), next);
    });
    knownTo[partition] = next;
  };

  const following = partitions.map((partition) =>
    followLog(
      { log, logger },
      { topic: 'observations', partition, fromOffset: knownTo[partition] as number },
      (list) => take(partition, list),
      stopping.signal,
    ),
  );
  return {
    knownTo: [...knownTo],
    async stop() {
      stopping.abort();
      await Promise.all(following);
    },
  };
}

/** Records without orders that may pass before the place is written. */
const SKIPPED_MAX = 500;

/** What was refused for want of a basis, by the hour in which it was counted. */
function refusalsIn(list: readonly LogRecord[]): Refusals[] {
  return list
    .filter(({ kind }) => kind === 'tally')
    .flatMap(({ payload, appendedAtMs }) => {
      const hourMs = epochMs(Math.floor(appendedAtMs / HOUR_MS) * HOUR_MS);
      return decodeLines<Tally>(payload)
        .filter(({ reason }) => REFUSAL_REASONS.has(reason))
        .map((tally) => ({ ...tally, hourMs }));
    });
}
