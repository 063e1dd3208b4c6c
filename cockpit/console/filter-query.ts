// The filter of the list as it stands in the address, so that a filtered list is a permalink.

import type { Level } from '../../core/finding.ts';
import type { AlertFilter } from './alert-list.ts';

const STATUSES = ['open', 'new', 'acknowledged', 'closed'] as const;

/** What the address asks for; anything it asks wrongly counts as not asked. */
export function filterOf(address: string): AlertFilter {
  const given = new URLSearchParams(address);
  const status = STATUSES.find((one) => one === given.get('status')) ?? 'open';
  const level = ([1, 2, 3] as const).find((one) => String(one) === given.get('level'));
  const region = given.get('region');
  return {
    status,
    level: level as Level | undefined,
    region: region !== null && /^\d{6}$/.test(region) ? region : undefined,
  };
}

/** The parts of the address a filter takes; the default status needs none. */
export const queryOf = ({
  status,
  level,
  region,
}: AlertFilter): Record<string, string | undefined> => ({
  status: status === 'open' ? undefined : status,
  level: level === undefined ? undefined : String(level),
  region,
});
