import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { describeVault } from './vault.contract.ts';

describeVault('SQLite', async (run) => {
  const records = await openMemoryRecords();
  await run(records).finally(() => records.close());
});
