// The chart of an answer. It is taken down whole when its kind changes, so that nothing of the one before stays.

import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkPointComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, type RefObject } from 'react';
import { useSettings } from '../shared/deps.tsx';
import { useSay } from '../shared/language.tsx';
import type { Note } from '../../models/workbench/view-state.ts';
import { chartOption, type ChartKind, type ChartLook } from './chart-option.ts';
import type { Shaped } from './shape-result.ts';
import type { Picture } from './take-away.tsx';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  MarkPointComponent,
  TooltipComponent,
  VisualMapComponent,
]);

export function ResultChart({
  shaped,
  kind,
  notes,
  title,
  picture,
}: {
  shaped: Shaped;
  kind: ChartKind;
  notes: readonly Note[];
  title: string;
  /** Gives the chart as a picture, for whoever takes it away. */
  picture: RefObject<Picture | undefined>;
}) {
  const say = useSay();
  const { theme } = useSettings();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const rows = kind === 'heat' ? shaped.series.length : 0;

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = init(element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = undefined;
      picture.current = undefined;
    };
  }, [kind, picture]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const words = { suppressed: say(BENCH_WORDS.suppressed), say };
    const draw = (made: ECharts | undefined, look: ChartLook) =>
      made?.setOption(chartOption(shaped, kind, { look, words, notes }), { notMerge: true });
    draw(chart.current, lookOf(element));
    picture.current = async () => onPaper(element, draw);
  }, [shaped, kind, notes, say, theme, picture]);

  return (
    <div
      ref={box}
      className={styles.chart}
      data-tall={rows > TALL_ROWS}
      role="img"
      aria-label={title}
    />
  );
}

const TALL_ROWS = 12;

/** The colours of the theme an element stands in. */
function lookOf(element: Element): ChartLook {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    colours: [
      '--calm',
      '--warn',
      '--ok',
      '--alarm',
      '--series-5',
      '--series-6',
      '--series-7',
      '--series-8',
    ].map(read),
    text: read('--text-2'),
    line: read('--line'),
    hatch: read('--text-3'),
    ground: read('--surface'),
    font: style.fontFamily,
  };
}

/** The chart as large as it is seen, in light colours whatever the screen has: files are printed and put in reports. */
function onPaper(seen: HTMLElement, draw: (made: ECharts, look: ChartLook) => void): Blob {
  const page = document.createElement('div');
  page.dataset['theme'] = 'light';
  page.hidden = true;
  document.body.append(page);
  const made = init(page, null, { width: seen.clientWidth, height: seen.clientHeight });
  try {
    const look = lookOf(page);
    draw(made, look);
    return pngOf(made.getDataURL({ pixelRatio: 2, backgroundColor: look.ground }));
  } finally {
    made.dispose();
    page.remove();
  }
}

/** The picture a `data:` address holds. */
const pngOf = (address: string): Blob =>
  new Blob(
    [Uint8Array.from(atob(address.slice(address.indexOf(',') + 1)), (char) => char.charCodeAt(0))],
    { type: 'image/png' },
  );
