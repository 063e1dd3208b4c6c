// What the rules of the Dazhou pack that look at one fact must say, worked out slowly about one person. What
// each looks for is written out here by hand, so that nothing of how conditions are read is trusted.

import type { Fact, LeaveFact, OrderFact } from '../core/observation.ts';
import { gradeIn, leavesIn, liesIn, orderIn } from './frame-oracle.fixture.ts';
import { createQuiet } from './quiet-oracle.fixture.ts';
import type { Pack, RuleOf } from './rule.ts';
import type { Happening, Say } from './happening.fixture.ts';

type Look = {
  /** Undefined for a fact that says nothing to the rule. */
  readonly key: string;
  readonly raises: boolean;
  readonly ends: boolean;
  /** Where and when it takes the person. */
  readonly place?: string;
  readonly placeAtMs?: number;
};

/** What a rule sees in a fact; undefined in a fact of a kind it does not look at. */
type Looks = (fact: Fact, inArea: (region: string) => boolean) => Look | undefined;

export const LOOKS: Readonly<Record<string, Looks>> = {
  detention: (fact) =>
    fact.kind === 'custody'
      ? { key: fact.custodyId, raises: fact.action === 'begin', ends: fact.action === 'end' }
      : undefined,
  'device-apart': (fact) =>
    fact.kind === 'roll-call'
      ? { key: '', raises: fact.result === 'face-mismatch', ends: fact.result === 'answered' }
      : undefined,
  'roll-call-missed': (fact) =>
    fact.kind === 'roll-call'
      ? { key: '', raises: fact.result === 'missed', ends: fact.result === 'answered' }
      : undefined,
  'device-tamper': (fact) =>
    fact.kind === 'device'
      ? {
          key: '',
          raises: fact.event === 'tamper' || fact.event === 'removed',
          ends: fact.event === 'tamper-cleared' || fact.event === 'restored',
        }
      : undefined,
  'gate-passage': (fact, inArea) =>
    fact.kind === 'passage'
      ? {
          key: '',
          raises: fact.direction === 'out' && !inArea(fact.to),
          ends: fact.direction === 'in' && inArea(fact.to),
          place: fact.to,
        }
      : undefined,
  'lodging-outside': (fact, inArea) =>
    fact.kind === 'lodging'
      ? {
          key: fact.lodgingId,
          raises: fact.action === 'in' && !inArea(fact.at),
          ends: fact.action === 'out',
          place: fact.at,
        }
      : undefined,
  'offence-or-conflict': (fact) =>
    fact.kind === 'incident'
      ? {
          key: fact.incidentId,
          raises: fact.stage === 'reported' || fact.stage === 'verified',
          ends: fact.stage === 'dismissed',
        }
      : undefined,
  'ticket-outside': (fact, inArea) =>
    fact.kind === 'booking'
      ? {
          key: fact.bookingId,
          raises: (fact.status === 'booked' || fact.status === 'changed') && !inArea(fact.to),
          ends: fact.status === 'cancelled',
          place: fact.to,
          placeAtMs: fact.departAtMs,
        }
      : undefined,
};

export function judgeMatch(
  rule: RuleOf<'match'>,
  pack: Pack,
  happenings: readonly Happening[],
  say: Say,
): void {
  const looks = LOOKS[rule.id];
  if (!looks) throw new Error(`the oracle does not know the rule "${rule.id}"`);
  const orders: OrderFact[] = [];
  const leaves: LeaveFact[] = [];
  const open = new Map<string, { atMs: number; graded: boolean }>();
  const quiet = createQuiet(rule.cooldown ?? 0, (atMs) => say(atMs, 'suppressed cooldown'));

  const excused = ({ place, placeAtMs }: Look, atMs: number): boolean => {
    if (!rule.exceptions.includes('leave')) return false;
    const when = placeAtMs ?? atMs;
    return leavesIn(leaves, when).some(
      (leave) =>
        when < leave.fromMs + leave.transitMs ||
        when >= leave.untilMs - leave.transitMs ||
        place === undefined ||
        leave.regions.some((region) => liesIn(place, [region], [])),
    );
  };

  const take = (fact: Fact) => {
    const { atMs } = fact;
    const order = orderIn(orders, atMs);
    const grade = order && gradeIn(rule, order);
    if (!order || !grade) return;
    const look = looks(fact, (region) => liesIn(region, order.area, pack.sameCityDistricts));
    if (!look) return;
    const { key } = look;
    const episode = open.get(key);
    // What ended before it began is another matter.
    if (episode && look.ends && atMs >= episode.atMs) {
      open.delete(key);
      if (episode.graded) quiet.ends(key, atMs, () => say(atMs, 'cleared', [atMs]));
    } else if (!look.raises) return;
    else if (episode) say(atMs, 'suppressed episode-open');
    else if (excused(look, atMs)) say(atMs, 'suppressed leave');
    else {
      open.set(key, { atMs, graded: grade.level !== undefined });
      if (grade.level === undefined) say(atMs, 'suppressed ungraded');
      else quiet.begins(key, atMs, () => say(atMs, `raised ${grade.level}`, [atMs]));
    }
  };

  for (const { seenToMs, observation } of happenings) {
    quiet.seenTo(seenToMs);
    if (!observation || observation.kind === 'position') continue;
    if (observation.kind === 'order') orders.push(observation);
    else if (observation.kind === 'leave') leaves.push(observation);
    else take(observation);
  }
}
