// Says what is odd about a position and keeps it: an unreachable place, a receiver that repeats itself,
// a missing error radius. What cannot be a place on earth, or is from another time, goes to the dead
// letters. Rounds coordinates to the one precision they are kept in.

import { isInChinaBox } from '../../core/datum.ts';
import { distanceM, isOnEarth, roundDegrees } from '../../core/geo.ts';
import { isFrameKind } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { DEFAULT_ACCURACY_M, FIX_KINDS, LABEL } from '../../core/position-codes.ts';
import { dead, ok } from '../../core/outcome.ts';
import { formatDuration } from '../../core/duration.ts';
import { verdictOf } from '../reasons.ts';
import type { Run, Step } from '../step.ts';

export type CleanOptions = {
  /** Above this speed between two fixes the later one is labelled; facts.md §9.5 proposes 200. */
  speedKmhMax: number;
  /** So many labelled fixes that agree with each other are believed: the person took a train. */
  agreeingFixesMin: number;
  /** The same coordinates to the last digit for longer than this are a receiver repeating itself. */
  sameFixMsMax: number;
  /** Error radius beyond which a fix no longer places a person. */
  accuracyMMax: number;
  /** Clocks ahead of ours by more than this are wrong; facts.md §5.5 proposes 5 minutes. */
  futureMsMax: number;
  /** Facts older than this on arrival are not taken in. */
  pastMsMax: number;
};

export const CLEAN_DEFAULTS: CleanOptions = {
  speedKmhMax: 200,
  agreeingFixesMin: 3,
  sameFixMsMax: 6 * 3_600_000,
  accuracyMMax: 2_000,
  futureMsMax: 5 * 60_000,
  pastMsMax: 7 * 86_400_000,
};

export function createCleanPosition(options: CleanOptions = CLEAN_DEFAULTS): Step {
  const tracks = new Tracks(options);
  const offEarth = verdictOf('off-earth');
  const swapped = verdictOf('coordinates-swapped');
  const future = verdictOf('time-in-future');
  const past = verdictOf('time-too-old');

  const judge = ({ batch }: Run, row: number): number => {
    const receivedAtMs = batch.receivedAtMs[row] as number;
    const lng = batch.lng[row] as number;
    const lat = batch.lat[row] as number;
    const atMs = batch.atMs[row] as number;
    if (!isOnEarth(lng, lat)) return isInChinaBox(lat, lng) ? swapped : offEarth;
    if (!(atMs <= receivedAtMs + options.futureMsMax)) return future;
    if (atMs < receivedAtMs - options.pastMsMax) return past;
    return 0;
  };

  return {
    name: 'clean-position',
    positions(run) {
      const { batch, slots, verdicts } = run;
      for (let row = 0; row < batch.length; row++) {
        if (verdicts[row] !== 0) continue;
        const verdict = judge(run, row);
        verdicts[row] = verdict;
        if (verdict !== 0) continue;
        tidy(batch, row, options);
        const label = tracks.follow(slots[row] as number, batch, row);
        batch.labels[row] = (batch.labels[row] as number) | label;
      }
    },
    fact(fact) {
      const lateness = fact.receivedAtMs - fact.atMs;
      // An order, leave or basis may lie far back: it states what has been in force all along.
      if (isFrameKind(fact.kind)) return ok(fact);
      if (-lateness > options.futureMsMax) {
        return dead('time-in-future', `${formatDuration(-lateness)} ahead`);
      }
      if (lateness > options.pastMsMax) {
        return dead('time-too-old', `${formatDuration(lateness)} ago`);
      }
      return ok(fact);
    },
    recall: {
      positions({ batch, slots }) {
        for (let row = 0; row < batch.length; row++)
          tracks.follow(slots[row] as number, batch, row);
      },
      fact: () => {},
    },
  };
}

/** Rounds the place, fills in a missing error radius, labels what the row alone tells. */
function tidy(batch: PositionBatch, row: number, options: CleanOptions): void {
  let labels = batch.labels[row] as number;
  batch.lng[row] = roundDegrees(batch.lng[row] as number);
  batch.lat[row] = roundDegrees(batch.lat[row] as number);
  // Receivers without a fix report the Gulf of Guinea.
  if (batch.lng[row] === 0 && batch.lat[row] === 0) labels |= LABEL.noFix;
  const accuracyM = batch.accuracyM[row] as number;
  if (Number.isNaN(accuracyM)) {
    batch.accuracyM[row] = DEFAULT_ACCURACY_M[FIX_KINDS[batch.fix[row] as number] ?? 'gnss'];
    labels |= LABEL.assumedAccuracy;
  } else if (accuracyM > options.accuracyMMax) {
    labels |= LABEL.badAccuracy;
  }
  batch.labels[row] = labels;
}

const COLUMNS = 7;
const LAST_LNG = 0;
const LAST_LAT = 1;
const LAST_AT = 2;
const LAST_ACCURACY = 3;
const SAME_SINCE = 4;
const NEWEST_AT = 5;
const DOUBTED = 6;

/** Each subject's last believed place, and the last doubted one until enough of them agree. */
class Tracks {
  readonly #options: CleanOptions;
  #believed = new Float64Array(1_024 * COLUMNS).fill(Number.NaN);
  readonly #doubted = new Map<number, { lng: number; lat: number; atMs: number }>();

  constructor(options: CleanOptions) {
    this.#options = options;
  }

  /** Takes a fix in and gives the labels that follow from the fixes before it. */
  follow(slot: number, batch: PositionBatch, row: number): number {
    const base = slot * COLUMNS;
    if (base >= this.#believed.length) this.#grow(base + COLUMNS);
    const state = this.#believed;
    const atMs = batch.atMs[row] as number;
    const newest = state[base + NEWEST_AT] as number;
    if (newest > atMs) return LABEL.late;
    state[base + NEWEST_AT] = atMs;
    if (((batch.labels[row] as number) & LABEL.noFix) !== 0) return 0;

    const lng = batch.lng[row] as number;
    const lat = batch.lat[row] as number;
    const accuracyM = batch.accuracyM[row] as number;
    if (
      this.#isUnreachable(base, { lng, lat, atMs, accuracyM }) &&
      !this.#isAgreed(slot, lng, lat, atMs)
    ) {
      return LABEL.impossibleSpeed;
    }
    if (!(state[base + DOUBTED] === 0)) {
      this.#doubted.delete(slot);
      state[base + DOUBTED] = 0;
    }
    const same = state[base + LAST_LNG] === lng && state[base + LAST_LAT] === lat;
    if (!same) state[base + SAME_SINCE] = atMs;
    state[base + LAST_LNG] = lng;
    state[base + LAST_LAT] = lat;
    state[base + LAST_AT] = atMs;
    state[base + LAST_ACCURACY] = accuracyM;
    const repeatsMs = atMs - (state[base + SAME_SINCE] as number);
    return repeatsMs > this.#options.sameFixMsMax ? LABEL.staleFix : 0;
  }

  /** True when even the nearer edges of the two error circles are too far apart for the time between. */
  #isUnreachable(
    base: number,
    fix: { lng: number; lat: number; atMs: number; accuracyM: number },
  ): boolean {
    const state = this.#believed;
    const lastAtMs = state[base + LAST_AT] as number;
    if (Number.isNaN(lastAtMs)) return false;
    const lastLng = state[base + LAST_LNG] as number;
    const lastLat = state[base + LAST_LAT] as number;
    const hours = (fix.atMs - lastAtMs) / 3_600_000;
    const reachM = hours * this.#options.speedKmhMax * 1_000;
    const slackM = fix.accuracyM + (state[base + LAST_ACCURACY] as number) + 50;
    // A degree is at most 111.2 km: most fixes need no trigonometry.
    const roughM = (Math.abs(fix.lng - lastLng) + Math.abs(fix.lat - lastLat)) * 111_200;
    if (roughM <= reachM + slackM) return false;
    return distanceM(lastLng, lastLat, fix.lng, fix.lat) > reachM + slackM;
  }

  /** Counts a doubted fix; true once enough in a row are reachable from one another. */
  #isAgreed(slot: number, lng: number, lat: number, atMs: number): boolean {
    const base = slot * COLUMNS;
    const before = this.#doubted.get(slot);
    const hours = before ? (atMs - before.atMs) / 3_600_000 : 0;
    const agrees =
      before !== undefined &&
      distanceM(before.lng, before.lat, lng, lat) <=
        hours * this.#options.speedKmhMax * 1_000 + 500;
    const count = agrees ? (this.#believed[base + DOUBTED] as number) + 1 : 1;
    this.#doubted.set(slot, { lng, lat, atMs });
    this.#believed[base + DOUBTED] = count;
    return count >= this.#options.agreeingFixesMin;
  }

  #grow(least: number): void {
    const larger = new Float64Array(Math.max(this.#believed.length * 2, least)).fill(Number.NaN);
    larger.set(this.#believed);
    this.#believed = larger;
  }
}
