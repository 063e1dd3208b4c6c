import { openMemoryRecords } from './scenario.fixture.ts';
import { describeAlerts, type AlertsHarness } from './alerts.contract.ts';
import { describeGroups } from './grouping/grouping.contract.ts';
import { describeProviders } from './providers/providers.contract.ts';
import { describeSms } from './sms.contract.ts';

const sqlite: AlertsHarness = {
  async createStore() {
    const records = await openMemoryRecords();
    // Two connections of one process to one file would wait for each other; programs share this one.
    return { records, another: () => Promise.resolve(records), remove: () => records.close() };
  },
};

describeAlerts('SQLite', sqlite);
describeGroups('SQLite', sqlite);
describeProviders('SQLite', sqlite);
describeSms('SQLite', sqlite);
