// Writes a log into a warehouse until it is killed, telling its parent after each table it inserted into,
// and when it has caught up. Run by writer.test.ts: node writer-crash.ts <log file> <partitions> <folder>.

import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { migrateWarehouse } from './migrate.ts';
import { openOlap } from './olap.ts';
import { caughtUp } from './writer.fixture.ts';
import { startWriter } from './writer.ts';

const [path = '', partitions = '1', folder = ''] = process.argv.slice(2);
const deps = { clock: systemClock, logger: silentLogger, random: createRandom('crash') };

const log = openEmbeddedLog(deps, { path, partitions: Number(partitions) });
const olap = await openOlap(deps, { kind: 'chdb', folder });
await migrateWarehouse(deps, olap);
const telling = {
  ...olap,
  async insert(table: string, blocks: Uint8Array) {
    await olap.insert(table, blocks);
    process.send?.({ inserted: table });
  },
};
const writer = startWriter({ ...deps, log, olap: telling }, { pauseMs: 1, chunkBytesMax: 20_000 });
for (;;) {
  await caughtUp(writer);
  process.send?.({ caughtUp: true });
}
