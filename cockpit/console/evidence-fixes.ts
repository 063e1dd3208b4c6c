// The fixes of an alert's evidence as they are drawn: whose each is, and the number it has in the table.

import type { AlertDetail } from '../../app/api/alerts.ts';
import type { LngLat } from '../../core/geo.ts';

export type Fix = {
  /** Its number in the table of evidence. */
  readonly number: number;
  /** `other`: of the person whom the order forbids to contact. */
  readonly whose: 'own' | 'other';
  readonly at: LngLat;
  readonly accuracyM: number;
};

export function fixesOf({ evidence }: Pick<AlertDetail, 'evidence'>): Fix[] {
  return evidence.flatMap((seen, index): Fix[] => {
    const isOwn = seen.kind === 'position';
    if (!isOwn && seen.kind !== 'contact-position') return [];
    if (isOwn && seen.labels.includes('noFix')) return [];
    const { lng, lat, accuracyM = 0 } = seen;
    const whose = isOwn ? 'own' : 'other';
    return [{ number: index + 1, whose, at: [lng, lat], accuracyM }];
  });
}
