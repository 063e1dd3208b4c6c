// One pass over a run of positions for all zone rules: which rows does any of them have to look at? Nearly
// every fix of nearly everyone lies surely where it should, with nothing open about the person; such a row
// is dismissed here once, and no rule sees it.
//
// Most of these are dismissed without a look at any zone: for the small cells of an area it is remembered
// that nothing in them is of interest (safe-cells.ts).

import type { Zone } from '../core/zone.ts';
import type { Places, PositionRun } from './frame.ts';
import { SafeCells } from './safe-cells.ts';
import { SlotBytes } from './slot-bytes.ts';

/**
 * What a zone rule wants to see of a run: every row of a person under an order; rows near or beyond the
 * border of its `zones`; all rows of persons whose place has a 1; or nothing, being asleep throughout.
 */
export type RunInterest = 'everything' | 'zones' | Uint8Array | undefined;

/** Zones everybody's fixes are held against. */
export type WatchedZones = {
  /** Equal for rules that watch the same zones. */
  readonly name: string;
  /** The sign of a clearance that alarms. */
  readonly direction: 1 | -1;
  /** The zone of an index into the run's places. */
  of(area: number): Zone;
};

export type ZoneWatcher = {
  readonly zones?: WatchedZones;
  interestIn(run: PositionRun): RunInterest;
  /** True while the rule keeps something open about the subject. */
  isOpen(slot: number): boolean;
};

/** Zones of one name and direction, and whether a rule that is awake watches them. */
type Watch = { readonly zones: WatchedZones; isAwake: boolean };

/** Bits of what is known of a subject. */
const OPEN = 1;
const IN_RUN = 2;

export class ZoneScan {
  readonly #watchers: ZoneWatcher[] = [];
  readonly #watches: Watch[] = [];
  /** OPEN while any rule keeps something open about the subject; IN_RUN only during a scan. */
  readonly #subjects = new SlotBytes();
  /** By index into the places of a run; places with the same area share their cells. */
  readonly #cellsOf: SafeCells[] = [];
  readonly #cellsByArea = new Map<Zone, SafeCells>();
  #scanned: PositionRun | undefined;
  #rows: Int32Array = new Int32Array(0);
  /** Written over by every scan. */
  #wanted = new Uint8Array(0);
  #rowRoom = new Int32Array(0);

  add(watcher: ZoneWatcher): void {
    this.#watchers.push(watcher);
    if (watcher.zones && !this.#watchOf(watcher.zones)) {
      this.#watches.push({ zones: watcher.zones, isAwake: false });
    }
  }

  /** To be told whenever what `isOpen` says of a subject may have changed. */
  note(slot: number): void {
    this.#subjects.reserve(slot + 1);
    this.#subjects.bytes[slot] = this.#watchers.some((watcher) => watcher.isOpen(slot)) ? OPEN : 0;
  }

  /**
   * Rows of the run at least one rule has to look at, in order, and with each of them all others of its
   * subject: what is opened by one may be closed by the next. Worked out when first asked for; good until
   * the next run is.
   */
  rowsOf(run: PositionRun, subjects: number): Int32Array {
    if (this.#scanned !== run) {
      this.#scanned = run;
      this.#subjects.reserve(subjects);
      this.#rows = this.#scan(run);
    }
    return this.#rows;
  }

  #scan(run: PositionRun): Int32Array {
    const { classes, slots, areas, batch } = run;
    const { length, lng, lat } = batch;
    const wanted = this.#wantedWithoutZones(run);
    const subjects = this.#subjects.bytes;
    const cells = this.#cellsOf;
    for (let row = 0; row < length; row++) {
      if (classes[row] === 0) continue;
      if (wanted[row] === 0) {
        const area = cells[areas[row] as number] as SafeCells;
        if (area.isSafe(lng[row] as number, lat[row] as number)) continue;
        if (!this.#mustSee(run, row)) continue;
      }
      const slot = slots[row] as number;
      subjects[slot] = (subjects[slot] as number) | IN_RUN;
    }
    const rows = this.#rowRoom;
    let count = 0;
    for (let row = 0; row < length; row++) {
      if (subjects[slots[row] as number] !== 0) rows[count++] = row;
    }
    for (let at = 0; at < count; at++) {
      const slot = slots[rows[at] as number] as number;
      subjects[slot] = (subjects[slot] as number) & OPEN;
    }
    return rows.subarray(0, count);
  }

  /** 1 for rows that are late or that a rule wants whatever the clearance. */
  #wantedWithoutZones(run: PositionRun): Uint8Array {
    const { late, areas } = run;
    const { length } = run.batch;
    if (length > this.#wanted.length) {
      this.#wanted = new Uint8Array(length);
      this.#rowRoom = new Int32Array(length);
    }
    const wanted = this.#wanted.subarray(0, length);
    wanted.set(late);
    for (const watch of this.#watches) watch.isAwake = false;
    for (const watcher of this.#watchers) {
      const interest = watcher.interestIn(run);
      if (interest === 'everything') wanted.fill(1);
      else if (interest === 'zones') {
        const watch = watcher.zones && this.#watchOf(watcher.zones);
        if (watch) watch.isAwake = true;
      } else if (interest) markPlaces(wanted, areas, interest);
    }
    for (let area = this.#cellsOf.length; area < run.places.length; area++) {
      this.#cellsOf.push(this.#makeCells(area, (run.places[area] as Places).area));
    }
    return wanted;
  }

  /** Holds a row against all zones: true when a rule that is awake has to look at it. */
  #mustSee({ batch, areas }: PositionRun, row: number): boolean {
    const lng = batch.lng[row] as number;
    const lat = batch.lat[row] as number;
    const area = areas[row] as number;
    for (const { zones, isAwake } of this.#watches) {
      // Also what is no number: a place nobody can tell is looked at.
      if (isAwake && !(zones.direction * zones.of(area).clearanceM(lng, lat) < 0)) return true;
    }
    return false;
  }

  /** The least distance in metres of a place from where any zone becomes of interest; 0 or less when it is. */
  #clearOfAllM(area: number, lng: number, lat: number): number {
    return Math.min(
      ...this.#watches.map(({ zones }) => -zones.direction * zones.of(area).clearanceM(lng, lat)),
    );
  }

  #makeCells(area: number, zone: Zone): SafeCells {
    let cells = this.#cellsByArea.get(zone);
    if (!cells) {
      cells = new SafeCells(zone.box, (lng, lat) => this.#clearOfAllM(area, lng, lat));
      this.#cellsByArea.set(zone, cells);
    }
    return cells;
  }

  #watchOf({ name, direction }: WatchedZones): Watch | undefined {
    return this.#watches.find(({ zones }) => zones.name === name && zones.direction === direction);
  }
}

function markPlaces(wanted: Uint8Array, areas: Int32Array, places: Uint8Array): void {
  for (let row = 0; row < wanted.length; row++) {
    wanted[row] = (wanted[row] as number) | (places[areas[row] as number] as number);
  }
}
