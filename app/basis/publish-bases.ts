// Hands what two persons recorded to ingest, which gives it to the gate and to the log. Asked again after a
// crash it hands over the same observation, and ingest knows it by its id; so it reaches the gate once.

import type { Publish } from '../../connectors/publish.ts';
import type { ChanceIds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { OperatingError } from '../../core/errors.ts';
import { ioClock, sleep, type Clock } from '../../core/time.ts';
import type { FactArrival } from '../../core/observation.ts';
import { factOf, notePublished, unpublished } from '../../security/basis/basis-store.ts';
import { publishVoids } from './publish-voids.ts';
import type { Records } from '../../warehouse/records.ts';

export type BasisPublisher = {
  /** Something was confirmed in this process. */
  wake(): void;
  /** Hands over what waits now. */
  publishWaiting(): Promise<number>;
  stop(): Promise<void>;
};

export type PublishBasesDeps = {
  readonly records: Records;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly logger: Logger;
};

/** What another process confirmed is seen this much later at most. */
const LOOK_MS = 1_000;
const BATCH_MAX = 100;

export function startBasisPublisher(deps: PublishBasesDeps): BasisPublisher {
  const { records, publish, clock, logger } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  let wake = () => {};

  const publishWaiting = async (): Promise<number> => {
    const waiting = await unpublished(records.db, BATCH_MAX);
    for (const proposal of waiting) {
      const { id: _id, receivedAtMs: _received, ...arrival } = factOf(proposal);
      await publish({ facts: [arrival as FactArrival] });
      await notePublished(records.db, proposal.id, clock.now());
      logger.info('basis.published', { proposal: proposal.id, version: proposal.paper.action });
    }
    return waiting.length + (await publishVoids(deps));
  };

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = ioClock.after(LOOK_MS, resolve);
      wake = () => {
        timer.cancel();
        resolve();
      };
    });

  const loop = async () => {
    while (!signal.aborted) {
      try {
        if ((await publishWaiting()) === 0 && !signal.aborted) await pause();
      } catch (error) {
        if (!(error instanceof OperatingError)) throw error;
        logger.warn('basis.retry', { code: error.code });
        await sleep(ioClock, LOOK_MS);
      }
    }
  };
  const running = loop();

  return {
    wake: () => wake(),
    publishWaiting,
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}
