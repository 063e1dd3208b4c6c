import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distanceM, type LngLat } from '../../core/geo.ts';
import { cutIntoArcs, joinArcs } from './arcs.ts';
import { findCrossings } from './crossings.ts';
import { dissolve, orient } from './dissolve.ts';
import { labelPoint } from './label-point.ts';
import { toPolygons, withoutSpecks } from './parts.ts';
import { refine } from './refine.ts';
import { simplifyArcs } from './simplify.ts';
import { snap } from './snap.ts';
import { decodeRing } from './source.ts';
import {
  columnOf,
  doubleArea,
  offsetM,
  rowOf,
  vertexOf,
  type Ring,
  type Vertex,
} from './vertex.ts';
import { toDegrees } from './write.ts';

/** Vertices around (100°, 30°) by their offset in cells: `ring('0,0 4,0 4,4')`. */
const ring = (text: string): Ring =>
  text.split(' ').map((point) => {
    const [x = 0, y = 0] = point.split(',').map(Number);
    return at(x, y);
  });
const at = (x: number, y: number): Vertex => vertexOf(102_400 + x, 30_720 + y);
const show = (vertices: readonly Vertex[]) =>
  vertices.map((vertex) => `${columnOf(vertex) - 102_400},${rowOf(vertex) - 30_720}`).join(' ');
const area = (rings: readonly Ring[]) => rings.reduce((sum, one) => sum + doubleArea(one) / 2, 0);

describe('decoding', () => {
  test('reads the differences ECharts writes', () => {
    // Zig-zag 0, 2, 1, 3 and 20 behind the offset 64.
    expect(show(decodeRing('@@B@A@@CT@', [102_400, 30_720]))).toBe('0,0 1,0 0,0 0,-2 10,-2');
  });

  test('puts a vertex half a cell below where the encoder rounded it up to', () => {
    const [lng, lat] = toDegrees(vertexOf(102_400, 30_720), 'wgs84-rounded');
    expect([lng, lat]).toEqual([100, 30]);
    const shifted = toDegrees(vertexOf(102_400, 30_720), 'gcj02-ceiling');
    expect(distanceM(lng, lat, ...shifted)).toBeGreaterThan(100);
  });
});

describe('dissolving', () => {
  const left = ring('0,0 4,0 4,4 0,4');
  test.each([
    ['neighbours lose their common border', [left, ring('4,0 8,0 8,4 4,4')], 1, 32],
    ['a spike disappears', [ring('0,0 4,0 4,4 4,9 4,4 0,4')], 1, 16],
    ['a ring that touches itself falls into two', [ring('0,0 4,0 4,4 8,4 8,8 4,8 4,4 0,4')], 2, 32],
    ['a hole filled by an enclave closes', [...withHole(), ring('1,1 2,1 2,2 1,2')], 1, 16],
    ['an unfilled hole stays', withHole(), 2, 15],
  ])('%s', (_, rings, count, cells) => {
    const result = dissolve(rings);
    expect(result).toHaveLength(count);
    expect(area(result)).toBe(cells);
  });

  test('turns rings so that land is on the left', () => {
    const turned = orient([left.toReversed(), ring('1,1 2,1 2,2 1,2')]);
    expect(turned.map((one) => Math.sign(doubleArea(one)))).toEqual([1, -1]);
  });

  function withHole(): Ring[] {
    return [ring('0,0 4,0 4,4 0,4'), ring('1,1 1,2 2,2 2,1')];
  }
});

describe('refining', () => {
  test('gives the coarse side of a border the fine side’s vertices, and leaves the fine side', () => {
    const fine = ring('0,0 4,0 5,2 4,4 0,4');
    const coarse = ring('4,0 9,0 9,4 4,4');
    const [one, two] = refine([[fine], [coarse]]) as [Ring[], Ring[]];
    expect(one).toEqual([fine]);
    expect(show(two[0] as Ring)).toBe('4,0 9,0 9,4 4,4 5,2');
    expect(area(dissolve([...one, ...two]))).toBe(36);
  });
});

describe('snapping', () => {
  test('moves the outer vertices of a stray file onto the border beside, all its shapes alike', () => {
    const anchors = [ring('0,0 -50,0 -50,20 0,20')];
    const upper = ring('1,12 30,10 30,30 2,19');
    const lower = ring('1,1 30,1 30,10 1,12');
    const [one = [], two = []] = snap([[upper], [lower]], anchors);
    expect(show(one[0] as Ring)).toBe('30,10 30,30 0,20');
    expect(show(two[0] as Ring)).toBe('0,0 30,1 30,10 0,20');
  });
});

describe('simplifying', () => {
  test('keeps every left-out vertex within the tolerance', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3 }), (bends) => {
        const arc = bends.map((bend, i) => at(i * 5, bend));
        const [line = []] = simplifyArcs([arc], () => 800);
        expect(line[0]).toBe(arc[0]);
        expect(line.at(-1)).toBe(arc.at(-1));
        for (const vertex of arc) expect(distanceToLineM(vertex, line)).toBeLessThanOrEqual(801);
      }),
    );
  });

  test('draws finer where borders would come to cross', () => {
    const fixed = [at(0, 0), at(12, 6), at(24, 0)];
    const beside = [at(0, 2), at(12, 8), at(24, 2)];
    expect(findCrossings([fixed, beside])).toEqual([]);
    expect(findCrossings([fixed, [at(0, 2), at(24, 2)]])).toEqual([0, 1]);
    const drawn = simplifyArcs([fixed, beside], (arc) => (arc === 0 ? 0 : 2_000));
    expect(findCrossings(drawn)).toEqual([]);
    expect(drawn[1]).toEqual(beside);
  });

  test('never lets a small island vanish', () => {
    const island = [...ring('0,0 2,0 3,1 2,2 0,2'), at(0, 0)];
    const [drawn = []] = simplifyArcs([island], () => 50_000);
    expect(new Set(drawn).size).toBeGreaterThanOrEqual(3);
  });

  test('does to neighbours the same', () => {
    const regions = new Map([
      ['west', [ring('0,0 10,0 11,3 10,5 11,8 10,10 0,10')]],
      ['east', [ring('10,0 20,0 20,10 10,10 11,8 10,5 11,3')]],
    ]);
    const network = cutIntoArcs(regions);
    expect(network.arcs).toHaveLength(3);
    const arcs = network.arcs.map((one) => one.vertices);
    expect(joinedAreas(joinArcs(network, arcs))).toEqual(joinedAreas(regions));
    const joined = joinArcs(
      network,
      simplifyArcs(arcs, () => 2_000),
    );
    expect(dissolve([...joined.values()].flat()).map(doubleArea)).toEqual([400]);
  });

  const joinedAreas = (regions: ReadonlyMap<string, readonly Ring[]>) =>
    [...regions].map(([name, rings]) => [name, area(rings)]);
});

describe('parts', () => {
  const mainland = ring('0,0 100,0 100,100 0,100');
  const lake = ring('20,20 20,40 40,40 40,20');
  const islet = ring('110,0 111,0 111,1 110,1');
  const farIslet = ring('2000,0 2001,0 2001,1 2000,1');

  test('holes go to the ring around them', () => {
    const inLake = ring('25,25 30,25 30,30 25,30');
    expect(toPolygons([inLake, lake, mainland])).toEqual([[mainland, lake], [inLake]]);
  });

  test('specks go, unless they lie far from anything larger', () => {
    const crack = ring('50,50 50,52 51,51');
    const kept = withoutSpecks([mainland, crack, lake, islet, farIslet], {
      islandKm2: 1,
      nearM: 40_000,
      holeKm2: 1,
    });
    expect(kept).toEqual([mainland, lake, farIslet]);
  });
});

describe('the label point', () => {
  test('of a square is its middle, of an L its corner, of a ring not its hole', () => {
    const degrees = (points: [number, number][]): LngLat[] =>
      points.map(([x, y]) => [100 + x / 100, 30 + y / 100]);
    const square = degrees([
      [0, 0],
      [4, 0],
      [4, 4],
      [0, 4],
      [0, 0],
    ]);
    const [lng, lat] = labelPoint([square], 20);
    expect(distanceM(lng, lat, 100.02, 30.02)).toBeLessThan(300);
    const hole = degrees([
      [1, 1],
      [1, 3.5],
      [3.5, 3.5],
      [3.5, 1],
      [1, 1],
    ]);
    const [x, y] = labelPoint([square, hole], 20);
    expect(x < 100.01 || y < 30.01).toBe(true);
  });
});

function distanceToLineM(vertex: Vertex, line: readonly Vertex[]): number {
  let nearest = Infinity;
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax, ay] = offsetM(vertex, line[i] as Vertex);
    const [bx, by] = offsetM(vertex, line[i + 1] as Vertex);
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(ax + along * dx, ay + along * dy));
  }
  return nearest;
}
