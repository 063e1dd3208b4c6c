// Carries out what two persons recorded as void: the gate is closed for all of the order's time, then the
// deletion is begun. Asked again after a crash it hands over the same versions, which ingest knows by their ids.

import type { Publish } from '../../connectors/publish.ts';
import type { ChanceIds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import type { FactArrival, OrderFact } from '../../core/observation.ts';
import type { Clock } from '../../core/time.ts';
import { closingVersions } from '../../security/basis/void-desk.ts';
import { beginPerson } from '../../security/retention/tasks.ts';
import { loadOrderFacts } from '../../warehouse/order-store.ts';
import type { Records } from '../../warehouse/records.ts';

export type PublishVoidsDeps = {
  readonly records: Records;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly logger: Logger;
};

const BATCH_MAX = 20;

/** Gives how many were carried out. */
export async function publishVoids(deps: PublishVoidsDeps): Promise<number> {
  const { records, publish, clock, logger } = deps;
  const waiting = await records.db
    .selectFrom('voidProposal')
    .selectAll()
    .where('decision', '=', 'confirmed')
    .where('publishedAtMs', 'is', null)
    .orderBy('decidedAtMs')
    .orderBy('id')
    .limit(BATCH_MAX)
    .execute();
  for (const { id, subject, orderId, because, decidedAtMs } of waiting) {
    const facts = await loadOrderFacts(records.db, subject);
    const own = facts.filter(
      (fact): fact is OrderFact => fact.kind === 'order' && fact.orderId === orderId,
    );
    const closing = closingVersions(own, decidedAtMs ?? clock.now());
    if (closing.length > 0) await publish({ facts: closing as FactArrival[] });
    await records.transaction(async (trx) => {
      await beginPerson(deps, trx, { subject, because });
      await trx
        .updateTable('voidProposal')
        .set({ publishedAtMs: clock.now() })
        .where('id', '=', id)
        .execute();
    });
    logger.info('basis.void-carried-out', { proposal: id, because });
  }
  return waiting.length;
}
