// How shaped series are drawn: lines, bars or a heat map. A suppressed point is a hatched bar or tile with its
// reason, never a gap and never a zero. Figures of two units have an axis each; of more there is the table.

import type { EChartsCoreOption } from 'echarts/core';
import type { Text } from '../../core/text.ts';
import type { Note } from '../../models/workbench/view-state.ts';
import { figureText, isSpoken } from './figure-text.ts';
import type { Series, Shaped } from './shape-result.ts';

export type ChartLook = {
  readonly colours: readonly string[];
  readonly text: string;
  readonly line: string;
  readonly hatch: string;
  readonly ground: string;
  readonly font: string;
};

export type ChartKind = 'line' | 'bar' | 'heat';

export type ChartWords = {
  readonly suppressed: string;
  readonly say: (given: Text) => string;
};

/** More than this cannot be told apart. */
const SERIES_MAX = 8;
const HEAT_ROWS_MAX = 40;
const AXES_MAX = 2;

/** The series a chart of the kind can show, the greatest first to be kept, in their own order. */
export function drawnOf({ series }: Shaped, kind: ChartKind): readonly Series[] {
  const units = [...new Set(series.map(({ unit }) => unit?.en))].slice(
    0,
    kind === 'heat' ? 1 : AXES_MAX,
  );
  const fitting = series.filter((one) => units.includes(one.unit?.en) && saysAnything(one));
  const kept = fitting
    .toSorted((a, b) => sumOf(b) - sumOf(a))
    .slice(0, kind === 'heat' ? HEAT_ROWS_MAX : SERIES_MAX);
  return fitting.filter((one) => kept.includes(one));
}

const saysAnything = ({ points }: Series): boolean =>
  points.some((point) => point && (point.value !== null || point.isSuppressed));

const sumOf = ({ points }: Series): number =>
  points.reduce((sum, point) => sum + (point?.value ?? 0), 0);

export function chartOption(
  shaped: Shaped,
  kind: ChartKind,
  { look, words, notes }: { look: ChartLook; words: ChartWords; notes: readonly Note[] },
): EChartsCoreOption {
  const { along, keys } = shaped;
  const given = { along, keys, drawn: drawnOf(shaped, kind), look, words, notes };
  return kind === 'heat' ? heatOption(given) : axesOption(given, kind);
}

type Given = {
  readonly along: readonly string[];
  readonly keys: readonly string[];
  readonly drawn: readonly Series[];
  readonly look: ChartLook;
  readonly words: ChartWords;
  readonly notes: readonly Note[];
};

const labelOf = (look: ChartLook) => ({
  color: look.text,
  fontFamily: look.font,
  fontSize: 12,
});

const tooltipOf = (look: ChartLook) => ({
  renderMode: 'richText',
  backgroundColor: look.ground,
  borderColor: look.line,
  textStyle: labelOf(look),
});

/** So many are all named below a chart, in several lines where a name is long. */
const NAMED_MAX = 12;
const NAME_WIDTH = 88;

/** Along the chart: none of a few groups may stand without its name. */
const alongOf = (along: readonly string[], look: ChartLook) => {
  const axis = { type: 'category', data: [...along], ...axisOf(look) };
  if (along.length > NAMED_MAX) return axis;
  const wrapped = { interval: 0, width: NAME_WIDTH, overflow: 'break', lineHeight: 15 };
  return { ...axis, axisLabel: { ...axis.axisLabel, ...wrapped } };
};

const axisOf = (look: ChartLook) => ({
  axisLine: { lineStyle: { color: look.line } },
  axisTick: { show: false },
  axisLabel: { ...labelOf(look), hideOverlap: true },
});

function heatOption({ along, drawn, look, words }: Given): EChartsCoreOption {
  const cells = drawn.flatMap(({ points }, y) =>
    points.flatMap((point, x) => (point ? [{ ...point, x, y }] : [])),
  );
  const known = cells.flatMap(({ value }) => (value === null ? [] : [value]));
  const unit = drawn[0]?.unit;
  const shown = (value: unknown) => words.say(figureText(value as number, unit));
  return {
    animation: false,
    tooltip: { ...tooltipOf(look), trigger: 'item', position: 'top' },
    grid: { left: 8, right: 16, top: 12, bottom: 52, containLabel: true },
    xAxis: alongOf(along, look),
    yAxis: {
      type: 'category',
      inverse: true,
      data: drawn.map(({ name }) => name),
      ...axisOf(look),
    },
    visualMap: {
      min: 0,
      max: Math.max(1e-9, ...known),
      orient: 'horizontal',
      left: 'center',
      bottom: 4,
      itemHeight: 160,
      itemWidth: 12,
      textStyle: labelOf(look),
      formatter: shown,
      calculable: true,
      inRange: { color: [look.ground, look.colours[0]] },
      seriesIndex: 0,
    },
    series: [
      {
        type: 'heatmap',
        data: cells.flatMap(({ x, y, value }) => (value === null ? [] : [[x, y, value]])),
        itemStyle: { borderColor: look.line, borderWidth: 1 },
        tooltip: {
          formatter: ({ value: [x, y, value] }: { value: [number, number, number] }) =>
            `${drawn[y]?.name ?? ''}\n${along[x] ?? ''}\n${shown(value)}`,
        },
      },
      {
        type: 'heatmap',
        data: cells.flatMap(({ x, y, isSuppressed }) =>
          isSuppressed
            ? [{ value: [x, y, 0], itemStyle: { color: look.ground, decal: hatch(look) } }]
            : [],
        ),
        itemStyle: { borderColor: look.line, borderWidth: 1 },
        tooltip: { formatter: words.suppressed },
      },
    ],
  };
}

function axesOption(
  { along, keys, drawn, look, words, notes }: Given,
  kind: 'line' | 'bar',
): EChartsCoreOption {
  const units = [...new Map(drawn.map(({ unit }) => [unit?.en, unit])).values()];
  const axisAt = (unit: Text | undefined) => units.findIndex((one) => one?.en === unit?.en);
  const tops = units.map((unit) => topOf(drawn, unit));
  const withheld = along.map((_, i) => drawn.some(({ points }) => points[i]?.isSuppressed));
  const isWithheld = withheld.some(Boolean);
  const colourAt = (place: number) => look.colours[place % look.colours.length] ?? look.text;
  return {
    animation: false,
    color: [...look.colours],
    tooltip: {
      ...tooltipOf(look),
      trigger: 'axis',
      formatter: (params: { dataIndex: number }[]) => told(params[0]?.dataIndex ?? 0),
    },
    legend: {
      top: 0,
      type: 'scroll',
      textStyle: labelOf(look),
      pageTextStyle: labelOf(look),
      pageIconColor: look.text,
      data: [...drawn.map(({ name }) => name), ...(isWithheld ? [words.suppressed] : [])],
    },
    grid: { left: 8, right: 20, top: 52, bottom: 8, containLabel: true },
    xAxis: [
      alongOf(along, look),
      // What is kept back has an axis of its own, so that it takes no room among the bars.
      { type: 'category', data: [...along], show: false },
    ],
    yAxis: [
      ...units.map((unit, i) => ({
        type: 'value',
        ...axisOf(look),
        max: tops[i],
        min: 0,
        minInterval: unit?.en === 'share' ? 0 : 1,
        name: unit && !isSpoken(unit) ? words.say(unit) : '',
        nameTextStyle: labelOf(look),
        axisLabel: {
          ...labelOf(look),
          formatter: (value: number) => words.say(figureText(value, unit)),
        },
        splitLine: { show: i === 0, lineStyle: { color: look.line } },
      })),
      { type: 'value', show: false, min: 0, max: 1 },
    ],
    series: [
      ...drawn.map(({ name, points, unit }, place) => ({
        name,
        type: kind,
        symbolSize: 5,
        connectNulls: false,
        yAxisIndex: axisAt(unit),
        barMaxWidth: 40,
        data: points.map((point) =>
          point?.isSuppressed && kind === 'bar'
            ? hatchedBar(tops[axisAt(unit)] ?? 1, { ...look, hatch: colourAt(place) })
            : (point?.value ?? '-'),
        ),
        ...(place === 0 ? { markPoint: marksOf(notes, keys, points, look) } : {}),
      })),
      ...(isWithheld
        ? [
            {
              name: words.suppressed,
              type: 'bar',
              xAxisIndex: 1,
              yAxisIndex: units.length,
              // Bars are hatched one by one; lines have no room of their own.
              data: withheld.map((is) => (is && kind === 'line' ? 1 : '-')),
              itemStyle: {
                color: 'transparent',
                opacity: drawn.length > 1 ? 0.4 : 1,
                decal: hatch(look),
              },
              barWidth: '70%',
              silent: true,
              z: 1,
            },
          ]
        : []),
    ],
  };

  function told(at: number): string {
    const lines = drawn.flatMap(({ name, points, unit }) => {
      const point = points[at];
      if (!point) return [];
      const shown = point.isSuppressed
        ? words.suppressed
        : words.say(figureText(point.value, unit));
      return [`${name}  ${shown}`];
    });
    return [along[at] ?? '', ...lines].join('\n');
  }
}

/** From top to bottom, so that nobody reads a height; in the colour of its series. */
const hatchedBar = (value: number, look: ChartLook) => ({
  value,
  itemStyle: { color: 'transparent', borderColor: look.line, decal: hatch(look) },
});

/** The end of an axis: a round figure not below any of its unit. */
function topOf(drawn: readonly Series[], unit: Text | undefined): number {
  if (unit?.en === 'share') return 1;
  const most = Math.max(
    1,
    ...drawn
      .filter((one) => one.unit?.en === unit?.en)
      .flatMap(({ points }) => points.map((point) => point?.value ?? 0)),
  );
  const scale = unit?.en === 'ms' ? 60_000 : 1;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most / scale)));
  const round = [1, 2, 4, 5, 6, 8, 10].find((step) => step * power * scale >= most) ?? 10;
  return round * power * scale;
}

/** Notes stand at their point of the first series; those of other groups are in the list only. */
function marksOf(
  notes: readonly Note[],
  keys: readonly string[],
  points: Series['points'],
  look: ChartLook,
) {
  return {
    symbol: 'pin',
    symbolSize: 28,
    label: { color: look.ground, fontSize: 11 },
    data: notes.flatMap(({ at }, i) => {
      const place = keys.indexOf(at);
      const value = points[place]?.value;
      return place < 0 || value === null || value === undefined
        ? []
        : [{ coord: [place, value], value: String(i + 1) }];
    }),
  };
}

const hatch = ({ hatch: color }: ChartLook) => ({
  symbol: 'rect',
  dashArrayX: [1, 0],
  dashArrayY: [2, 4],
  rotation: -Math.PI / 4,
  color,
});
