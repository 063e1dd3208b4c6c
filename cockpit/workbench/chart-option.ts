// How shaped series are drawn: lines, bars or a heat map. A suppressed point is a hatched bar or tile with its
// reason, never a gap and never a zero.

import type { EChartsCoreOption } from 'echarts/core';
import type { Note } from './view-state.ts';
import type { Shaped } from './shape-result.ts';

export type ChartLook = {
  readonly colours: readonly string[];
  readonly text: string;
  readonly line: string;
  readonly hatch: string;
  readonly ground: string;
  readonly font: string;
};

/** More than this cannot be told apart. */
const SERIES_MAX = 8;

const HATCH = { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 };

export function chartOption(
  { along, series }: Shaped,
  kind: 'line' | 'bar' | 'heat',
  { look, suppressed, notes }: { look: ChartLook; suppressed: string; notes: readonly Note[] },
): EChartsCoreOption {
  const label = { color: look.text, fontFamily: look.font, fontSize: 12 };
  const shared = {
    animation: false,
    color: [...look.colours],
    tooltip: {
      trigger: kind === 'heat' ? 'item' : 'axis',
      renderMode: 'richText',
      backgroundColor: look.ground,
      borderColor: look.line,
      textStyle: label,
      valueFormatter: (value: unknown) => (typeof value === 'number' ? tidy(value) : suppressed),
    },
  };
  const axis = {
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
    axisLabel: { ...label, hideOverlap: true },
  };
  if (kind === 'heat') {
    const cells = series.flatMap(({ points }, y) =>
      points.flatMap((point, x) => (point ? [{ ...point, x, y }] : [])),
    );
    const known = cells.flatMap(({ value }) => (value === null ? [] : [value]));
    return {
      ...shared,
      grid: { left: 8, right: 16, top: 16, bottom: 56, containLabel: true },
      xAxis: { type: 'category', data: [...along], ...axis },
      yAxis: { type: 'category', data: series.map(({ name }) => name), ...axis },
      visualMap: {
        min: 0,
        max: Math.max(1, ...known),
        orient: 'horizontal',
        left: 'center',
        bottom: 4,
        itemHeight: 160,
        textStyle: label,
        inRange: { color: [look.ground, look.colours[0]] },
        seriesIndex: 0,
      },
      series: [
        {
          type: 'heatmap',
          data: cells.flatMap(({ x, y, value }) => (value === null ? [] : [[x, y, value]])),
        },
        {
          type: 'heatmap',
          data: cells.flatMap(({ x, y, isSuppressed }) =>
            isSuppressed
              ? [{ value: [x, y, 0], itemStyle: { color: look.ground, decal: hatch(look) } }]
              : [],
          ),
          tooltip: { formatter: suppressed },
        },
      ],
    };
  }
  const drawn = series.slice(0, SERIES_MAX);
  const top = Math.max(
    1,
    ...drawn.flatMap(({ points }) => points.map((point) => point?.value ?? 0)),
  );
  const withheld = along.map((_, i) => drawn.some(({ points }) => points[i]?.isSuppressed));
  return {
    ...shared,
    legend: { top: 0, type: 'scroll', textStyle: label, data: drawn.map(({ name }) => name) },
    grid: { left: 8, right: 20, top: 36, bottom: 8, containLabel: true },
    xAxis: { type: 'category', data: [...along], ...axis },
    yAxis: { type: 'value', ...axis, splitLine: { lineStyle: { color: look.line } } },
    series: [
      ...drawn.map(({ name, points }, place) => ({
        name,
        type: kind,
        symbolSize: 5,
        connectNulls: false,
        data: points.map((point) => point?.value ?? '-'),
        ...(place === 0 ? { markPoint: marksOf(notes, along, points, look) } : {}),
      })),
      ...(withheld.some(Boolean)
        ? [
            {
              name: suppressed,
              type: 'bar',
              data: withheld.map((is) => (is ? top : '-')),
              itemStyle: { color: 'transparent', decal: hatch(look) },
              barGap: '-100%',
              silent: true,
              tooltip: { show: false },
            },
          ]
        : []),
    ],
  };
}

/** Notes stand at their point of the first series; those of other groups are in the list only. */
function marksOf(
  notes: readonly Note[],
  along: readonly string[],
  points: Shaped['series'][number]['points'],
  look: ChartLook,
) {
  return {
    symbol: 'pin',
    symbolSize: 28,
    label: { color: look.ground, fontSize: 11 },
    data: notes.flatMap(({ at }, i) => {
      const place = along.indexOf(at);
      const value = points[place]?.value;
      return place < 0 || value === null || value === undefined
        ? []
        : [{ coord: [place, value], value: String(i + 1) }];
    }),
  };
}

const hatch = ({ hatch: color }: ChartLook) => ({ ...HATCH, color });

const tidy = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
