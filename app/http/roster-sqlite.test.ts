import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { describeRosterRoutes } from './roster-routes.contract.ts';

describeRosterRoutes('SQLite', openMemoryRecords);
