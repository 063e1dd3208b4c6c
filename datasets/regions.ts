// The boundaries the product draws and decides with, read from datasets/regions. Where they come from
// and how good they are stands in README.md beside this file.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { LngLat } from '../core/geo.ts';
import { contentHash } from '../core/ids.ts';
import { regionCodeSchema, type RegionCode } from '../core/region.ts';
import { textSchema, type Text } from '../core/text.ts';

/** Outer ring counter-clockwise, then holes clockwise (RFC 7946); each closed by its first point. */
export type BoundaryPolygon = readonly (readonly LngLat[])[];

export type RegionBoundary = {
  readonly code: RegionCode;
  readonly name: Text;
  /** Where to write the name: the inner point farthest from the border, not the seat of government. */
  readonly label: LngLat;
  readonly polygons: readonly BoundaryPolygon[];
};

export type BoundarySet = {
  /** SHA-256 of the file: part of the evidence of whatever was decided with it. */
  readonly version: string;
  /** In code order. */
  readonly regions: readonly RegionBoundary[];
};

const lngLatSchema = z.tuple([z.number(), z.number()]);

const fileSchema = z.object({
  features: z.array(
    z.object({
      properties: z.object({ code: regionCodeSchema, name: textSchema, label: lngLatSchema }),
      geometry: z.object({
        type: z.literal('MultiPolygon'),
        coordinates: z.array(z.array(z.array(lngLatSchema).min(4)).min(1)).min(1),
      }),
    }),
  ),
});

/** The seven counties of Dazhou with every vertex of the source (grid of about 100 m). */
export const loadCountyBoundaries = (): BoundarySet => load('dazhou-counties.json');

/** The 21 prefectures of Sichuan, simplified to about 200 m. */
export const loadPrefectures = (): BoundarySet => load('sichuan-prefectures.json');

/** The 34 provinces, simplified to about 2 km. For orientation only. */
export const loadProvinces = (): BoundarySet => load('provinces.json');

/** Counties around Dazhou, simplified to about 250 m but exact where they touch it. For orientation. */
export const loadNeighbours = (): BoundarySet => load('neighbours.json');

/** The rings of regions as one heap, the form core/polygon-zone.ts takes. */
export const ringsOf = (...regions: readonly RegionBoundary[]): (readonly LngLat[])[] =>
  regions.flatMap((region) => region.polygons.flat());

/** Files read so far: they never change while the program runs. */
const loaded = new Map<string, BoundarySet>();

function load(file: string): BoundarySet {
  const known = loaded.get(file);
  if (known) return known;
  const set = read(file);
  loaded.set(file, set);
  return set;
}

function read(file: string): BoundarySet {
  const content = readFileSync(new URL(`regions/${file}`, import.meta.url));
  const { features } = fileSchema.parse(JSON.parse(content.toString('utf8')));
  return {
    version: contentHash(content),
    regions: features.map(({ properties, geometry }) => ({
      ...properties,
      polygons: geometry.coordinates,
    })),
  };
}
