// What persons hear and when: the scripts in scenarios/, each played by the whole program on a virtual clock.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { playScenario } from './scenario-play.fixture.ts';
import { parseScenarios } from './scenario-script.fixture.ts';

const folder = join(import.meta.dirname, 'scenarios');
const files = readdirSync(folder).filter((name) => name.endsWith('.scenario'));

describe.each(files)('%s', (file) => {
  const scenarios = parseScenarios(readFileSync(join(folder, file), 'utf8'), file);
  test.each(scenarios)(
    '$name',
    async (scenario) => {
      const difference = await playScenario(scenario);
      if (difference !== undefined) throw new Error(`\n${difference}`);
      // A second on a machine at rest; one that times out would take the next one's clock away.
    },
    300_000,
  );
});
