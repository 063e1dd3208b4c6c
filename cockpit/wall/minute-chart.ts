// How one column of minutes is drawn: a bar a minute, and a hatched stretch wherever nothing is known,
// because an unknown minute is not an empty one.

import type { EChartsCoreOption } from 'echarts/core';
import { localClock } from '../../core/local-time.ts';
import { countText } from '../shared/format.ts';

export type MinuteChartLook = {
  readonly bar: string;
  readonly text: string;
  readonly line: string;
  readonly hatch: string;
  readonly ground: string;
  readonly font: string;
  /** Sizes are this many times those at 1080 lines. */
  readonly scale: number;
};

export type Minutes = {
  readonly fromMs: number;
  readonly values: readonly (number | null)[];
};

const MINUTE_MS = 60_000;

/** Stretches of minutes of which nothing is known, as first and last index. */
export function unknownRuns(values: readonly (number | null)[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  values.forEach((value, i) => {
    if (value !== null) return;
    const run = runs.at(-1);
    if (run && run[1] === i - 1) run[1] = i;
    else runs.push([i, i]);
  });
  return runs;
}

/** A minute this many times the ordinary one is cut off, with its figure, so that the others can be read. */
const OUTLIER_TIMES = 4;

/**
 * A round number at or above the highest value that is no outlier, so that the axis has one clean figure and
 * one flood of records does not flatten an hour.
 */
export function axisTop(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const usual = known[Math.floor(known.length / 2)] ?? 0;
  const ordinary = usual > 0 ? known.filter((value) => value <= OUTLIER_TIMES * usual) : known;
  const highest = Math.max(0, ...ordinary);
  if (highest === 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return magnitude * (steps.find((step) => step * magnitude >= highest) ?? 10);
}

export function minuteChartOption(
  { fromMs, values }: Minutes,
  look: MinuteChartLook,
  unknown: string,
): EChartsCoreOption {
  const { scale } = look;
  const top = axisTop(values);
  const label = { color: look.text, fontFamily: look.font, fontSize: 18 * scale };
  const middles = new Set(
    unknownRuns(values).map(([first, last]) => Math.floor((first + last) / 2)),
  );
  const labelAt = (i: number) => ({
    ...label,
    show: middles.has(i),
    position: 'inside',
    formatter: unknown,
    backgroundColor: look.ground,
    padding: 3 * scale,
  });
  const cutLabel = (value: number, toTheRight: boolean) => ({
    ...label,
    show: true,
    position: toTheRight ? ['180%', 0] : ['-80%', 0],
    align: toTheRight ? 'left' : 'right',
    formatter: `↑ ${countText(value)}`,
  });
  return {
    animation: false,
    grid: { left: 76 * scale, right: 26 * scale, top: 14 * scale, bottom: 32 * scale },
    xAxis: {
      type: 'category',
      data: values.map((_, i) => localClock(fromMs + i * MINUTE_MS)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look.line, width: scale } },
      axisLabel: {
        ...label,
        // Every twenty minutes is enough to read a time by.
        interval: (i: number) => (fromMs / MINUTE_MS + i) % 20 === 0,
        showMinLabel: false,
        showMaxLabel: false,
        margin: 8 * scale,
      },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: top,
      interval: top,
      axisLabel: { ...label, formatter: (value: number) => countText(value), margin: 10 * scale },
      splitLine: { lineStyle: { color: look.line, width: scale } },
    },
    series: [
      {
        type: 'bar',
        data: values.map((value, i) =>
          value !== null && value > top
            ? { value: top, label: cutLabel(value, i / values.length < 0.8) }
            : (value ?? '-'),
        ),
        itemStyle: { color: look.bar },
        barCategoryGap: '28%',
        silent: true,
      },
      {
        type: 'bar',
        data: values.map((value, i) => (value === null ? { value: top, label: labelAt(i) } : '-')),
        itemStyle: { color: look.ground, decal: { ...HATCH, color: look.hatch } },
        barGap: '-100%',
        barCategoryGap: '28%',
        silent: true,
      },
    ],
  };
}

const HATCH = { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: -Math.PI / 4 };
