// How an alert was routed, frozen when it opened: who was told by what, and who must acknowledge. It lies in
// the details of the `opened` event, so that later changes of table or roster change no alert under way.

import { z } from 'zod';
import type { AlertEvent } from '../core/alert-event.ts';
import { SIDES, type Side } from './level-table.ts';
import type { Route } from './route.ts';

const policySchema = z.object({
  acknowledge: z.enum(['every-side', 'anyone']),
  awaits: z.string().transform((sides) => z.array(z.enum(SIDES)).parse(sides.split(' '))),
});

/** What decides when an alert counts as acknowledged. */
export type Policy = {
  readonly acknowledge: Route['row']['acknowledge'];
  readonly awaits: readonly Side[];
};

/** The route as flat details of an event; lists are joined by spaces. */
export const policyDetails = (
  route: Route,
  quieted: ReadonlySet<string>,
): AlertEvent['details'] => ({
  channel: route.channel,
  acknowledge: route.row.acknowledge,
  awaits: route.awaits.join(' '),
  recipients: [...route.told, ...route.pushedOnly].map(({ id }) => id).join(' '),
  ...(quieted.size === 0 ? {} : { quieted: [...quieted].join(' ') }),
  ...(route.pushedOnly.length === 0
    ? {}
    : { pushedOnly: route.pushedOnly.map(({ id }) => id).join(' ') }),
});

/** True for an event that says how the alert was routed. */
export const isRouting = ({ details }: Pick<AlertEvent, 'details'>): boolean => 'awaits' in details;

/** Reads the policy back from an event that routed the alert. */
export const policyOf = (routed: Pick<AlertEvent, 'details'>): Policy =>
  policySchema.parse(routed.details);

/** The sides that still have to acknowledge once these have. */
export function stillAwaited(policy: Policy, given: readonly Side[]): readonly Side[] {
  if (policy.acknowledge === 'anyone' && given.length > 0) return [];
  return policy.awaits.filter((side) => !given.includes(side));
}
