// Keeps the seals of rights: made for every account at the first start that knows them, and held against the rows
// at each start and every few minutes, so that a change by hand is told of before anybody makes use of it.

import { existsSync, writeFileSync } from 'node:fs';
import { ioClock, systemClock, type Timer } from '../../core/time.ts';
import { inDataFolder } from '../config.ts';
import type { Foundation } from '../foundation.ts';
import { createTellAltered } from '../http/access/tell-altered.ts';
import { entryOf } from '../http/access/trail.ts';

const LOOK_MS = 300_000;

/** Beside the database, so that whoever writes in that cannot have everything sealed anew. */
const MARK = 'rights.sealed';

export async function startRightsWatch(foundation: Foundation): Promise<{ stop(): Promise<void> }> {
  const { records, audit, rights, logger } = foundation;
  const mark = inDataFolder(foundation.config, MARK);
  if (!existsSync(mark)) {
    await records.transaction(async (trx) => {
      const accounts = await rights.sealAll(trx);
      const entry = { actor: 'system', action: 'account.seal-all', detail: { accounts } };
      await audit.record(trx, entryOf(entry, systemClock));
    });
    writeFileSync(mark, `${new Date(systemClock.now()).toISOString()}\n`, { flush: true });
  }
  const tell = createTellAltered({ records, audit, clock: systemClock });
  let timer: Timer | undefined;
  let isStopped = false;
  let running: Promise<void>;
  const look = async () => {
    try {
      const altered = await rights.findAltered(records.db);
      for (const one of altered) {
        logger.error('access.rights-altered', {
          account: one.accountId,
          fields: one.fields.join(' '),
        });
        await tell(one);
      }
    } catch (error) {
      logger.error('access.rights-not-checked', { cause: String(error) });
    }
    if (!isStopped) timer = ioClock.after(LOOK_MS, () => void (running = look()));
  };
  running = look();
  return {
    async stop() {
      isStopped = true;
      timer?.cancel();
      await running;
    },
  };
}
