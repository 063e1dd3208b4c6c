import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { loadRulebook } from '../rulebook.ts';
import { testRulebook } from '../test-rule.ts';

const folders = ['dazhou', 'readers'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
const around = {
  areas: createAreas(),
  locate: createLocator(),
  calendar: createChinaCalendar(),
};
const results = folders.flatMap((folder) => testRulebook(loadRulebook(folder), around));

test.each(results.map((result) => [result.ruleId, result.name, result] as const))(
  '%s: %s',
  (_rule, _name, { wanted, got }) => {
    expect(got).toEqual(wanted);
  },
);
