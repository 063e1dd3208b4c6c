import { expect, test } from 'vitest';
import { filterOf, queryOf } from './filter-query.ts';

test.each([
  ['', { status: 'open', level: undefined, region: undefined }],
  ['?status=new&level=1&region=511703', { status: 'new', level: 1, region: '511703' }],
  ['?status=gone&level=4&region=%27;drop', { status: 'open', level: undefined, region: undefined }],
])('the address "%s" asks for %o', (address, filter) => {
  expect(filterOf(address)).toEqual(filter);
});

test('a filter written into an address is read back', () => {
  for (const status of ['open', 'new', 'acknowledged', 'closed'] as const) {
    for (const level of [undefined, 1, 2, 3] as const) {
      const filter = { status, level, region: level === 2 ? '511722' : undefined };
      const given = Object.entries(queryOf(filter)).filter(([, value]) => value !== undefined);
      expect(filterOf(new URLSearchParams(given as [string, string][]).toString())).toEqual(filter);
    }
  }
});
