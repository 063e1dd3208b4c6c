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
import type { Fix } from './evidence-fixes.ts';
import { scaleBar } from './scale-bar.ts';
import type { TrackLines } from './track-lines.ts';
import styles from './evidence-layer.module.css';

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
  const last = fixes.findLast(({ whose }) => whose === 'own');
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
      {fixes.map(({ number, whose, at: place, accuracyM }) => {
        const { x, y } = at(place);
        return (
          <circle
            key={number}
            className={whose === 'own' ? styles.accuracy : styles.otherAccuracy}
            cx={x}
            cy={y}
            r={accuracyM / metresPerPixel}
          />
        );
      })}
      {fixes.map((fix) => {
        const { x, y } = at(fix.at);
        return fix.whose === 'own' ? (
          <circle key={fix.number} className={styles.fix} cx={x} cy={y} r={4} />
        ) : (
          <rect
            key={fix.number}
            className={styles.other}
            x={x - OTHER_PIXELS / 2}
            y={y - OTHER_PIXELS / 2}
            width={OTHER_PIXELS}
            height={OTHER_PIXELS}
          />
        );
      })}
      {numbered(fixes, at).map(({ numbers, below, x, y }) => (
        <g key={numbers} className={styles.number} transform={`translate(${x} ${y})`}>
          <text x={9} y={below ? 20 : -8}>
            {numbers}
          </text>
        </g>
      ))}
      {last && <circle className={styles.last} {...centre(at(last.at))} r={9} />}
      <Scale metresPerPixel={metresPerPixel} height={height} />
    </svg>
  );
}

/** A fix of the other person is a square, so that colour alone says nothing. */
const OTHER_PIXELS = 8;

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

/** Labels that would cover each other are drawn as one: `2–5`, or `2, 4` where another's lie between. */
const CLOSE_PIXELS = 16;
/** Labels of two persons are longer; they stand on either side. */
const CLOSE_OF_TWO_PIXELS = 48;

function numbered(fixes: readonly Fix[], at: (place: LngLat) => Pixel) {
  const isOfTwo = fixes.some(({ whose }) => whose === 'other');
  const close = isOfTwo ? CLOSE_OF_TWO_PIXELS : CLOSE_PIXELS;
  const groups: { whose: Fix['whose']; numbers: number[]; x: number; y: number }[] = [];
  for (const { whose, number, at: place } of fixes) {
    const { x, y } = at(place);
    const group = groups.findLast((one) => one.whose === whose);
    if (group && isNear(group, { x, y }, close)) group.numbers.push(number);
    else groups.push({ whose, numbers: [number], x, y });
  }
  return groups.map(({ whose, numbers, x, y }) => ({
    numbers: labelOf(numbers),
    below: isOfTwo && whose === 'own',
    x,
    y,
  }));
}

function labelOf(numbers: readonly number[]): string {
  const [first, last] = [numbers[0] as number, numbers.at(-1) as number];
  if (last - first !== numbers.length - 1) return numbers.join(', ');
  return first === last ? String(first) : `${first}–${last}`;
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
