// The data scope of the policy as counties, which every figure is counted within.

import { UserError } from '../../core/errors.ts';
import { DAZHOU } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import type { DataScope } from '../../security/access/data-scope.ts';
import { regionSpan, type RegionSpan } from '../../warehouse/compile-metric.ts';
import { METRICS, dimensionsOf, type Metric } from '../../warehouse/metrics-catalogue.ts';

export type FigureScope = {
  readonly spans: readonly RegionSpan[];
  /** True for who sees the whole installation, and with it what is not counted by county. */
  readonly isWhole: boolean;
};

/** Throws UserError `forbidden` for a scope that is no part of the country: one's own tasks are no figures. */
export function figureScopeOf(scope: DataScope): FigureScope {
  switch (scope.kind) {
    case 'unit':
      return { spans: [regionSpan(scope.unit, { below: false })], isWhole: false };
    case 'unit-and-below':
      return wholeIfAll([regionSpan(scope.unit, { below: true })]);
    case 'list':
      return wholeIfAll(scope.units.map((unit) => regionSpan(unit, { below: true })));
    default:
      throw new UserError(
        'forbidden',
        text('您的数据范围不含区县，不能查询指标', 'your data scope has no counties to count in'),
      );
  }
}

const INSTALLATION = regionSpan(DAZHOU, { below: true });

function wholeIfAll(spans: readonly RegionSpan[]): FigureScope {
  return { spans, isWhole: spans.some((span) => contains(span, INSTALLATION)) };
}

const contains = (outer: RegionSpan, inner: RegionSpan): boolean =>
  outer.from <= inner.from && inner.to <= outer.to;

const isByRegion = (metric: Metric): boolean =>
  Object.values(dimensionsOf(metric)).some(({ type }) => type === 'region');

/** True when the metric can be asked for within the scope at all. */
export const mayCount = (metric: Metric, { isWhole }: FigureScope): boolean =>
  isWhole || isByRegion(metric);

/** The counties a metric is counted within; undefined where it is not counted by county and need not be. */
export function withinFor(id: string, scope: FigureScope): { within?: readonly RegionSpan[] } {
  const metric = Object.hasOwn(METRICS, id) ? (METRICS[id] as Metric) : undefined;
  if (metric && scope.isWhole && !isByRegion(metric)) return {};
  return { within: scope.spans };
}

/** Throws UserError `forbidden` for a region that does not lie in the scope as a whole. */
export function assertInScope(values: readonly string[], { spans }: FigureScope): void {
  const outside = values.find(
    (value) =>
      /^\d{6}$/.test(value) &&
      !spans.some((span) => contains(span, regionSpan(value, { below: true }))),
  );
  if (outside === undefined) return;
  throw new UserError(
    'forbidden',
    text('所选区域超出您的数据范围', 'a region asked for is outside your data scope'),
    {
      detail: `"${outside}"`,
      hint: text('请只选择本单位范围内的区域。', 'Choose regions of your own unit only.'),
    },
  );
}
