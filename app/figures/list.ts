// The catalogue of metrics as the screens list it.

import { CAUSES } from '../../core/alert-cause.ts';
import { DAZHOU, regionsWithin } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import {
  GRAINS,
  METRICS,
  RELATIONS,
  dimensionsOf,
  type Dimension,
  type Relation,
  type RelationId,
} from '../../warehouse/metrics-catalogue.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { MetricList } from '../api/metrics.ts';
import { readCoverage } from './coverage.ts';
import { mayCount, type FigureScope } from './scope.ts';

/** Rejects like Olap.rows. */
export async function listMetrics(
  olap: Olap,
  { scope, seesRecords }: { scope: FigureScope; seesRecords: boolean },
): Promise<MetricList> {
  const ids = Object.keys(RELATIONS) as RelationId[];
  const covered = new Map(
    await Promise.all(ids.map(async (id) => [id, await readCoverage(olap, id)] as const)),
  );
  const dimensions: MetricList['dimensions'] = {};
  const metrics = Object.entries(METRICS).map(([id, metric]) => {
    const relation: Relation = RELATIONS[metric.relation];
    const own = dimensionsOf(metric);
    for (const [name, dimension] of Object.entries(own)) {
      dimensions[name] ??= describe(name, dimension);
    }
    const { name, meaning, unit, direction, isCount, owner } = metric;
    return {
      id,
      name,
      meaning,
      unit,
      direction,
      isCount,
      owner,
      refresh: relation.refresh,
      privacyFloor: relation.privacyFloor,
      dimensions: Object.keys(own),
      grains: relation.timeColumn === undefined ? [] : [...GRAINS],
      coveredFromMs: mayCount(metric, scope)
        ? (covered.get(metric.relation)?.fromMs ?? null)
        : null,
      hasRecords: seesRecords && relation.records !== undefined,
    };
  });
  return { metrics, dimensions };
}

/** What is known of the values; of the others only what was recorded tells. */
const VALUES: Readonly<Record<string, () => readonly (readonly [string, Text])[]>> = {
  level: () =>
    [1, 2, 3].map((level) => [String(level), text(`${level}级`, `level ${level}`)] as const),
  class: () => [
    ['cc', text('社区矫正对象', 'community corrections')],
    ['raKey', text('重点安置帮教对象、三无人员', 'resettlement, key or 三无')],
    ['raOrdinary', text('一般安置帮教对象', 'resettlement, ordinary')],
  ],
  cause: () => Object.entries(CAUSES).map(([code, { name }]) => [code, name] as const),
  county: () => regionsWithin(DAZHOU).map(({ code, name }) => [code, name] as const),
};

function describe(id: string, { name, type }: Dimension): MetricList['dimensions'][string] {
  const values = VALUES[id]?.();
  return {
    name,
    type,
    ...(values && { values: values.map(([value, shown]) => ({ value, name: shown })) }),
  };
}
