// The map of the bench, loaded on demand: where one draws, and where the evidence of what fired is marked.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import type { BenchPoint } from '../../../app/api/bench.ts';
import type { PackZones } from '../../../app/api/rules.ts';
import type { LngLat } from '../../../core/geo.ts';
import { useSettings } from '../../shared/deps.tsx';
import { useLanguage, useSay } from '../../shared/language.tsx';
import { createBaseMap, readPalette } from '../../shared/map/base-map.ts';
import { boundsOf, type Bounds, type Geo } from '../../shared/map/geo.ts';
import { WORDS } from '../../shared/words.ts';
import { PointsLayer } from './points-layer.tsx';
import { BENCH_WORDS } from './words.ts';
import styles from './bench.module.css';

export type BenchMapProps = {
  readonly geo: Geo;
  readonly zones: PackZones['zones'];
  readonly points: readonly BenchPoint[];
  readonly county: string;
  readonly isDrawn: boolean;
  readonly chosen: number | undefined;
  /** Places of the points that are evidence of what is looked at. */
  readonly evidence: readonly number[];
  add(place: LngLat): void;
  move(index: number, place: LngLat): void;
  choose(index: number | undefined): void;
  remove(index: number): void;
  onReady(): void;
};

export function BenchMap(props: BenchMapProps) {
  const { geo, county, points, isDrawn, onReady } = props;
  const say = useSay();
  const language = useLanguage();
  const { theme } = useSettings();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap>();
  const [failed, setFailed] = useState(false);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const container = box.current;
    if (!container) return undefined;
    let made: MapLibreMap;
    try {
      made = createBaseMap(container, {
        geo,
        lit: [county],
        bounds: startBounds(latest.current),
        palette: readPalette(container),
        padding: 40,
        scale: 1,
        language,
        scrolls: true,
      });
    } catch {
      setFailed(true);
      onReady();
      return undefined;
    }
    made.getCanvas().setAttribute('aria-label', say(BENCH_WORDS.map));
    made.on('click', ({ lngLat }) => {
      if (latest.current.isDrawn) latest.current.add([lngLat.lng, lngLat.lat]);
    });
    setMap(made);
    void made.once('idle', () => latest.current.onReady());
    return () => {
      setMap(undefined);
      made.remove();
    };
    // A map takes its colours and its words when it is made.
  }, [theme, language, county]);

  useEffect(() => {
    // A day that was read is shown whole; what one draws stays where one draws it.
    if (!map || isDrawn || points.length === 0) return;
    map.fitBounds(wide(boundsOf(points.map(({ lng, lat }) => [lng, lat])) as Bounds), {
      padding: 48,
      animate: false,
    });
  }, [map, isDrawn, points]);

  return (
    <div className={styles.map} data-drawn={isDrawn}>
      <div ref={box} className={styles.canvas} />
      {map && <PointsLayer map={map} {...props} />}
      {failed && <p className={styles.note}>{say(WORDS.mapAway)}</p>}
      <p className={styles.credit}>{say(WORDS.mapCredit)}</p>
    </div>
  );
}

function startBounds({ geo, county, points }: BenchMapProps): Bounds {
  const shape = geo.counties.features.find(({ properties }) => properties.code === county);
  const places = [
    ...(shape?.geometry.coordinates.flat(2) ?? []),
    ...points.map(({ lng, lat }) => [lng, lat] as const),
  ];
  return boundsOf(places) ?? [106.6, 30.3, 108.6, 32.4];
}

/** At least this many degrees, so that a day at home is seen in its surroundings. */
const SPAN_DEGREES_MIN = 0.04;

function wide([west, south, east, north]: Bounds): [number, number, number, number] {
  const lack = (span: number) => Math.max(0, (SPAN_DEGREES_MIN - span) / 2);
  const [dx, dy] = [lack(east - west), lack(north - south)];
  return [west - dx, south - dy, east + dx, north + dy];
}
