import { openMemoryRecords } from './scenario.fixture.ts';
import { describeAlerts } from './alerts.contract.ts';

describeAlerts('SQLite', {
  async createStore() {
    const records = await openMemoryRecords();
    // Two connections of one process to one file would wait for each other; programs share this one.
    return { records, another: () => Promise.resolve(records), remove: () => records.close() };
  },
});
