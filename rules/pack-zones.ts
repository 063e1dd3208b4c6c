// The places and times a pack names for its rules: zones, key periods, corrections of the calendar.

import { z } from 'zod';
import { METRES_PER_DEGREE, type LngLat } from '../core/geo.ts';
import { parseInstant } from '../core/local-time.ts';
import { openRing, polygonMistake } from '../core/polygon-check.ts';
import { PolygonZone } from '../core/polygon-zone.ts';
import type { Box } from '../core/zone.ts';
import { textSchema } from '../core/text.ts';
import type { ZoneMember } from '../core/zone-set.ts';
import { circleZone } from '../core/zone.ts';

const slugSchema = z.string().regex(/^[a-z][a-z0-9-]{1,63}$/, 'lower-case words joined by dashes');

const lng = z.number().min(-180).max(180);
const lat = z.number().min(-90).max(90);

const named = { id: slugSchema, title: textSchema, kind: slugSchema };

const polygonSchema = z
  .array(z.array(z.tuple([lng, z.number().min(-180).max(180)])))
  .min(1)
  .superRefine((rings, context) => {
    const mistake = polygonMistake(rings);
    if (mistake) context.addIssue({ code: 'custom', message: mistake });
  });

/** A place on the map: a circle, or rings of [lng, lat] under the even-odd rule. */
export const packZoneSchema = z.union([
  z.strictObject({
    ...named,
    circle: z.strictObject({ lng, lat, radiusM: z.number().min(5).max(100_000) }),
  }),
  z.strictObject({ ...named, polygon: polygonSchema }),
]);

export type PackZone = z.infer<typeof packZoneSchema>;

/** Local time as an author writes it, or the instant itself, as a pack read once stands in the log. */
const localInstantSchema = z.union([z.string(), z.number()]).transform((text, context) => {
  if (typeof text === 'number') return text;
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a date such as 2026-02-15 or 2026-02-15 08:00`,
  });
  return z.NEVER;
});

/** A stretch of time of special attention; `until` is the first instant that no longer belongs to it. */
export const keyPeriodSchema = z
  .strictObject({
    id: slugSchema,
    title: textSchema,
    from: localInstantSchema,
    until: localInstantSchema,
  })
  .refine(({ from, until }) => from < until, 'a key period ends after it begins');

export type KeyPeriod = z.infer<typeof keyPeriodSchema>;

/** Refuses an id that occurs twice. */
export const uniqueIds = (
  items: readonly { id: string }[],
  context: z.core.$RefinementCtx<unknown>,
): void => {
  for (const [index, { id }] of items.entries()) {
    if (items.findIndex((other) => other.id === id) === index) continue;
    context.addIssue({
      code: 'custom',
      path: [index, 'id'],
      message: `the id "${id}" occurs twice; give each its own`,
    });
  }
};

/** Cells of a small polygon are small, so that most of it is told apart without looking at edges. */
const CELLS_ACROSS = 32;
const DEGREES_PER_CELL_MIN = 1 / 8_192;
const DEGREES_PER_CELL_MAX = 1 / 256;

/** A zone of a pack made ready to ask. */
export function memberOf(zone: PackZone): ZoneMember {
  if ('circle' in zone) {
    const { circle } = zone;
    const reach = circle.radiusM / METRES_PER_DEGREE;
    const farthest = Math.min(89, Math.abs(circle.lat) + reach);
    const reachLng = reach / Math.cos((farthest * Math.PI) / 180);
    return {
      id: zone.id,
      zone: circleZone([circle.lng, circle.lat], circle.radiusM),
      box: [
        [circle.lng - reachLng, circle.lat - reach],
        [circle.lng + reachLng, circle.lat + reach],
      ],
    };
  }
  const rings = zone.polygon.map((ring): LngLat[] => {
    const open = openRing(ring);
    return [...open, open[0] as LngLat];
  });
  const box = boxOf(rings);
  const span = Math.max(box[1][0] - box[0][0], box[1][1] - box[0][1]);
  const degreesPerCell = Math.max(
    DEGREES_PER_CELL_MIN,
    Math.min(DEGREES_PER_CELL_MAX, span / CELLS_ACROSS),
  );
  return { id: zone.id, zone: new PolygonZone(rings, { degreesPerCell }), box };
}

function boxOf(rings: readonly (readonly LngLat[])[]): Box {
  const corners = rings.flat();
  const [lngs, lats] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
  return [
    [Math.min(...lngs), Math.min(...lats)],
    [Math.max(...lngs), Math.max(...lats)],
  ];
}
