// What is drawn above the map of one alert: the way before and after, the error of each fix to scale, the
// fixes with the numbers of the table, names of the counties, and a scale bar.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import { METRES_PER_DEGREE, type LngLat } from '../../core/geo.ts';
import { localClock } from '../../core/local-time.ts';
import { distanceText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import type { Bounds, Geo } from '../shared/map/geo.ts';
import { placeAreaNames } from './area-names.ts';
import { scaleBar } from './scale-bar.ts';
import type { TrackLines } from './track-lines.ts';
import styles from './evidence-layer.module.css';

export type Fix = {
  /** Its number in the table of evidence. */
  readonly number: number;
  readonly at: LngLat;
  readonly accuracyM: number;
};

export function EvidenceLayer({
  map,
  geo,
  fixes,
  lines,
}: {
  map: MapLibreMap;
  geo: Geo;
  fixes: readonly Fix[];
  lines: TrackLines | undefined;
}) {
  const language = useLanguage();
  useView(map);
  const at = ([lng, lat]: LngLat) => map.project([lng, lat]);
  const path = (line: readonly LngLat[]) =>
    line
      .map((place) => at(place))
      .map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
      .join('');
  const metresPerPixel = metresPerPixelOf(map);
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  const last = fixes.at(-1);
  const busy = [
    ...[...fixes, lines?.first, lines?.last].flatMap((one) => (one ? [at(one.at)] : [])),
    ...(lines?.lines.flatMap((line) => line.map(at)) ?? []),
  ];
  const names = placeAreaNames(
    [...geo.counties.features, ...geo.neighbours.features],
    boundsShown(map),
    (place) => !isCrowded(at(place), busy),
  );
  const [first, end] = [lines?.first, lines?.last];
  const isOneSpot = first && end && isNear(at(first.at), at(end.at), ONE_SPOT_PIXELS);
  return (
    <svg className={styles.layer} width={width} height={height} aria-hidden="true">
      {names.map(({ shape: { properties }, at: place }) => (
        <text key={properties.code} className={styles.name} {...at(place)}>
          {properties.name[language]}
        </text>
      ))}
      {lines?.gaps.map((gap, i) => (
        <path key={i} className={styles.gap} d={path(gap)} />
      ))}
      {lines?.lines.map((line, i) => (
        <path key={i} className={styles.track} d={path(line)} />
      ))}
      {first && !isOneSpot && <End at={at(first.at)} label={localClock(first.atMs)} />}
      {end && <End at={at(end.at)} label={isOneSpot ? spanOf(first, end) : localClock(end.atMs)} />}
      {fixes.map(({ number, at: place, accuracyM }) => {
        const { x, y } = at(place);
        return (
          <circle
            key={number}
            className={styles.accuracy}
            cx={x}
            cy={y}
            r={accuracyM / metresPerPixel}
          />
        );
      })}
      {fixes.map((fix) => {
        const { x, y } = at(fix.at);
        return <circle key={fix.number} className={styles.fix} cx={x} cy={y} r={4} />;
      })}
      {numbered(fixes, at).map(({ numbers, x, y }) => (
        <g key={numbers} className={styles.number} transform={`translate(${x} ${y})`}>
          <text x={9} y={-8}>
            {numbers}
          </text>
        </g>
      ))}
      {last && <circle className={styles.last} {...centre(at(last.at))} r={9} />}
      <Scale metresPerPixel={metresPerPixel} height={height} />
    </svg>
  );
}

type Pixel = { readonly x: number; readonly y: number };

const centre = ({ x, y }: Pixel) => ({ cx: x, cy: y });

function End({ at, label }: { at: Pixel; label: string }) {
  return (
    <g className={styles.end} transform={`translate(${at.x} ${at.y})`}>
      <circle r={3} />
      <text y={18}>{label}</text>
    </g>
  );
}

/** `20:12–20:47` for a person who stayed, one time where there is only one. */
function spanOf(first: { readonly atMs: number }, end: { readonly atMs: number }): string {
  const [from, until] = [localClock(first.atMs), localClock(end.atMs)];
  return from === until ? until : `${from}–${until}`;
}

export function boundsShown(map: MapLibreMap): Bounds {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}

export function Scale({ metresPerPixel, height }: { metresPerPixel: number; height: number }) {
  const say = useSay();
  const { metres, pixels } = scaleBar(metresPerPixel);
  return (
    <g className={styles.scale} transform={`translate(14 ${height - 14})`}>
      <path d={`M0 -5V0H${pixels.toFixed(1)}V-5`} />
      <text x={pixels + 8} y={1}>
        {say(distanceText(metres))}
      </text>
    </g>
  );
}

/** A name this near to a fix would be written over it or its label. */
const CROWDED_PIXELS = 72;

/** The times of two ends this near would be written over each other. */
const ONE_SPOT_PIXELS = 44;

const isNear = (a: Pixel, b: Pixel, pixels: number): boolean =>
  Math.hypot(a.x - b.x, a.y - b.y) < pixels;

const isCrowded = (at: Pixel, busy: readonly Pixel[]): boolean =>
  busy.some((other) => isNear(at, other, CROWDED_PIXELS));

/** Labels that would cover each other are drawn as one: `2–5`. */
const CLOSE_PIXELS = 16;

function numbered(fixes: readonly Fix[], at: (place: LngLat) => Pixel) {
  const groups: { first: number; last: number; x: number; y: number }[] = [];
  for (const fix of fixes) {
    const { x, y } = at(fix.at);
    const group = groups.at(-1);
    if (group && Math.hypot(group.x - x, group.y - y) < CLOSE_PIXELS) group.last = fix.number;
    else groups.push({ first: fix.number, last: fix.number, x, y });
  }
  return groups.map(({ first, last, x, y }) => ({
    numbers: first === last ? String(first) : `${first}–${last}`,
    x,
    y,
  }));
}

/** Metres a pixel spans in the middle of the map. */
export function metresPerPixelOf(map: MapLibreMap): number {
  const { lng, lat } = map.getCenter();
  const step = 0.01;
  const a = map.project([lng, lat]);
  const b = map.project([lng, lat + step]);
  return (step * METRES_PER_DEGREE) / Math.max(1e-6, Math.abs(a.y - b.y));
}

/** Draws anew whenever the map shows something else. */
export function useView(map: MapLibreMap): void {
  const [, setView] = useState(0);
  useEffect(() => {
    const change = () => setView((count) => count + 1);
    map.on('move', change);
    map.on('resize', change);
    map.on('load', change);
    change();
    return () => {
      map.off('move', change);
      map.off('resize', change);
      map.off('load', change);
    };
  }, [map]);
}
