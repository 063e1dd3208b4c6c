// The drawn half of the map of changes, loaded on demand: base map with shaded counties, the marks by deck.gl,
// and above them the names of the counties with what it comes to in each.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import type { Change } from '../../../app/api/backtests.ts';
import { useSettings } from '../../shared/deps.tsx';
import { useLanguage, useSay } from '../../shared/language.tsx';
import { createBaseMap, readPalette, type Palette } from '../../shared/map/base-map.ts';
import { boundsOf, cornersOf, type Bounds, type Geo } from '../../shared/map/geo.ts';
import { WORDS } from '../../shared/words.ts';
import { addChangesOverlay, type ChangesOverlay, type Shown } from './changes-overlay.ts';
import { signed } from './tables.tsx';
import { shadeOf } from './shades.ts';
import { BACKTEST_WORDS } from './words.ts';
import styles from './backtest.module.css';

export type DrawnChangesProps = Shown & {
  readonly geo: Geo;
  /** Net change of each county, by its code. */
  readonly net: ReadonlyMap<string, number>;
  readonly onPick: (change: Change) => void;
  readonly onReady: () => void;
};

const PADDING = 16;

export function DrawnChanges({
  geo,
  net,
  changes,
  chosen,
  sampled,
  onPick,
  onReady,
}: DrawnChangesProps) {
  const say = useSay();
  const language = useLanguage();
  const { theme } = useSettings();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap>();
  const [overlay, setOverlay] = useState<ChangesOverlay>();
  const [failed, setFailed] = useState(false);
  const start = useRef({ geo, net });
  const calls = useRef({ onPick, onReady });
  calls.current = { onPick, onReady };

  useEffect(() => {
    const container = box.current;
    if (!container) return undefined;
    const palette = readPalette(container);
    let made: MapLibreMap;
    try {
      made = openMap(container, { ...start.current, palette, language });
    } catch {
      setFailed(true);
      calls.current.onReady();
      return undefined;
    }
    // Ready is when the counties are shaded and the marks are drawn, whichever comes last.
    const awaited = new Set(['map', 'marks']);
    const have = (what: string) => {
      awaited.delete(what);
      if (awaited.size === 0) calls.current.onReady();
    };
    made.once('load', () => made.once('idle', () => have('map')));
    const marks = addChangesOverlay(made, palette, {
      onPick: (change) => calls.current.onPick(change),
      onDrawn: () => have('marks'),
    });
    setMap(made);
    setOverlay(marks);
    return () => {
      setMap(undefined);
      setOverlay(undefined);
      marks.destroy();
      made.remove();
    };
    // A map takes its colours and its words when it is made.
  }, [theme, language]);

  const sampledKey = sampled.join(' ');
  useEffect(
    () => overlay?.show({ changes, chosen, sampled: sampledKey.split(' ') }),
    [overlay, changes, chosen, sampledKey],
  );

  return (
    <>
      <div ref={box} className={styles.canvas} />
      {map && <Names map={map} geo={geo} net={net} />}
      {map && (
        <button type="button" className={styles.home} onClick={() => goHome(map, geo)}>
          {say(BACKTEST_WORDS.mapAll)}
        </button>
      )}
      {failed && <p className={styles.away}>{say(WORDS.mapAway)}</p>}
    </>
  );
}

function openMap(
  container: HTMLElement,
  {
    geo,
    net,
    palette,
    language,
  }: Pick<DrawnChangesProps, 'geo' | 'net'> & { palette: Palette; language: 'zh' | 'en' },
): MapLibreMap {
  const map = createBaseMap(container, {
    geo,
    palette,
    language,
    bounds: cityBounds(geo),
    padding: PADDING,
    scale: 1,
    lit: geo.counties.features.map(({ properties }) => properties.code),
    scrolls: true,
  });
  const most = Math.max(1, ...[...net.values()].map(Math.abs));
  map.once('load', () => {
    const shades = [...net].flatMap(([code, change]) => [code, shadeOf({ change, most }, palette)]);
    if (shades.length === 0) return;
    const fill = ['match', ['get', 'code'], ...shades, palette.area];
    map.setPaintProperty('county', 'fill-color', fill as never);
  });
  return map;
}

const cityBounds = (geo: Geo): Bounds => boundsOf(cornersOf(geo.counties)) as Bounds;

const goHome = (map: MapLibreMap, geo: Geo): void =>
  void map.fitBounds([...cityBounds(geo)] as [number, number, number, number], {
    padding: PADDING,
    animate: false,
  });

/** Names of the counties, each with its sum; drawn anew whenever the map moves. */
function Names({
  map,
  geo,
  net,
}: {
  map: MapLibreMap;
  geo: Geo;
  net: ReadonlyMap<string, number>;
}) {
  const language = useLanguage();
  const [, setView] = useState(0);
  useEffect(() => {
    const change = () => setView((count) => count + 1);
    const events = ['move', 'resize', 'load'] as const;
    for (const event of events) map.on(event, change);
    change();
    return () => {
      for (const event of events) map.off(event, change);
    };
  }, [map]);
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  return (
    <svg className={styles.names} width={width} height={height} aria-hidden="true">
      {geo.counties.features.map(({ properties: { code, name, label } }) => {
        const { x, y } = map.project([label[0], label[1]]);
        return (
          <text key={code} x={x} y={y}>
            {name[language]}
            <tspan x={x} dy="1.15em">
              {signed(net.get(code) ?? 0)}
            </tspan>
          </text>
        );
      })}
    </svg>
  );
}
