// Turns the regions an order names into a zone to test positions against, at the finest boundary known.

import { UserError } from '../core/errors.ts';
import { PolygonZone } from '../core/polygon-zone.ts';
import { DAZHOU } from '../core/region.ts';
import { text } from '../core/text.ts';
import type { Zone } from '../core/zone.ts';
import type { RegionBoundary } from './regions.ts';
import { loadCountyBoundaries, loadPrefectures, loadProvinces, ringsOf } from './regions.ts';

/** Zones of regions, made once per combination. `version` names the boundaries they rest on. */
export function createAreas(): {
  zoneOf(regions: readonly string[]): Zone;
  readonly version: string;
} {
  const counties = loadCountyBoundaries();
  const made = new Map<string, Zone>();

  const boundariesOf = (code: string): readonly RegionBoundary[] => {
    if (code === DAZHOU) return counties.regions;
    const region =
      counties.regions.find((candidate) => candidate.code === code) ??
      [loadPrefectures, loadProvinces]
        .flatMap((load) => load().regions)
        .find((candidate) => candidate.code === code);
    if (region) return [region];
    throw new UserError(
      'not-found',
      text('没有该区域的边界', 'no boundary is known for this region'),
      {
        detail: code,
      },
    );
  };

  return {
    version: counties.version.slice(0, 12),
    zoneOf(regions) {
      const name = [...regions].sort().join(' ');
      let zone = made.get(name);
      if (!zone) {
        const wanted = new Set(regions.flatMap(boundariesOf));
        // Provinces span a thousand kilometres: their raster is coarser.
        const coarse = regions.some((code) => code.endsWith('0000'));
        zone = new PolygonZone(ringsOf(...wanted), { degreesPerCell: coarse ? 1 / 32 : 1 / 256 });
        made.set(name, zone);
      }
      return zone;
    },
  };
}
