// Turns any heap of adjoining polygons into the clean boundary of their union: edges that two polygons
// share cancel out, what is left is walked into simple rings. One polygon alone comes out cleaned of
// spikes and split where its ring touches itself.

import { assert } from '../../core/errors.ts';
import { columnOf, doubleArea, edgesOf, rowOf, type Ring, type Vertex } from './vertex.ts';

/**
 * The boundary of the union of `rings`, outer rings counter-clockwise and holes clockwise, before and
 * after. In the result no vertex occurs twice in one ring.
 */
export function dissolve(rings: Iterable<Ring>): Ring[] {
  const edges = new DirectedEdges();
  for (const ring of rings) edges.addRing(ring);
  return edges.walk();
}

/** The polygon's rings turned so that the land is on their left. */
export const orient = (polygon: readonly Ring[]): Ring[] =>
  polygon.map((ring, i) => (doubleArea(ring) > 0 === (i === 0) ? ring : ring.toReversed()));

/** Edges with the land on their left. Adding the reverse of one that is there removes it. */
class DirectedEdges {
  readonly #from = new Map<Vertex, Vertex[]>();

  addRing(ring: Ring): void {
    for (const [from, to] of edgesOf(ring)) this.#add(from, to);
  }

  #add(from: Vertex, to: Vertex): void {
    if (from === to || this.#remove(to, from)) return;
    const targets = this.#from.get(from);
    if (targets) targets.push(to);
    else this.#from.set(from, [to]);
  }

  /** Takes all edges, as rings. */
  walk(): Ring[] {
    const rings: Ring[] = [];
    for (const start of [...this.#from.keys()].sort((a, b) => a - b)) {
      while (this.#from.has(start)) this.#walkFrom(start, rings);
    }
    return rings;
  }

  /** Follows edges from `start` back to it; a vertex met twice closes a ring of its own. */
  #walkFrom(start: Vertex, rings: Ring[]): void {
    const path: Vertex[] = [start];
    const places = new Map<Vertex, number>([[start, 0]]);
    while (path.length > 0) {
      const here = path.at(-1) as Vertex;
      const there = this.#turn(path.at(-2), here);
      this.#remove(here, there);
      const place = places.get(there);
      if (place === undefined) {
        places.set(there, path.length);
        path.push(there);
        continue;
      }
      const ring = path.splice(place);
      for (const vertex of ring) places.delete(vertex);
      if (ring.length > 2) rings.push(ring);
      if (place === 0) return;
      places.set(there, path.length);
      path.push(there);
    }
  }

  /** The way on that keeps to the same wedge of land: the first one clockwise from where we came. */
  #turn(before: Vertex | undefined, here: Vertex): Vertex {
    const targets = this.#from.get(here);
    assert(targets !== undefined, 'every edge that arrives at a vertex has one that leaves it');
    if (targets.length === 1 || before === undefined) return targets[0] as Vertex;
    const back = angle(here, before);
    const clockwise = (to: Vertex) => {
      const turned = (back - angle(here, to)) % (2 * Math.PI);
      return turned <= 0 ? turned + 2 * Math.PI : turned;
    };
    return targets.reduce((best, to) => (clockwise(to) < clockwise(best) ? to : best));
  }

  #remove(from: Vertex, to: Vertex): boolean {
    const targets = this.#from.get(from);
    const index = targets?.indexOf(to) ?? -1;
    if (!targets || index < 0) return false;
    if (targets.length === 1) this.#from.delete(from);
    else targets.splice(index, 1);
    return true;
  }
}

const angle = (from: Vertex, to: Vertex): number =>
  Math.atan2(rowOf(to) - rowOf(from), columnOf(to) - columnOf(from));
