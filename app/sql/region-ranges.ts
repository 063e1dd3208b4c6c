// What a data scope reaches, as ranges of region codes for the warehouse.

import type { DataScope } from '../../security/access/data-scope.ts';
import type { RegionRange } from '../../warehouse/console/views.ts';

const ALL: RegionRange = { from: 0, until: 999_999 };

/** Nothing for a scope of single tasks: figures belong to nobody. */
export function rangesOf(scope: DataScope): RegionRange[] {
  switch (scope.kind) {
    case 'all':
      return [ALL];
    case 'own':
      return [];
    case 'unit':
      return [{ from: Number(scope.unit), until: Number(scope.unit) }];
    case 'unit-and-below':
      return [below(scope.unit)];
    case 'list':
      return scope.units.map(below);
  }
}

/** A province or prefecture with all in it, a county alone. */
function below(code: string): RegionRange {
  const from = Number(code);
  if (code.endsWith('0000')) return { from, until: from + 9_999 };
  if (code.endsWith('00')) return { from, until: from + 99 };
  return { from, until: from };
}
