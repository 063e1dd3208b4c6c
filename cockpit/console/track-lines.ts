// A track cut into lines: fixes close in time are joined, a gap is not bridged as if one knew the way.

import type { Track } from '../../app/api/alerts.ts';
import type { LngLat } from '../../core/geo.ts';
import { UNPLACED } from '../../core/position-codes.ts';

/** Fixes farther apart in time than this are not joined. */
export const JOIN_MS_MAX = 10 * 60_000;

export type TrackLines = {
  readonly lines: readonly (readonly LngLat[])[];
  /** Where a line ends because nothing is known until the next begins. */
  readonly gaps: readonly (readonly [from: LngLat, to: LngLat])[];
  readonly first: { readonly at: LngLat; readonly atMs: number } | undefined;
  readonly last: { readonly at: LngLat; readonly atMs: number } | undefined;
};

/** Positions that do not place the person are left out. */
export function trackLines(track: Track): TrackLines {
  const placed = track.atMs
    .map((atMs, i) => ({
      atMs,
      at: [track.lng[i], track.lat[i]] as LngLat,
      labels: track.labels[i] ?? 0,
    }))
    .filter(({ labels }) => (labels & UNPLACED) === 0);
  const lines: LngLat[][] = [];
  const gaps: [LngLat, LngLat][] = [];
  let before: (typeof placed)[number] | undefined;
  for (const fix of placed) {
    const joined = before !== undefined && fix.atMs - before.atMs <= JOIN_MS_MAX;
    if (joined) lines.at(-1)?.push(fix.at);
    else lines.push([fix.at]);
    if (before && !joined) gaps.push([before.at, fix.at]);
    before = fix;
  }
  return { lines, gaps, first: placed[0], last: placed.at(-1) };
}
