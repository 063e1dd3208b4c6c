// What is drawn above the map of the bench: the places of the pack, the track with the error of each point to
// scale, points to drag or to move by keys, and the evidence of the finding one looks at.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { PackZones } from '../../../app/api/rules.ts';
import type { LngLat } from '../../../core/geo.ts';
import { placeAreaNames } from '../../console/area-names.ts';
import { boundsShown, metresPerPixelOf, Scale, useView } from '../../console/evidence-layer.tsx';
import { useLanguage } from '../../shared/language.tsx';
import { rangesOf } from './bench-findings.tsx';
import type { BenchMapProps } from './bench-map.tsx';
import { clockOf } from './draw-track.ts';
import styles from './points-layer.module.css';

/** A name this near to a point would be written over its number. */
const NEAR_PIXELS = 44;

const isClear = (name: Pixel, points: readonly Pixel[]): boolean =>
  points.every(({ x, y }) => Math.hypot(name.x - x, name.y - y) >= NEAR_PIXELS);

type Pixel = { readonly x: number; readonly y: number };

/** More points than this are a line only. */
const HANDLES_MAX = 500;

/** Zones smaller than this on the screen are drawn as a dot. */
const ZONE_PIXELS_MIN = 4;

export function PointsLayer({ map, ...props }: { map: MapLibreMap } & BenchMapProps) {
  const language = useLanguage();
  useView(map);
  const { geo, zones, points, evidence, chosen, isDrawn } = props;
  const [dragged, setDragged] = useState<{ index: number; at: LngLat }>();
  const placeOf = (index: number): LngLat => {
    if (dragged?.index === index) return dragged.at;
    const { lng, lat } = points[index] as (typeof points)[number];
    return [lng, lat];
  };
  const at = ([lng, lat]: LngLat): Pixel => map.project([lng, lat]);
  const pixels = points.map((_, index) => at(placeOf(index)));
  const metresPerPixel = metresPerPixelOf(map);
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  const names = placeAreaNames(
    [...geo.counties.features, ...geo.neighbours.features],
    boundsShown(map),
    (place) => isClear(at(place), pixels),
  );
  const labels = numbersOf(isDrawn ? points.map((_, index) => index) : evidence, pixels);
  const hasHandles = points.length <= HANDLES_MAX;

  const pull = (index: number) => ({
    onPointerDown(event: PointerEvent<SVGGElement>) {
      event.stopPropagation();
      props.choose(index);
      if (!isDrawn) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDragged({ index, at: placeOf(index) });
    },
    onPointerMove(event: PointerEvent<SVGGElement>) {
      if (dragged?.index !== index) return;
      setDragged({ index, at: placeUnder(map, event) });
    },
    onPointerUp() {
      if (dragged?.index !== index) return;
      props.move(index, dragged.at);
      setDragged(undefined);
    },
    onKeyDown(event: KeyboardEvent<SVGGElement>) {
      if (!isDrawn) return;
      const step = STEPS[event.key];
      if (event.key === 'Delete' || event.key === 'Backspace') props.remove(index);
      else if (step) {
        const { x, y } = pixels[index] as Pixel;
        const far = event.shiftKey ? 40 : 8;
        const { lng, lat } = map.unproject([x + step[0] * far, y + step[1] * far]);
        props.move(index, [lng, lat]);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
  });

  return (
    <svg className={styles.layer} width={width} height={height}>
      <g aria-hidden="true">
        {zones.map((zone) => (
          <Zone key={zone.id} zone={zone} at={at} metresPerPixel={metresPerPixel} />
        ))}
        {names.map(({ shape: { properties }, at: place }) => (
          <text key={properties.code} className={styles.name} {...at(place)}>
            {properties.name[language]}
          </text>
        ))}
        {hasHandles &&
          points.map(({ accuracyM }, index) => (
            // Points have no name of their own; their place in the track is what they are.
            <circle
              key={index}
              className={styles.accuracy}
              {...centre(pixels[index] as Pixel)}
              r={accuracyM / metresPerPixel}
            />
          ))}
        <path className={styles.track} d={lineOf(pixels)} />
      </g>
      {hasHandles &&
        points.map((point, index) => {
          const { x, y } = pixels[index] as Pixel;
          const clock = clockOf(point.atMs, (points[0] ?? point).atMs);
          return (
            <g
              key={index}
              className={styles.point}
              data-chosen={chosen === index}
              data-evidence={evidence.includes(index)}
              data-drawn={isDrawn}
              transform={`translate(${x} ${y})`}
              role="button"
              tabIndex={isDrawn ? 0 : -1}
              aria-label={`${index + 1} ${clock}`}
              aria-pressed={chosen === index}
              onFocus={() => props.choose(index)}
              {...pull(index)}
            >
              <circle className={styles.reach} r={14} />
              <circle className={styles.dot} r={isDrawn ? 5 : 3} />
              {evidence.includes(index) && <circle className={styles.ring} r={10} />}
              {labels.has(index) && (
                <text x={11} y={-9}>
                  {labels.get(index)}
                </text>
              )}
            </g>
          );
        })}
      <g aria-hidden="true">
        <Scale metresPerPixel={metresPerPixel} height={height} />
      </g>
    </svg>
  );
}

/** Numbers that would cover each other are written as one, at the last: `2–5`. */
const CLOSE_PIXELS = 16;

function numbersOf(
  indexes: readonly number[],
  pixels: readonly Pixel[],
): ReadonlyMap<number, string> {
  const groups: number[][] = [];
  for (const index of indexes) {
    const group = groups.at(-1);
    const [a, b] = [pixels[group?.at(-1) ?? -1], pixels[index]];
    const isNear = a && b && Math.hypot(a.x - b.x, a.y - b.y) < CLOSE_PIXELS;
    if (group && isNear) group.push(index);
    else groups.push([index]);
  }
  return new Map(groups.map((group) => [group.at(-1) as number, rangesOf(group)]));
}

const STEPS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const centre = ({ x, y }: Pixel) => ({ cx: x, cy: y });

const lineOf = (pixels: readonly Pixel[]): string =>
  pixels.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

function placeUnder(map: MapLibreMap, event: PointerEvent): LngLat {
  const { left, top } = map.getContainer().getBoundingClientRect();
  const { lng, lat } = map.unproject([event.clientX - left, event.clientY - top]);
  return [lng, lat];
}

function Zone({
  zone,
  at,
  metresPerPixel,
}: {
  zone: PackZones['zones'][number];
  at: (place: LngLat) => Pixel;
  metresPerPixel: number;
}) {
  const language = useLanguage();
  const shape =
    'circle' in zone
      ? {
          middle: [zone.circle.lng, zone.circle.lat] as const,
          pixels: zone.circle.radiusM / metresPerPixel,
        }
      : { middle: (zone.polygon[0]?.[0] ?? [0, 0]) as LngLat, pixels: Infinity };
  const { x, y } = at(shape.middle);
  const isNear = shape.pixels >= NAMED_PIXELS;
  return (
    <>
      {'circle' in zone ? (
        <circle className={styles.zone} cx={x} cy={y} r={Math.max(ZONE_PIXELS_MIN, shape.pixels)} />
      ) : (
        <path
          className={styles.zone}
          d={zone.polygon
            .map((ring) => `${lineOf(ring.map(([lng, lat]) => at([lng, lat])))}Z`)
            .join('')}
        />
      )}
      {isNear && (
        <text className={styles.zoneName} x={x} y={y - shape.pixels - 6}>
          {zone.title[language]}
        </text>
      )}
    </>
  );
}

/** Names of zones are written when one is near enough to draw in them. */
const NAMED_PIXELS = 16;
