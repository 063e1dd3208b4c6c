import { describeTrail } from './trail.contract.ts';

describeTrail('SQLite', () => Promise.resolve(undefined));
