// Orders that came in packages, on their way to the log: claimed, handed over like those of a connector, and
// noted as handed once the log has them. Killed in between, they are handed over again and known as
// duplicates; once claimed, taking the package back counts them as handed.

import type { z } from 'zod';
import type { ConnectorDeps } from '../../connectors/publish.ts';
import { arrivalSchema, type FactArrival } from '../../core/observation.ts';
import { sleep, systemClock } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { Records, RecordsDb } from '../../warehouse/records.ts';

const LOOK_MS = 5_000;
const BATCH = 500;

const arrivalColumn = jsonColumn(arrivalSchema as unknown as z.ZodType<FactArrival>);

/** Hands over what waits; gives how many orders that were. */
export async function handOverOrders(
  { publish }: Pick<ConnectorDeps, 'publish'>,
  records: Records,
): Promise<number> {
  const rows = await records.transaction(async (trx) => {
    const next = await trx
      .selectFrom('packageOrder')
      .select(['id', 'fact'])
      .where('state', 'in', ['waiting', 'handing'])
      .orderBy('atMs')
      .orderBy('id')
      .limit(BATCH)
      .execute();
    await mark(trx, next, 'handing');
    return next;
  });
  if (rows.length === 0) return 0;
  await publish({ facts: rows.map(({ fact }) => arrivalColumn.decode(fact)) });
  await mark(records.db, rows, 'handed');
  return rows.length;
}

async function mark(
  db: RecordsDb,
  rows: readonly { id: string }[],
  state: 'handed' | 'handing',
): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await db.updateTable('packageOrder').set({ state }).where('id', 'in', ids).execute();
}

export function startPackageOrders(
  deps: ConnectorDeps,
  records: Records,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      const handed = await handOverOrders(deps, records).catch((error: unknown) => {
        deps.logger.error('packages.orders-not-handed', { cause: String(error) });
        return 0;
      });
      if (handed < BATCH) {
        await sleep(systemClock, LOOK_MS, stopping.signal).catch(() => {});
      }
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
