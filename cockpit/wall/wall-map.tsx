// The map of the wall: base map, persons' points, and above them labels, marks and call-outs. Where the
// machine cannot draw a map it says so, and the lists beside it carry on.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import type { Wall } from '../../app/api/wall.ts';
import type { Language } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { useLanguage, useSay } from '../shared/language.tsx';
import { createBaseMap, readPalette } from '../shared/map/base-map.ts';
import { boundsOf, cornersOf, useGeo, type Bounds, type Geo } from '../shared/map/geo.ts';
import { WORDS } from '../shared/words.ts';
import { MapLayer } from './map-layer.tsx';
import { PointsLegend } from './points-legend.tsx';
import { addPointsOverlay } from './points-overlay.ts';
import type { PointSource } from './use-wall.ts';
import { useScale } from './use-scale.ts';
import { WALL_WORDS } from './words.ts';
import styles from './wall-map.module.css';

/** Room around the city, in root ems at 1080 lines. */
const PADDING = { top: 20, right: 28, bottom: 20, left: 28 };

/** A map somebody moved goes back to the whole city by itself. */
const HOME_AFTER_MS = 60_000;

export function WallMap({
  wall,
  points,
  onReady,
}: {
  wall: Wall | undefined;
  points: PointSource;
  /** The map stands and points were drawn. */
  onReady: () => void;
}) {
  const say = useSay();
  const { geo, error } = useGeo();
  const scale = useScale();
  return (
    <section className={styles.place} aria-label={say(WALL_WORDS.map)}>
      {geo ? (
        <DrawnMap key={scale} {...{ geo, wall, points, scale, onReady }} />
      ) : (
        <p className={styles.away}>
          {error === null ? say(WORDS.loading) : say(problemIn(error).says)}
        </p>
      )}
      <PointsLegend points={points} />
    </section>
  );
}

type DrawnMapProps = {
  readonly geo: Geo;
  readonly wall: Wall | undefined;
  readonly points: PointSource;
  readonly scale: number;
  readonly onReady: () => void;
};

function DrawnMap({ geo, wall, points, scale, onReady }: DrawnMapProps) {
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  const { map, failed } = useMap(box, { geo, points, scale, onReady });
  const { moved, goHome } = useHome(map, geo, scale);
  return (
    <>
      <div ref={box} className={styles.map} />
      {map && <MapLayer map={map} geo={geo} wall={wall} scale={scale} />}
      {failed && <p className={styles.away}>{say(WORDS.mapAway)}</p>}
      {moved && (
        <button type="button" className={styles.home} onClick={goHome}>
          {say(WALL_WORDS.resetView)}
        </button>
      )}
    </>
  );
}

function useMap(
  box: React.RefObject<HTMLDivElement | null>,
  { geo, points, scale, onReady }: Omit<DrawnMapProps, 'wall'>,
): { map: MapLibreMap | undefined; failed: boolean } {
  const { clock } = useDeps();
  const language = useLanguage();
  const [map, setMap] = useState<MapLibreMap>();
  const [failed, setFailed] = useState(false);
  const ready = useRef(onReady);
  ready.current = onReady;

  useEffect(() => {
    const container = box.current;
    if (!container) return undefined;
    let remove = () => {};
    try {
      remove = openMap(container, { clock, language, geo, points, scale }, (made, drawn) => {
        setMap(made);
        if (drawn) ready.current();
      });
    } catch {
      setFailed(true);
      ready.current();
    }
    return () => {
      setMap(undefined);
      remove();
    };
  }, [box, clock, language, geo, points, scale]);

  return { map, failed };
}

function openMap(
  container: HTMLElement,
  {
    clock,
    language,
    geo,
    points,
    scale,
  }: Pick<DrawnMapProps, 'geo' | 'points' | 'scale'> & { clock: Clock; language: Language },
  tell: (map: MapLibreMap, drawn: boolean) => void,
): () => void {
  const palette = readPalette(container);
  const map = createBaseMap(container, {
    geo,
    palette,
    scale,
    language,
    bounds: cityBounds(geo),
    padding: paddingAt(scale),
    lit: geo.counties.features.map(({ properties }) => properties.code),
  });
  let loaded = false;
  let drawn = false;
  const look = () => {
    if (loaded && drawn) tell(map, true);
  };
  const overlay = addPointsOverlay(map, {
    clock,
    store: points.store,
    palette,
    scale,
    onDrawn() {
      drawn = true;
      look();
    },
  });
  const leave = points.subscribe(overlay.refresh);
  overlay.refresh();
  void map.once('idle', () => {
    loaded = true;
    look();
  });
  tell(map, false);
  return () => {
    leave();
    overlay.destroy();
    map.remove();
  };
}

const cityBounds = (geo: Geo): Bounds => boundsOf(cornersOf(geo.counties)) as Bounds;

const paddingAt = (scale: number) => ({
  top: PADDING.top * scale,
  right: PADDING.right * scale,
  bottom: PADDING.bottom * scale,
  left: PADDING.left * scale,
});

/** Keeps the whole city in view when the pane changes its size, unless somebody moved the map. */
function useHome(map: MapLibreMap | undefined, geo: Geo, scale: number) {
  const { clock } = useDeps();
  const [moved, setMoved] = useState(false);

  const goHome = () => {
    map?.fitBounds([...cityBounds(geo)] as [number, number, number, number], {
      padding: paddingAt(scale),
      animate: false,
    });
    setMoved(false);
  };
  const home = useRef(goHome);
  home.current = goHome;

  useEffect(() => {
    if (!map) return undefined;
    let timer: ReturnType<typeof clock.after> | undefined;
    let away = false;
    const onMove = ({ originalEvent }: { originalEvent?: unknown }) => {
      if (!originalEvent) return;
      away = true;
      setMoved(true);
      timer?.cancel();
      timer = clock.after(HOME_AFTER_MS, () => {
        away = false;
        home.current();
      });
    };
    const onResize = () => {
      if (!away) home.current();
    };
    map.on('movestart', onMove);
    map.on('resize', onResize);
    return () => {
      timer?.cancel();
      map.off('movestart', onMove);
      map.off('resize', onResize);
    };
  }, [map, clock]);

  return { moved, goHome };
}
