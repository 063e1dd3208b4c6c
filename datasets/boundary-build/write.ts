// Turns grid polygons into degrees WGS-84 and writes them as one compact GeoJSON file.

import { writeFileSync } from 'node:fs';
import { gcj02ToWgs84 } from '../../core/datum.ts';
import type { LngLat } from '../../core/geo.ts';
import type { Text } from '../../core/text.ts';
import { labelPoint } from './label-point.ts';
import type { GridPolygon } from './parts.ts';
import { CELLS_PER_DEGREE, columnOf, doubleArea, rowOf, type Vertex } from './vertex.ts';

/** How a source's grid relates to the earth. */
export type GridDatum = 'gcj02-ceiling' | 'wgs84-rounded';

export type OutputRegion = {
  readonly code: string;
  readonly name: Text;
  readonly polygons: readonly GridPolygon[];
  readonly datum: GridDatum;
};

const LABEL_PRECISION_M = 50;

/** Writes the regions in code order, degrees rounded to `digits`; gives the file's size in bytes. */
export function writeRegions(
  path: string,
  regions: readonly OutputRegion[],
  digits: number,
): number {
  const features = regions
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map((region) => JSON.stringify(toFeature(region, digits)));
  const content = `{"type":"FeatureCollection","features":[\n${features.join(',\n')}\n]}\n`;
  writeFileSync(path, content);
  return Buffer.byteLength(content);
}

function toFeature({ code, name, polygons, datum }: OutputRegion, digits: number) {
  const round = (degrees: number) => Number(degrees.toFixed(digits));
  const coordinates = polygons.map((polygon) =>
    polygon.map((ring) => {
      const degrees = ring.map((vertex): LngLat => {
        const [lng, lat] = toDegrees(vertex, datum);
        return [round(lng), round(lat)];
      });
      return [...degrees, degrees[0] as LngLat];
    }),
  );
  const largest = polygons.reduce<number>(
    (best, polygon, i) => (area(polygon) > area(polygons[best] as GridPolygon) ? i : best),
    0,
  );
  const label = labelPoint(coordinates[largest] as LngLat[][], LABEL_PRECISION_M).map(round);
  return {
    type: 'Feature',
    properties: { code, name, label },
    geometry: { type: 'MultiPolygon', coordinates },
  };
}

/**
 * The place a grid vertex stands for. The encoder rounded every coordinate up (Math.ceil), so the true
 * vertex lies on average half a cell lower on both axes; taking that half cell off leaves an error of
 * at most half a cell, about 46 m east and 54 m north at Dazhou, with mean zero.
 */
export function toDegrees(vertex: Vertex, datum: GridDatum): LngLat {
  const shift = datum === 'gcj02-ceiling' ? 0.5 : 0;
  const lng = (columnOf(vertex) - shift) / CELLS_PER_DEGREE;
  const lat = (rowOf(vertex) - shift) / CELLS_PER_DEGREE;
  return datum === 'gcj02-ceiling' ? gcj02ToWgs84(lng, lat) : [lng, lat];
}

const area = (polygon: GridPolygon): number =>
  polygon.reduce((sum, ring) => sum + doubleArea(ring), 0);
