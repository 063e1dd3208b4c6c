// Writes numbered pairs of rows, one pair to a transaction, until it is killed; tells its parent each
// number when the transaction is open with one row written, and again when it is committed, and goes on
// when it is answered. Run by records.contract.ts: node records-crash.ts <options as JSON> <first number>.

import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { epochMs } from '../core/time.ts';
import { openRecords, type RecordsOptions } from './records.ts';

const [options = '', first] = process.argv.slice(2);

const records = await openRecords(
  { logger: silentLogger, random: createRandom('crash') },
  JSON.parse(options) as RecordsOptions,
);
const tell = (stage: 'open' | 'committed', number: number) =>
  new Promise<void>((resolve) => {
    process.once('message', () => resolve());
    process.send?.({ stage, number });
  });

if (first === undefined) {
  await records.close();
  process.exit();
}

for (let number = Number(first); ; number++) {
  await records.transaction(async (trx) => {
    const row = { value: String(number), updatedAtMs: epochMs(number) };
    await trx
      .insertInto('cursor')
      .values({ name: `left-${number}`, ...row })
      .execute();
    await tell('open', number);
    await trx
      .insertInto('cursor')
      .values({ name: `right-${number}`, ...row })
      .execute();
  });
  await tell('committed', number);
}
