// How large labels will be and which alerts get a call-out: what the placement needs to know before
// anything is drawn.

import type { CountyCounts, WallAlert } from '../../app/api/wall.ts';
import type { LngLat } from '../../core/geo.ts';
import { regionName } from '../../core/region.ts';
import type { Text } from '../../core/text.ts';
import type { Geo } from '../shared/map/geo.ts';
import { LEVELS } from './levels.ts';

type Size = { readonly w: number; readonly h: number };

/** Width of a text in ems of its font: ideographs are square, the rest a little over half as wide. */
export function emsOf(text: string): number {
  let ems = 0;
  for (const char of text) ems += char.charCodeAt(0) > 0x2e7f ? 1 : 0.52;
  return ems;
}

/** A county's label: its name, and below it a mark and a figure for each level with open alerts. */
export function labelSize(name: string, counts: CountyCounts | undefined, rem: number): Size {
  const figures = LEVELS.map((level) => counts?.open[level] ?? 0).filter((count) => count > 0);
  const figuresRem = figures.reduce((sum, count) => sum + 2.1 + String(count).length * 0.8, 0);
  return {
    w: Math.max(emsOf(name) * 1.375, figuresRem) * rem,
    h: (figures.length > 0 ? 3.5 : 2) * rem,
  };
}

export const calloutSize = (title: string, rem: number): Size => ({
  w: (Math.max(emsOf(title) * 1.25, 9) + 1.5) * rem,
  h: 3.5 * rem,
});

/** Graver than a note, and somebody still has to acknowledge it. */
export const worthCallout = ({ level, status }: WallAlert): boolean =>
  level < 3 && status === 'new';

/** Names of what lies around the city, each in the middle of what of it is drawn. */
export function neighbourNames(geo: Geo): { name: Text; place: LngLat }[] {
  const groups = new Map<string, { name: Text; labels: LngLat[] }>();
  for (const { properties } of geo.neighbours.features) {
    const name = regionName(`${properties.code.slice(0, 4)}00`);
    const group = groups.get(name.zh) ?? { name, labels: [] };
    group.labels.push(properties.label);
    groups.set(name.zh, group);
  }
  return [...groups.values()].map(({ name, labels }) => ({ name, place: middleOf(labels) }));
}

/** The label nearest to the mean of all, so that a name never stands outside its region. */
function middleOf(labels: readonly LngLat[]): LngLat {
  const mean = [0, 1].map(
    (axis) => labels.reduce((sum, label) => sum + label[axis]!, 0) / labels.length,
  );
  const far = ([lng, lat]: LngLat) => (lng - mean[0]!) ** 2 + (lat - mean[1]!) ** 2;
  return labels.toSorted((a, b) => far(a) - far(b))[0] as LngLat;
}
