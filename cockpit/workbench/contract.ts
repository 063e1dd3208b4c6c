// What the metrics API says, as the workbench reads it.

import type { Text } from '../../core/text.ts';

export type Metric = {
  readonly id: string;
  readonly name: Text;
  readonly meaning: Text;
  readonly unit: Text;
  readonly direction: 'more-is-better' | 'less-is-better' | 'neither';
  readonly owner: Text;
  readonly refresh: Text;
  /** Counts below this are not shown; 0 for no floor. */
  readonly privacyFloor: number;
  readonly dimensions: readonly string[];
  readonly grains: readonly Grain[];
  readonly coveredFromMs: number | null;
};

export const GRAINS = ['day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

export type Dimension = {
  readonly name: Text;
  readonly type: 'region' | 'category' | 'time';
  readonly values?: readonly { readonly id: string; readonly name: Text }[];
};

/** GET /api/metrics */
export type MetricsAnswer = {
  readonly metrics: readonly Metric[];
  readonly dimensions: Readonly<Record<string, Dimension>>;
};

export type Comparing = 'previous' | 'last-year';

/** POST /api/metrics/query */
export type MetricsQuery = {
  readonly purpose: string;
  readonly metrics: readonly string[];
  readonly by: readonly string[];
  readonly grain?: Grain;
  readonly fromMs: number;
  readonly toMs: number;
  readonly where: readonly { readonly dimension: string; readonly values: readonly string[] }[];
  readonly compare?: Comparing;
  readonly limit: number;
};

export type Cell = string | number | null;

/** How a value stands to the one before. */
export type Compared = {
  readonly before: number | null;
  /** As a share of the value before; null where there is none to divide by. */
  readonly change: number | null;
  readonly mark: 'zero-base' | 'low-base' | null;
};

export type MetricsResult = {
  readonly columns: readonly {
    readonly id: string;
    readonly name: Text;
    readonly type: 'dimension' | 'time' | 'metric';
    readonly unit: Text | null;
  }[];
  readonly rows: readonly (readonly Cell[])[];
  /** By row and column. */
  readonly comparison?: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly rows: readonly (readonly (Compared | null)[])[];
  };
  /** Cells kept back, as row and column. */
  readonly suppressed: readonly (readonly [row: number, column: number])[];
  readonly coverage: { readonly fromMs: number; readonly toMs: number };
  readonly freshness: { readonly atMs: number; readonly isStale: boolean };
  readonly dataVersion: string;
  readonly sql: string;
  readonly rollup: string | null;
};

/** POST /api/metrics/records */
export type RecordsAnswer = {
  readonly columns: readonly { readonly id: string; readonly name: Text }[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total: number;
};
