// Counties shaded by the first metric of an answer; hatched where the figure was kept back.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { Text } from '../../core/text.ts';
import { useSettings } from '../shared/deps.tsx';
import { useLanguage, useSay } from '../shared/language.tsx';
import { createBaseMap, readPalette } from '../shared/map/base-map.ts';
import { boundsOf, cornersOf, useGeo, type Bounds, type Geo } from '../shared/map/geo.ts';
import { WORDS } from '../shared/words.ts';
import { figureText } from './figure-text.ts';
import type { Picture } from './take-away.tsx';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

export type Shades = ReadonlyMap<string, number | 'suppressed'>;

type Given = {
  readonly shades: Shades;
  readonly unit: Text | undefined;
  /** Gives the map as a picture, for whoever takes it away. */
  readonly picture: RefObject<Picture | undefined>;
  onReady(): void;
};

export function CountyMap(given: Given) {
  const { geo, error } = useGeo();
  const say = useSay();
  const { onReady } = given;
  useEffect(() => {
    if (error) onReady();
  }, [error, onReady]);
  if (error) return <p className={styles.hint}>{say(WORDS.mapAway)}</p>;
  return geo ? <DrawnMap {...given} geo={geo} /> : <p>{say(WORDS.loading)}</p>;
}

function DrawnMap({ geo, shades, unit, picture, onReady }: Given & { geo: Geo }) {
  const say = useSay();
  const language = useLanguage();
  const { theme } = useSettings();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap>();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const container = box.current;
    if (!container) return undefined;
    let made: MapLibreMap;
    try {
      made = createBaseMap(container, {
        geo,
        lit: [],
        bounds: boundsOf(cornersOf(geo.counties)) as Bounds,
        palette: readPalette(container),
        padding: 24,
        scale: 1,
        language,
        scrolls: true,
      });
    } catch {
      setFailed(true);
      onReady();
      return undefined;
    }
    made.getCanvas().setAttribute('aria-label', say(WORDS.mapCredit));
    void made.once('load', () => setMap(made));
    picture.current = () => pictureOf(made);
    return () => {
      setMap(undefined);
      picture.current = undefined;
      made.remove();
    };
    // A map takes its colours and its words when it is made.
  }, [theme, language]);

  useEffect(() => {
    if (!map || !box.current) return;
    const { calm, area, faint } = readPalette(box.current);
    shadeCounties(map, shades, { calm, area, faint });
    void map.once('idle', onReady);
    map.triggerRepaint();
  }, [map, shades, onReady]);

  const known = [...shades.values()].filter((value) => typeof value === 'number');
  return (
    <div className={styles.map}>
      <div ref={box} className={styles.canvas} />
      {failed && <p className={styles.hint}>{say(WORDS.mapAway)}</p>}
      <ul className={styles.legend}>
        <li>
          {say(figureText(0, unit))} <i className={styles.ramp} />{' '}
          {say(figureText(Math.max(0, ...known), unit))}
        </li>
        <li>
          <i className={styles.hatch} /> {say(BENCH_WORDS.suppressed)}
        </li>
      </ul>
      <ol className={styles.counties}>
        {geo.counties.features.map(({ properties: { code, name } }) => {
          const value = shades.get(code);
          return (
            <li key={code}>
              {say(name)}{' '}
              <b>
                {say(value === 'suppressed' ? BENCH_WORDS.suppressed : figureText(value, unit))}
              </b>
            </li>
          );
        })}
      </ol>
      <p className={styles.hint}>{say(WORDS.mapCredit)}</p>
    </div>
  );
}

function shadeCounties(
  map: MapLibreMap,
  shades: Shades,
  colours: { calm: string; area: string; faint: string },
): void {
  const known = [...shades].filter((pair): pair is [string, number] => pair[1] !== 'suppressed');
  const most = Math.max(1e-9, ...known.map(([, value]) => value));
  const opacity =
    known.length === 0
      ? 0
      : [
          'match',
          ['get', 'code'],
          ...known.flatMap(([code, value]) => [code, 0.12 + (0.78 * value) / most]),
          0,
        ];
  const kept = [...shades].flatMap(([code, value]) => (value === 'suppressed' ? [code] : []));
  map.setPaintProperty('county', 'fill-color', colours.area);
  if (!map.getLayer('shade')) {
    map.addLayer({ id: 'shade', type: 'fill', source: 'counties' }, 'county-line');
    map.addImage('hatch', hatchOf(colours.faint));
    map.addLayer(
      {
        id: 'kept-back',
        type: 'fill',
        source: 'counties',
        paint: { 'fill-pattern': 'hatch' },
      },
      'county-line',
    );
  }
  map.setPaintProperty('shade', 'fill-color', colours.calm);
  map.setPaintProperty('shade', 'fill-opacity', opacity as never);
  map.setFilter('kept-back', ['in', ['get', 'code'], ['literal', kept]]);
}

/** What is drawn stays readable until the frame is over. */
const pictureOf = (map: MapLibreMap): Promise<Blob | undefined> =>
  new Promise((resolve) => {
    void map.once('render', () =>
      map.getCanvas().toBlob((blob) => resolve(blob ?? undefined), 'image/png'),
    );
    map.triggerRepaint();
  });

const HATCH_PIXELS = 8;

/** Diagonal lines that meet at the edges of the tile. */
function hatchOf(colour: string) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) || 0);
  const data = new Uint8Array(4 * HATCH_PIXELS ** 2);
  for (let i = 0; i < HATCH_PIXELS ** 2; i++) {
    const isLine = (Math.floor(i / HATCH_PIXELS) + (i % HATCH_PIXELS)) % HATCH_PIXELS < 2;
    data.set([r ?? 0, g ?? 0, b ?? 0, isLine ? 255 : 0], 4 * i);
  }
  return { width: HATCH_PIXELS, height: HATCH_PIXELS, data };
}
