// The legal frame of each subject as the hot path needs it: which class, which area and other places,
// until when this holds. Asked once per row for all rules; the order book is only consulted when the answer may change.

import type { OrderBook } from '../core/order-book.ts';
import type { OrderFact } from '../core/observation.ts';
import { classOf } from '../core/order.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import { isWithin } from '../core/region.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import type { Zone } from '../core/zone.ts';
import { classCode } from './compile.ts';
import { SlotRecords } from './slot-records.ts';

/** Makes the zone of a set of regions; given by whoever has the boundaries. */
export type Areas = { zoneOf(regions: readonly string[]): Zone };

/** Where an order says its person must be and must not be. */
export type Places = {
  readonly area: Zone;
  /** The regions of the area, sorted. */
  readonly regions: readonly string[];
  readonly curfew: OrderFact['conditions']['curfew'];
  /** Ids of zones a prohibition order closes, sorted. */
  readonly prohibitedZones: readonly string[];
};

/** One run of positions with what the rules need to know about each row; good until the next is prepared. */
export type PositionRun = {
  readonly batch: PositionBatch;
  readonly slots: Int32Array;
  /** Class code of the subject at the time of the row; 0 without an order. */
  readonly classes: Uint8Array;
  /** Index into `places` of what the subject's order says. */
  readonly areas: Int32Array;
  readonly places: readonly Places[];
  /** 1 where the row is older than the newest row known of its subject. */
  readonly late: Uint8Array;
  /** Oldest and newest event time of the rows. */
  readonly firstMs: number;
  readonly lastMs: number;
};

/** Places in the record of a subject. */
const FROM = 0;
const UNTIL = 1;
const NEWEST = 2;
const CLASS_AND_AREA = 3;
/** The class code lies in the low bits, the number of the zone above. */
const CLASS_BITS = 2;
const CLASS_MASK = (1 << CLASS_BITS) - 1;

export class Frame {
  readonly #orders: OrderBook;
  readonly #subjects: SubjectTable;
  readonly #areas: Areas;
  readonly #sameCity: readonly (readonly string[])[];
  readonly #places: Places[] = [];
  readonly #numberOfPlaces = new Map<string, number>();
  readonly #widened = new Map<string, string[]>();
  /** Until when and what the order book last answered, and the newest event time seen. */
  readonly #known = new SlotRecords(4);
  readonly #columns = new RunColumns();

  constructor(deps: {
    orders: OrderBook;
    subjects: SubjectTable;
    areas: Areas;
    sameCityDistricts: readonly (readonly string[])[];
  }) {
    this.#orders = deps.orders;
    this.#subjects = deps.subjects;
    this.#areas = deps.areas;
    this.#sameCity = deps.sameCityDistricts;
  }

  /** The regions a person may be in: the order's, widened by the other districts of the same city. */
  areaOf(area: readonly string[]): readonly string[] {
    const name = area.join(' ');
    let regions = this.#widened.get(name);
    if (!regions) {
      const widened = this.#sameCity
        .filter((districts) => districts.some((district) => area.includes(district)))
        .flat();
      regions = [...new Set([...area, ...widened])].sort();
      this.#widened.set(name, regions);
    }
    return regions;
  }

  /** True when the region lies in the area. */
  covers(area: readonly string[], region: string): boolean {
    return this.areaOf(area).some((allowed) => isWithin(region, allowed));
  }

  /** The places of an order; the same object for orders that say the same. */
  placesOf(order: OrderFact): Places {
    return this.#places[this.#numberPlaces(order)] as Places;
  }

  /** Looks up class and area of every row and marks rows that come late. */
  prepare(batch: PositionBatch): PositionRun {
    const slotByWord = this.#subjects.slotsOf(batch.subjects);
    this.#known.reserve(this.#subjects.size);
    const { length, subject, atMs } = batch;
    const { slots, classes, areas, late } = this.#columns.of(length);
    const known = this.#known.numbers;
    let firstMs = Infinity;
    let lastMs = -Infinity;
    for (let row = 0; row < length; row++) {
      const slot = slotByWord[subject[row] as number] as number;
      const at = atMs[row] as number;
      const record = slot * 4;
      slots[row] = slot;
      if (at < firstMs) firstMs = at;
      if (at > lastMs) lastMs = at;
      // Fresh records hold zeros, so the first question about a subject always misses.
      if (!(at >= (known[record + FROM] as number) && at < (known[record + UNTIL] as number))) {
        this.#refresh(slot, at);
      }
      const frame = (known[record + CLASS_AND_AREA] as number) | 0;
      classes[row] = frame & CLASS_MASK;
      areas[row] = frame >> CLASS_BITS;
      const isLate = at < (known[record + NEWEST] as number);
      late[row] = isLate ? 1 : 0;
      if (!isLate) known[record + NEWEST] = at;
    }
    const places = this.#places;
    return { batch, slots, classes, areas, places, late, firstMs, lastMs };
  }

  /** An order or leave of this subject came: what was looked up no longer holds. */
  forget(slot: number): void {
    this.#known.reserve(slot + 1);
    this.#known.numbers[slot * 4 + UNTIL] = 0;
  }

  snapshot(): unknown {
    return this.#known.snapshot(this.#subjects.size);
  }

  restore(state: unknown): void {
    this.#known.restore(state as Float64Array);
    // Zones are numbered anew in every process, so every frame is asked for again.
    for (let slot = 0; slot < this.#subjects.size; slot++) this.forget(slot);
  }

  #refresh(slot: number, atMs: number): void {
    const key = this.#subjects.keyOf(slot);
    const span = this.#orders.orderSpan(key, atMs);
    const order = this.#orders.orderAt(key, atMs);
    const known = this.#known.numbers;
    known[slot * 4 + FROM] = span.fromMs;
    known[slot * 4 + UNTIL] = span.untilMs;
    known[slot * 4 + CLASS_AND_AREA] = order
      ? classCode(classOf(order)) | (this.#numberPlaces(order) << CLASS_BITS)
      : 0;
  }

  #numberPlaces({ area, conditions }: OrderFact): number {
    const regions = this.areaOf(area);
    const { curfew } = conditions;
    const prohibitedZones = conditions.prohibitedZones?.toSorted() ?? [];
    const isPlain = !curfew && prohibitedZones.length === 0;
    const name = isPlain
      ? regions.join(' ')
      : JSON.stringify([regions, curfew ?? 0, prohibitedZones]);
    let number = this.#numberOfPlaces.get(name);
    if (number === undefined) {
      const zone = this.#areas.zoneOf(regions);
      number = this.#places.push({ area: zone, regions, curfew, prohibitedZones }) - 1;
      this.#numberOfPlaces.set(name, number);
    }
    return number;
  }
}

/** Columns the runs take turns in: a fresh megabyte for each would be cleared and collected every time. */
class RunColumns {
  #slots = new Int32Array(0);
  #classes = new Uint8Array(0);
  #areas = new Int32Array(0);
  #late = new Uint8Array(0);

  /** Room for `length` rows, holding what was left there. */
  of(length: number): Pick<PositionRun, 'slots' | 'classes' | 'areas' | 'late'> {
    if (length > this.#slots.length) {
      this.#slots = new Int32Array(length);
      this.#classes = new Uint8Array(length);
      this.#areas = new Int32Array(length);
      this.#late = new Uint8Array(length);
    }
    return {
      slots: this.#slots.subarray(0, length),
      classes: this.#classes.subarray(0, length),
      areas: this.#areas.subarray(0, length),
      late: this.#late.subarray(0, length),
    };
  }
}
