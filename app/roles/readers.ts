// The part that watches the readers: where the trail is kept.

import { ioClock } from '../../core/time.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import type { Foundation } from '../foundation.ts';
import { createReaderWatch } from '../readers/watch-readers.ts';

/** Rejects with UserError `rule-invalid` when the pack is wrong. */
export function startReadersRole(foundation: Foundation): { stop(): Promise<void> } {
  const { config, records, audit, clock, logger, areas } = foundation;
  const { pack, lookEvery, unsavedMax, againWithin, newDeviceFor } = config.audit.readers;
  const rulebook = loadRulebook(pack);
  const watch = createReaderWatch({
    records,
    audit,
    clock,
    logger,
    areas,
    rulebook,
    unsavedMax,
    againWithinMs: againWithin,
    newDeviceForMs: newDeviceFor,
  });
  let isStopped = false;
  const look = async () => {
    try {
      const told = await watch.look();
      if (told > 0) logger.warn('readers.unusual', { notices: told });
    } catch (error) {
      logger.error('readers.not-watched', { cause: String(error) });
    }
    if (!isStopped) timer = ioClock.after(lookEvery, next);
  };
  let running = Promise.resolve();
  const next = () => {
    running = look();
  };
  let timer = ioClock.after(lookEvery, next);
  logger.info('readers.watched', { rules: rulebook.rules.length });
  return {
    async stop() {
      isStopped = true;
      timer.cancel();
      await running;
      await watch.save().catch((error: unknown) => {
        logger.error('readers.not-saved', { cause: String(error) });
      });
    },
  };
}
