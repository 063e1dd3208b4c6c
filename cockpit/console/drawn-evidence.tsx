// The drawn half of the evidence map, loaded on demand: base map and, above it, fixes and track.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Track } from '../../app/api/alerts.ts';
import { useSettings } from '../shared/deps.tsx';
import { useLanguage, useSay } from '../shared/language.tsx';
import { createBaseMap, readPalette } from '../shared/map/base-map.ts';
import { boundsOf, type Bounds, type Geo } from '../shared/map/geo.ts';
import { WORDS } from '../shared/words.ts';
import type { Fix } from './evidence-fixes.ts';
import { EvidenceLayer } from './evidence-layer.tsx';
import { trackLines } from './track-lines.ts';
import styles from './evidence-map.module.css';

export function DrawnEvidence({
  geo,
  fixes,
  track,
  lit,
  onReady,
}: {
  geo: Geo;
  fixes: readonly Fix[];
  track: Track | undefined;
  lit: readonly string[];
  onReady: () => void;
}) {
  const say = useSay();
  const language = useLanguage();
  const { theme } = useSettings();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap>();
  const [failed, setFailed] = useState(false);
  // Two persons together are told apart only from near, where the way there leads out of the picture.
  const isOfTwo = fixes.some(({ whose }) => whose === 'other');
  const around = isOfTwo ? undefined : track;
  const lines = useMemo(() => (around ? trackLines(around) : undefined), [around]);
  const bounds = boundsAround(fixes, around, isOfTwo ? TOGETHER_DEGREES_MIN : SPAN_DEGREES_MIN);
  const start = useRef({ geo, lit, bounds, onReady });

  useEffect(() => {
    const container = box.current;
    if (!container) return undefined;
    let made: MapLibreMap;
    try {
      made = createBaseMap(container, {
        ...start.current,
        palette: readPalette(container),
        padding: 48,
        scale: 1,
        language,
        scrolls: true,
      });
    } catch {
      setFailed(true);
      start.current.onReady();
      return undefined;
    }
    setMap(made);
    void made.once('idle', () => start.current.onReady());
    return () => {
      setMap(undefined);
      made.remove();
    };
    // A map takes its colours and its words when it is made.
  }, [theme, language]);

  return (
    <>
      <div ref={box} className={styles.map} />
      {map && <EvidenceLayer map={map} geo={geo} fixes={fixes} lines={lines} />}
      {failed && <p className={styles.none}>{say(WORDS.mapAway)}</p>}
    </>
  );
}

/** At least this many degrees, so that one fix is seen in its surroundings. */
const SPAN_DEGREES_MIN = 0.06;
const TOGETHER_DEGREES_MIN = 0.001;

function boundsAround(fixes: readonly Fix[], track: Track | undefined, degreesMin: number): Bounds {
  const places = [
    ...fixes.map(({ at }) => at),
    ...(track?.lng.map((lng, i) => [lng, track.lat[i] as number] as const) ?? []),
  ];
  const [west, south, east, north] = boundsOf(places) ?? [106.6, 30.3, 108.6, 32.4];
  const lack = (span: number) => Math.max(0, (degreesMin - span) / 2);
  const [dx, dy] = [lack(east - west), lack(north - south)];
  return [west - dx, south - dy, east + dx, north + dy];
}
