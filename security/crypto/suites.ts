// Chooses the suite the configuration names, and gives both to whoever reads what was sealed before.

import { secretBytes } from '../../core/ids.ts';
import { createGmSuite } from './suite-gm.ts';
import { createIntlSuite } from './suite-intl.ts';
import type { SecretBytes, Suite, SuiteName } from './suite.ts';

export type Suites = Readonly<Record<SuiteName, Suite>>;

/** The suite of that name. What it makes up comes from `random`, except in SM2, whose package draws its own. */
export const createSuite = (name: SuiteName, random: SecretBytes = secretBytes): Suite =>
  name === 'gm' ? createGmSuite(random) : createIntlSuite(random);

/** Both suites: what was sealed by one stays readable after the other was chosen. */
export const createSuites = (random?: SecretBytes): Suites => ({
  gm: createSuite('gm', random),
  intl: createSuite('intl', random),
});
