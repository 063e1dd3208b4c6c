// ⑨ Where everyone was last seen, as unnamed points for the map. Fed with log records; says what changed
// since it was asked before.

import type { OrderBook } from '../../core/order-book.ts';
import { classOf, SUBJECT_CLASSES } from '../../core/order.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { LABEL, UNPLACED } from '../../core/position-codes.ts';
import type { SourceKind } from '../../core/source.ts';
import { SubjectTable } from '../../core/subject-table.ts';
import type { Level } from '../../core/finding.ts';
import { POINT_STATES, type CountyCounts, type Points } from '../api/wall.ts';

/** A point without a fix for longer than this is drawn as stale and not counted as located. */
export const STALE_MS = 15 * 60_000;

/** Sources that tell where a person is. */
const POSITION_SOURCES: readonly SourceKind[] = ['bracelet', 'phone', 'vehicle'];

type Person = {
  /** What the map may call the person, as long as this process runs. */
  point: number;
  lng: number;
  lat: number;
  /** Event time of the newest placed fix; 0 before the first. */
  atMs: number;
  state: number;
  klass: number;
  county: string;
  locatable: boolean;
  onLeave: boolean;
};

export type PointBook = {
  take(batch: PositionBatch): void;
  /** The frame of everyone anew: orders, leaves and open alerts as of `atMs`. */
  refresh(atMs: number, openLevels: ReadonlyMap<string, Level>): void;
  all(atMs: number): Points;
  /** What changed since this was called before. */
  changes(atMs: number): Points;
  counts(
    atMs: number,
  ): ReadonlyMap<string, Pick<CountyCounts, 'persons' | 'located' | 'locatable'>>;
};

export function createPointBook(orders: OrderBook, firstPoint: number): PointBook {
  const subjects = new SubjectTable();
  const people: Person[] = [];
  const changed = new Set<number>();

  const personOf = (slot: number): Person => {
    let person = people[slot];
    if (!person) {
      person = {
        point: firstPoint + slot,
        lng: 0,
        lat: 0,
        atMs: 0,
        state: POINT_STATES.normal,
        klass: -1,
        county: '',
        locatable: false,
        onLeave: false,
      };
      people[slot] = person;
    }
    return person;
  };

  const setState = (slot: number, person: Person, state: number) => {
    if (person.state === state) return;
    person.state = state;
    changed.add(slot);
  };

  const pointsOf = (slots: Iterable<number>, atMs: number, complete: boolean): Points => {
    const points: Points = { atMs, complete, point: [], lng: [], lat: [], state: [], klass: [] };
    for (const slot of slots) {
      const person = people[slot];
      if (!person || person.atMs === 0 || person.klass < 0) continue;
      points.point.push(person.point);
      points.lng.push(round(person.lng));
      points.lat.push(round(person.lat));
      points.state.push(person.state);
      points.klass.push(person.klass);
    }
    return points;
  };

  return {
    take(batch) {
      const slotByWord = subjects.slotsOf(batch.subjects);
      for (let row = 0; row < batch.length; row++) {
        if (((batch.labels[row] as number) & (UNPLACED | LABEL.badAccuracy)) !== 0) continue;
        const slot = slotByWord[batch.subject[row] as number] as number;
        const person = personOf(slot);
        const atMs = batch.atMs[row] as number;
        if (atMs < person.atMs) continue;
        person.atMs = atMs;
        person.lng = batch.lng[row] as number;
        person.lat = batch.lat[row] as number;
        changed.add(slot);
      }
    },
    refresh(atMs, openLevels) {
      for (const key of orders.subjects()) {
        const slot = subjects.slotOf(key);
        const person = personOf(slot);
        const order = orders.orderAt(key, atMs);
        person.klass = order ? SUBJECT_CLASSES.indexOf(classOf(order)) : -1;
        person.county = order?.county ?? '';
        person.locatable = POSITION_SOURCES.some((source) => orders.basisAt(key, source, atMs));
        person.onLeave = order !== undefined && orders.leavesAt(key, atMs).length > 0;
        setState(slot, person, stateOf(person, openLevels.get(key), atMs));
      }
    },
    all: (atMs) => pointsOf(people.keys(), atMs, true),
    changes(atMs) {
      const points = pointsOf(changed, atMs, false);
      changed.clear();
      return points;
    },
    counts(atMs) {
      const counts = new Map<string, Pick<CountyCounts, 'persons' | 'located' | 'locatable'>>();
      for (const person of people) {
        const subjectClass = SUBJECT_CLASSES[person.klass];
        if (!subjectClass) continue;
        let county = counts.get(person.county);
        if (!county) {
          county = { persons: { cc: 0, raKey: 0, raOrdinary: 0 }, located: 0, locatable: 0 };
          counts.set(person.county, county);
        }
        county.persons[subjectClass]++;
        if (!person.locatable) continue;
        county.locatable++;
        if (atMs - person.atMs <= STALE_MS) county.located++;
      }
      return counts;
    },
  };
}

function stateOf(person: Person, level: Level | undefined, atMs: number): number {
  if (level !== undefined) return POINT_STATES[`level${level}`];
  if (person.atMs > 0 && atMs - person.atMs > STALE_MS) return POINT_STATES.stale;
  return person.onLeave ? POINT_STATES.onLeave : POINT_STATES.normal;
}

/** Ten metres: what a wall needs to draw. */
const round = (degrees: number) => Math.round(degrees * 1e4) / 1e4;
