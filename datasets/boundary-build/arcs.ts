// Cuts the rings of adjoining regions into arcs: stretches of border between two points where borders
// meet. Neighbours share the arc, so whatever is done to it is done to both.

import { assert } from '../../core/errors.ts';
import { edgesOf, type Ring, type Vertex } from './vertex.ts';

export type Arc = {
  /** From the first end to the last; a closed arc repeats its first vertex. */
  readonly vertices: readonly Vertex[];
  /** The regions on its two sides, one for an outer border. */
  readonly regions: ReadonlySet<string>;
};

/** An arc as a ring passes it. */
type ArcUse = { readonly arc: number; readonly reversed: boolean };

export type ArcNetwork = {
  readonly arcs: readonly Arc[];
  /** Rings of each region as the arcs they pass, in order. */
  readonly rings: ReadonlyMap<string, readonly (readonly ArcUse[])[]>;
};

export function cutIntoArcs(regions: ReadonlyMap<string, readonly Ring[]>): ArcNetwork {
  const sides = new Map<string, Set<string>>();
  const links = new Map<Vertex, Set<Vertex>>();
  for (const [region, rings] of regions) {
    for (const [a, b] of rings.flatMap((ring) => [...edgesOf(ring)])) {
      add(sides, edgeKey(a, b), region);
      add(links, a, b);
      add(links, b, a);
    }
  }
  const isNode = (before: Vertex, here: Vertex, after: Vertex) =>
    links.get(here)?.size !== 2 ||
    !sameMembers(sides.get(edgeKey(before, here)), sides.get(edgeKey(here, after)));

  const arcs: Arc[] = [];
  const known = new Map<string, ArcUse>();
  const use = (vertices: readonly Vertex[]): ArcUse => {
    const key = vertices.join(' ');
    const found = known.get(key);
    if (found) return found;
    const regionsBeside = sides.get(edgeKey(vertices[0] as Vertex, vertices[1] as Vertex));
    assert(regionsBeside !== undefined, 'an arc is made of edges of the regions');
    const arc = arcs.push({ vertices, regions: regionsBeside }) - 1;
    known.set(vertices.toReversed().join(' '), { arc, reversed: true });
    known.set(key, { arc, reversed: false });
    return { arc, reversed: false };
  };

  const rings = new Map<string, readonly (readonly ArcUse[])[]>();
  for (const [region, own] of regions) {
    rings.set(
      region,
      own.map((ring) => splitAtNodes(ring, isNode).map(use)),
    );
  }
  return { arcs, rings };
}

/** The rings of each region again, with `vertices` in place of each arc's own. */
export function joinArcs(
  network: ArcNetwork,
  vertices: readonly (readonly Vertex[])[],
): Map<string, Ring[]> {
  const joinRing = (uses: readonly ArcUse[]): Ring =>
    uses.flatMap(({ arc, reversed }) => {
      const own = vertices[arc] as readonly Vertex[];
      return (reversed ? own.toReversed() : own).slice(0, -1);
    });
  return new Map([...network.rings].map(([region, rings]) => [region, rings.map(joinRing)]));
}

function splitAtNodes(
  ring: Ring,
  isNode: (before: Vertex, here: Vertex, after: Vertex) => boolean,
): (readonly Vertex[])[] {
  const at = (i: number) => ring[((i % ring.length) + ring.length) % ring.length] as Vertex;
  const nodes = ring.keys().filter((i) => isNode(at(i - 1), at(i), at(i + 1)));
  const cuts = [...nodes];
  if (cuts.length === 0) {
    // A ring without nodes starts at its smallest vertex, so that both sides cut it alike.
    const start = ring.indexOf(Math.min(...ring));
    return [[...ring.slice(start), ...ring.slice(0, start), at(start)]];
  }
  return cuts.map((cut, n) => {
    const next = cuts[n + 1] ?? (cuts[0] as number) + ring.length;
    return Array.from({ length: next - cut + 1 }, (_, i) => at(cut + i));
  });
}

const edgeKey = (a: Vertex, b: Vertex): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

function add<Key, Member>(sets: Map<Key, Set<Member>>, key: Key, member: Member): void {
  const members = sets.get(key);
  if (members) members.add(member);
  else sets.set(key, new Set([member]));
}

const sameMembers = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined) =>
  a !== undefined && b !== undefined && a.size === b.size && [...a].every((one) => b.has(one));
