// The invented city's index without a warehouse: incidents counted in memory, everything else as the service does.

import { REGIONS } from './incidents.fixture.ts';
import { computed, INDEX_FILES, type ComputedIndex } from './index-service.ts';
import type { IndexInput } from './index-input.ts';
import { monthName, monthOf, monthStartMs, type MonthNumber } from './months.ts';
import { freezeReference } from '../../models/composite/freeze-reference.ts';
import { loadDefinition } from '../../models/composite/load-definition.ts';
import { cityIncidents, cityMeasures } from '../../sim/city-incidents.ts';

/** `late` incidents of `511722` come in for the last month after everything else. */
export function inventedCity({
  first = '2025-06',
  last = '2026-10',
  late = 0,
}: { first?: string; last?: string; late?: number } = {}): ComputedIndex {
  const versioned = loadDefinition(INDEX_FILES[0] as string);
  const input = countedInput(Object.keys(versioned.definition.columns), {
    first: monthOf(first),
    last: monthOf(last),
    late,
  });
  const months = Array.from(
    { length: Math.min(12, input.last - input.first + 1) },
    (_, i) => input.first + i,
  );
  const reference = freezeReference(
    versioned,
    months.map((month) => ({ name: monthName(month), columns: input.columnsOf(month) })),
  );
  return computed(versioned, input, { reference, isSynthetic: true });
}

function countedInput(
  names: readonly string[],
  { first, last, late }: { first: MonthNumber; last: MonthNumber; late: number },
): IndexInput {
  const months = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const cells = new Map(
    months.map((month) => {
      const columns = Object.fromEntries(
        names.map((name) => [name, new Float64Array(REGIONS.length)]),
      );
      const { region, kind } = cityIncidents('dazhou', {
        fromMs: monthStartMs(month),
        untilMs: monthStartMs(month + 1),
      });
      for (const [row, name] of kind.entries()) {
        const column = columns[name];
        const at = REGIONS.indexOf(region[row] as number);
        if (column && at >= 0) column[at] = (column[at] as number) + 1;
      }
      return [month, columns] as const;
    }),
  );
  for (const { region, period, column, value } of cityMeasures('dazhou', months.map(monthName))) {
    const at = REGIONS.indexOf(region);
    for (const month of months) {
      const given = cells.get(month)?.[column];
      if (given && at >= 0 && monthName(month).startsWith(period)) given[at] = value;
    }
  }
  const filed = cells.get(last)?.['crimes_filed'];
  const place = REGIONS.indexOf(511_722);
  if (filed) filed[place] = (filed[place] as number) + late;
  return {
    regions: REGIONS,
    first,
    last,
    versionOf: (month) => `${month} ${late}`,
    columnsOf: (month) => ({ regions: REGIONS.length, columns: cells.get(month) ?? {} }),
    rows: 0,
    refused: {},
    sql: ['SELECT region, kind, count() FROM incident GROUP BY region, kind -- counted in memory'],
  };
}
