// Opens the warehouse in a folder, counts the rows of olap.test.ts and tells its parent, or the error that
// it met. Run by olap.test.ts: node olap-open.ts <folder>.

import { silentLogger } from '../core/logger.ts';
import { openOlap } from './olap.ts';

const [folder = ''] = process.argv.slice(2);

try {
  const olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  const [row] = await olap.rows<{ n: number }>('SELECT count() AS n FROM kept');
  await olap.close();
  process.send?.({ rows: row?.n });
} catch (error) {
  process.send?.({ ...(error as object), name: (error as Error).name });
}
process.disconnect();
