// Whether two persons were together, from the fixes of both: pure, for the machine, for the choice of
// evidence, and for whoever explains.
//
// Each fix makes a moment with the newest fix of the other that is not too old. At a moment the two are
// surely near, surely apart, or it says nothing. A run of near moments without one apart, with no long gap
// between them, proves a contact once it has lasted. The fixes of a run are kept until it ends, so that the
// few that are needed can be chosen from them.

import { distanceM } from '../../core/geo.ts';
import { FIX } from '../../core/position-codes.ts';
import type { ProximityParams } from './proximity-params.ts';

export type ContactFix = {
  /** True for a fix of the bound person, false for one of the other. */
  readonly own: boolean;
  readonly atMs: number;
  readonly lng: number;
  readonly lat: number;
  readonly accuracyM: number;
  /** Code of the fix kind. */
  readonly fix: number;
  /** Tells apart fixes of one instant. */
  readonly id: string;
};

export type Moment<Fix extends ContactFix> = {
  readonly atMs: number;
  readonly fixes: readonly [Fix, Fix];
  readonly distanceM: number;
};

export type ContactRun<Fix extends ContactFix> = {
  newestOwn: Fix | undefined;
  newestOther: Fix | undefined;
  /** When both were last heard of together. */
  lastMomentMs: number;
  /** The first and the newest near moment of the run; Infinity and -Infinity while there is none. */
  firstNearMs: number;
  lastNearMs: number;
  /** Every fix since the first near moment, with the older of its two; before it, those that may pair. */
  stretch: Fix[];
};

export type Seen<Fix extends ContactFix> = {
  readonly side: 'near' | 'apart' | 'unsure';
  readonly moment: Moment<Fix>;
};

export const emptyRun = <Fix extends ContactFix>(): ContactRun<Fix> => ({
  newestOwn: undefined,
  newestOther: undefined,
  lastMomentMs: -Infinity,
  firstNearMs: Infinity,
  lastNearMs: -Infinity,
  stretch: [],
});

/** Fixes of one run that are kept; a run of more begins anew, which makes an alert later, not wrong. */
const STRETCH_MAX = 4_096;
/** So many fixes may gather before the old ones are looked for. */
const RECENT_MAX = 64;

/** Event time, then the person's own, then id: the same order however the fixes came. */
export const byInstant = (a: ContactFix, b: ContactFix): number =>
  a.atMs - b.atMs || Number(b.own) - Number(a.own) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Takes the next fix by `byInstant`; changes the run. Gives the moment it makes, if it makes one. */
export function takeFix<Fix extends ContactFix>(
  run: ContactRun<Fix>,
  fix: Fix,
  params: ProximityParams,
): Seen<Fix> | undefined {
  // A run is over with a long gap; without one, only fixes that may still pair are kept.
  const isOver = fix.atMs - run.lastNearMs > params.gapMax;
  if (isOver && run.firstNearMs !== Infinity) endRun(run, fix.atMs, params);
  else if (isOver && run.stretch.length > RECENT_MAX) keepRecent(run, fix.atMs, params);
  const other = fix.own ? run.newestOther : run.newestOwn;
  if (fix.own) run.newestOwn = fix;
  else run.newestOther = fix;
  run.stretch.push(fix);
  if (!other || fix.atMs - other.atMs > params.pairWithin) return undefined;
  run.lastMomentMs = fix.atMs;
  const lengthM = distanceM(fix.lng, fix.lat, other.lng, other.lat);
  const sureM = fix.accuracyM + other.accuracyM;
  const fixes = fix.own ? ([fix, other] as const) : ([other, fix] as const);
  const moment = { atMs: fix.atMs, fixes, distanceM: lengthM };
  const side =
    lengthM + sureM <= params.radiusM
      ? 'near'
      : lengthM - sureM > params.radiusM + params.rearmM
        ? 'apart'
        : 'unsure';
  if (side === 'near') addNear(run, moment);
  if (side === 'apart') endRun(run, fix.atMs, params);
  return { side, moment };
}

/** How long the run has lasted. */
export const lastedMs = ({ firstNearMs, lastNearMs }: ContactRun<ContactFix>): number =>
  Math.max(0, lastNearMs - firstNearMs);

/** True when the run has lasted long enough. */
export const isProven = (run: ContactRun<ContactFix>, { lasts }: ProximityParams): boolean =>
  lastedMs(run) >= lasts;

/** The run is over; where the two were lately is still known. */
export function endRun<Fix extends ContactFix>(
  run: ContactRun<Fix>,
  atMs: number,
  params: ProximityParams,
): void {
  run.firstNearMs = Infinity;
  run.lastNearMs = -Infinity;
  keepRecent(run, atMs, params);
}

/** Lets go of the fixes that can make no moment any more. */
export function keepRecent<Fix extends ContactFix>(
  run: ContactRun<Fix>,
  atMs: number,
  { pairWithin }: ProximityParams,
): void {
  run.stretch = run.stretch.filter((fix) => fix.atMs >= atMs - pairWithin);
}

function addNear<Fix extends ContactFix>(run: ContactRun<Fix>, { atMs, fixes }: Moment<Fix>): void {
  if (run.firstNearMs === Infinity || run.stretch.length > STRETCH_MAX) {
    run.firstNearMs = atMs;
    const older = fixes[0].atMs <= fixes[1].atMs ? fixes[0] : fixes[1];
    const from = Math.min(run.stretch.indexOf(fixes[0]), run.stretch.indexOf(fixes[1]));
    run.stretch = from < 0 ? [older, ...run.stretch.slice(-1)] : run.stretch.slice(from);
  }
  run.lastNearMs = atMs;
}

/**
 * The fixes of a proven run that are needed: without any one of them the contact is not proven at that
 * instant. Radio cells are the first to be given up. Large parts are tried before small ones.
 */
export function neededFixes<Fix extends ContactFix>(
  { stretch, lastNearMs }: ContactRun<Fix>,
  params: ProximityParams,
): Fix[] {
  let needed = stretch;
  const without = (part: ReadonlySet<Fix>): boolean => {
    const fewer = needed.filter((fix) => !part.has(fix));
    if (fewer.length === needed.length || provenAt(fewer, params) !== lastNearMs) return false;
    needed = fewer;
    return true;
  };
  without(new Set(needed.filter(({ fix }) => fix === FIX.cell)));
  for (let size = needed.length >> 1; size > 1; size >>= 1) {
    for (let from = needed.length - size; from > -size; from -= size) {
      without(new Set(needed.slice(Math.max(0, from), from + size)));
    }
  }
  const one = (fix: Fix) => without(new Set([fix]));
  while (needed.toSorted(cellsFirst).some(one));
  return needed;
}

const cellsFirst = (a: ContactFix, b: ContactFix): number =>
  Number(b.fix === FIX.cell) - Number(a.fix === FIX.cell);

/** The run that fixes alone, in order, make up to where they first prove a contact, if they do. */
export function provenRun<Fix extends ContactFix>(
  fixes: readonly Fix[],
  params: ProximityParams,
): { readonly run: ContactRun<Fix>; readonly moment: Moment<Fix> } | undefined {
  const run = emptyRun<Fix>();
  for (const fix of fixes) {
    const seen = takeFix(run, fix, params);
    if (seen?.side === 'near' && isProven(run, params)) return { run, moment: seen.moment };
  }
  return undefined;
}

const provenAt = (fixes: readonly ContactFix[], params: ProximityParams): number | undefined =>
  provenRun(fixes, params)?.moment.atMs;
