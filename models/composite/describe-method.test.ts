// The method as it is published, read as prose in golden files.

import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { expectGolden } from '../../checks/golden.ts';
import { createRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { describeMethod } from './describe-method.ts';
import { freezeReference } from './freeze-reference.ts';
import type { PeriodColumns } from './indicator-values.ts';
import { loadDefinition } from './load-definition.ts';

const versioned = loadDefinition(
  fileURLToPath(new URL('../social-order/definition.yaml', import.meta.url)),
);

const year = Array.from({ length: 12 }, (_, month): { name: string; columns: PeriodColumns } => {
  const random = createRandom(`month ${month}`);
  const columns = Object.entries(versioned.definition.columns).map(
    ([name, { count, unit }]): [string, Float64Array] => [
      name,
      Float64Array.from({ length: 7 }, () =>
        count
          ? random.int(400)
          : unit.en === '%'
            ? 85 + random.int(15)
            : 100_000 + random.int(5_000),
      ),
    ],
  );
  return {
    name: `2025-${String(month + 1).padStart(2, '0')}`,
    columns: { regions: 7, columns: Object.fromEntries(columns) },
  };
});

const reference = freezeReference(versioned, year);
const example = {
  region: text('某县', 'a county'),
  period: '2025-12',
  at: 3,
  history: year.map(({ columns }) => columns).toReversed(),
};

test.each(['zh', 'en'] as const)('in %s, with everything worked out for one region', (language) => {
  const page = describeMethod(versioned, language, { reference, example });
  expectGolden(new URL(`golden/method-${language}.md`, import.meta.url), page);
});

test('without a reference it says what is taken from the peers', () => {
  const page = describeMethod(versioned, 'zh');
  expect(page).toContain('参照组P90');
  expect(page).not.toContain('undefined');
  expect(page).not.toContain('NaN');
});
