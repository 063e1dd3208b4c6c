// Where to write a region's name: the point of its largest part that lies farthest from the border
// (the pole of inaccessibility, found by quadtree search as in V. Agafonkin's polylabel, 2016).

import { assert } from '../../core/errors.ts';
import { METRES_PER_DEGREE, type LngLat } from '../../core/geo.ts';

type Cell = {
  readonly x: number;
  readonly y: number;
  readonly half: number;
  readonly distance: number;
  readonly best: number;
};

/** A point inside the polygon (outer ring, then holes), within `precisionM` of the farthest possible. */
export function labelPoint(polygon: readonly (readonly LngLat[])[], precisionM: number): LngLat {
  const outer = polygon[0];
  assert(outer !== undefined && outer.length > 3, 'a polygon has an outer ring');
  const [originLng, originLat] = outer[0] as LngLat;
  const perLng = METRES_PER_DEGREE * Math.cos((originLat * Math.PI) / 180);
  const plane = polygon.map((ring) =>
    ring.map(([lng, lat]): LngLat => [
      (lng - originLng) * perLng,
      (lat - originLat) * METRES_PER_DEGREE,
    ]),
  );
  const xs = (plane[0] as LngLat[]).map(([x]) => x);
  const ys = (plane[0] as LngLat[]).map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
  const side = Math.min(right - left, top - bottom);

  const cellAt = (x: number, y: number, half: number): Cell => {
    const distance = signedDistance(plane, x, y);
    return { x, y, half, distance, best: distance + half * Math.SQRT2 };
  };
  let best = cellAt((left + right) / 2, (bottom + top) / 2, 0);
  let open: Cell[] = [];
  for (let x = left; x < right; x += side) {
    for (let y = bottom; y < top; y += side) {
      open.push(cellAt(x + side / 2, y + side / 2, side / 2));
    }
  }
  while (open.length > 0) {
    for (const cell of open) if (cell.distance > best.distance) best = cell;
    open = open
      .filter((cell) => cell.best - best.distance > precisionM)
      .flatMap(({ x, y, half }) =>
        [-1, 1].flatMap((i) =>
          [-1, 1].map((j) => cellAt(x + (i * half) / 2, y + (j * half) / 2, half / 2)),
        ),
      );
  }
  return [originLng + best.x / perLng, originLat + best.y / METRES_PER_DEGREE];
}

/** Distance to the nearest edge, positive inside, by walking every edge. */
function signedDistance(polygon: readonly (readonly LngLat[])[], x: number, y: number): number {
  let inside = false;
  let nearest = Infinity;
  for (const ring of polygon) {
    for (let i = 0; i + 1 < ring.length; i++) {
      const [ax, ay] = ring[i] as LngLat;
      const [bx, by] = ring[i + 1] as LngLat;
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      const [dx, dy] = [bx - ax, by - ay];
      const length2 = dx * dx + dy * dy;
      const along =
        length2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length2));
      const awayX = x - ax - along * dx;
      const awayY = y - ay - along * dy;
      nearest = Math.min(nearest, awayX * awayX + awayY * awayY);
    }
  }
  return inside ? Math.sqrt(nearest) : -Math.sqrt(nearest);
}
