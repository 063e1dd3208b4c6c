// The last hour of intake, minute by minute: what was admitted, and what the legal-basis gate refused.

import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { Wall } from '../../app/api/wall.ts';
import type { Text } from '../../core/text.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { minuteChartOption, type Minutes } from './minute-chart.ts';
import { NothingKnown, Pane } from './pane.tsx';
import { useScale } from './use-scale.ts';
import { WALL_WORDS } from './words.ts';
import styles from './minutes-pane.module.css';

use([BarChart, GridComponent, CanvasRenderer]);

export function MinutesPane({ wall }: { wall: Wall | undefined }) {
  const minutes = wall?.minutes;
  return (
    <div className={styles.pair}>
      <MinuteBars
        title={WALL_WORDS.admittedChart}
        colour="--calm"
        minutes={minutes && { fromMs: minutes.fromMs, values: minutes.admitted }}
      />
      <MinuteBars
        title={WALL_WORDS.refusedChart}
        colour="--text-3"
        minutes={minutes && { fromMs: minutes.fromMs, values: minutes.refused }}
      />
    </div>
  );
}

function MinuteBars({
  title,
  colour,
  minutes,
}: {
  title: Text;
  colour: string;
  minutes: Minutes | undefined;
}) {
  const say = useSay();
  const scale = useScale();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const unknown = say(WALL_WORDS.nothingKnown);
  const known = minutes !== undefined && minutes.values.length > 0;

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
    };
  }, [known]);

  useEffect(() => {
    if (!minutes || !box.current) return;
    const style = getComputedStyle(box.current);
    const read = (name: string) => style.getPropertyValue(name).trim();
    const look = {
      bar: read(colour),
      text: read('--text-3'),
      line: read('--line'),
      hatch: read('--line-strong'),
      ground: read('--surface'),
      font: style.fontFamily,
      scale,
    };
    chart.current?.setOption(minuteChartOption(minutes, look, unknown), { notMerge: true });
  }, [minutes, colour, scale, unknown]);

  const last = minutes?.values.findLast((value) => value !== null);
  return (
    <Pane title={title} note={<b className={styles.last}>{countText(last)}</b>}>
      {known ? (
        <div
          ref={box}
          className={styles.chart}
          role="img"
          aria-label={`${say(title)} ${countText(last)}`}
        />
      ) : (
        <NothingKnown says={WORDS.noData} />
      )}
    </Pane>
  );
}
