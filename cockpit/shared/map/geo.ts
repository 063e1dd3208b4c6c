// The boundaries screens draw, read once from /geo and kept.

import { useQuery } from '@tanstack/react-query';
import type { LngLat } from '../../../core/geo.ts';
import type { Text } from '../../../core/text.ts';
import { getJson } from '../api.ts';

type Polygons = readonly (readonly (readonly LngLat[])[])[];

export type RegionShape = {
  readonly type: 'Feature';
  readonly properties: {
    readonly code: string;
    readonly name: Text;
    /** The inner point farthest from the border. */
    readonly label: LngLat;
  };
  readonly geometry: { readonly type: 'MultiPolygon'; readonly coordinates: Polygons };
};

export type RegionShapes = {
  readonly type: 'FeatureCollection';
  readonly features: readonly RegionShape[];
};

export type Geo = {
  readonly counties: RegionShapes;
  readonly neighbours: RegionShapes;
  readonly prefectures: RegionShapes;
};

/** Counties of the city, the counties around it, the prefectures of the province. */
export function useGeo(): { geo: Geo | undefined; error: unknown } {
  const { data, error } = useQuery({
    queryKey: ['geo'],
    queryFn: async ({ signal }): Promise<Geo> => {
      const [counties, neighbours, prefectures] = await Promise.all(
        ['dazhou-counties', 'neighbours', 'sichuan-prefectures'].map((name) =>
          getJson<RegionShapes>(`/geo/${name}.json`, signal),
        ),
      );
      return { counties, neighbours, prefectures } as Geo;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return { geo: data, error };
}

export type Bounds = readonly [west: number, south: number, east: number, north: number];

/** The smallest box around all places given. */
export function boundsOf(places: Iterable<LngLat>): Bounds | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of places) {
    west = Math.min(west, lng);
    south = Math.min(south, lat);
    east = Math.max(east, lng);
    north = Math.max(north, lat);
  }
  return west <= east ? [west, south, east, north] : undefined;
}

/** Every corner of the shapes. */
export function* cornersOf(shapes: RegionShapes): Generator<LngLat> {
  for (const { geometry } of shapes.features) {
    for (const polygon of geometry.coordinates) for (const ring of polygon) yield* ring;
  }
}
