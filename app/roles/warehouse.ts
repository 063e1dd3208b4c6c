// The warehouse part: opens the engine, brings its tables up to date, writes what the log holds. While the
// warehouse is away everything else goes on.

import { startWriter, type WarehouseWriter } from '../../warehouse/writer.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { createRollupMarks } from '../../warehouse/rollup-days.ts';
import { inDataFolder, type Config } from '../config.ts';
import type { Foundation } from '../foundation.ts';
import { lagReport, type Health } from '../health.ts';
import { startRollupKeeper } from './rollups.ts';

export type WarehouseRole = {
  readonly olap: Olap;
  readonly writer: WarehouseWriter | undefined;
  stop(): Promise<void>;
};

/** Opens the warehouse for reading, and with `writes` starts the writer. */
export async function startWarehouseRole(
  foundation: Foundation,
  health: Health,
  { writes }: { writes: boolean },
): Promise<WarehouseRole | undefined> {
  const { config, logger, log, clock, random, records } = foundation;
  const options = olapOptions(config);
  if (!options) return undefined;
  const olap = await openOlap({ logger }, options);
  await migrateWarehouse({ clock, logger }, olap);
  const marks = createRollupMarks({ records, olap, clock });
  const writer = writes
    ? await startWriter({ log, olap, clock, random, logger, marks })
    : undefined;
  const keeper = writes ? startRollupKeeper(foundation, { olap, marks }) : undefined;
  if (writer) {
    health.add('warehouse', async () => {
      const lanes = await writer.status();
      return lagReport(Math.max(...lanes.map(({ behindMs }) => behindMs)));
    });
  }
  return {
    olap,
    writer,
    async stop() {
      await keeper?.stop();
      await writer?.stop();
      await olap.close();
    },
  };
}

/** Where the warehouse of the configured product is, if it has one. */
export function olapOptions(config: Config): Parameters<typeof openOlap>[1] | undefined {
  const { warehouse } = config;
  if (warehouse.kind === 'none') return undefined;
  if (warehouse.kind === 'chdb') return { kind: 'chdb', folder: inDataFolder(config, 'warehouse') };
  return warehouse;
}
