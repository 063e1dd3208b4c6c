// When two persons of whom one may not contact the other were together, worked out slowly: every moment of
// the two, and every run of moments tried from every beginning.

import type { OrderFact, Position } from '../core/observation.ts';
import { gradeIn, orderIn, startOf } from './frame-oracle.fixture.ts';
import type { ProximityParams } from './kinds/proximity-params.ts';
import { createQuiet } from './quiet-oracle.fixture.ts';
import type { RuleOf } from './rule.ts';
import type { Happening, Say } from './happening.fixture.ts';
import { haversineM } from './zone-oracle.fixture.ts';

type Moment = { atMs: number; side: 'near' | 'apart' | 'unsure' };
type Told = { atMs: number; what: 'raised' | 'cleared'; level?: number | undefined };

const UNPLACED = ['noFix', 'impossibleSpeed', 'staleFix'];

export function judgeContacts(
  rule: RuleOf<'proximity'>,
  subject: string,
  happenings: readonly Happening[],
  say: Say,
): void {
  const seen = happenings.flatMap(({ observation, seenToMs }) =>
    observation ? [{ observation, seenToMs }] : [],
  );
  const orders = seen
    .map(({ observation }) => observation)
    .filter((one): one is OrderFact => one.kind === 'order' && one.subject === subject);
  const fixes = seen.flatMap(({ observation, seenToMs }) =>
    observation.kind === 'position' &&
    rule.params.fixKinds.includes(observation.fix) &&
    !observation.labels.some((label) => UNPLACED.includes(label)) &&
    observation.atMs > seenToMs
      ? [observation]
      : [],
  );
  const named = orders.flatMap((order): string[] => order.conditions.noContactWith ?? []);
  const others = [...new Set(named)].sort();
  const told = others
    .flatMap((other) =>
      judgePair(rule, {
        orders,
        other,
        own: fixes.filter((one) => one.subject === subject),
        others: fixes.filter((one) => one.subject === other),
      }).map((one) => ({ ...one, other })),
    )
    // Stable: what happens at one instant happens in the order of the others.
    .sort((a, b) => a.atMs - b.atMs);
  const quiet = createQuiet(rule.cooldown ?? 0, (atMs) => say(atMs, 'suppressed cooldown'));
  for (const { atMs, what, level, other } of told) {
    quiet.seenTo(atMs - 1);
    if (what === 'raised') quiet.begins(other, atMs, () => say(atMs, `raised ${level}`));
    else quiet.ends(other, atMs, () => say(atMs, 'cleared'));
  }
  quiet.seenTo(happenings.at(-1)?.seenToMs ?? 0);
}

function judgePair(
  rule: RuleOf<'proximity'>,
  {
    orders,
    other,
    own,
    others,
  }: {
    orders: readonly OrderFact[];
    other: string;
    own: readonly Position[];
    others: readonly Position[];
  },
): Told[] {
  const { params } = rule;
  const levelAt = (atMs: number): number | undefined => {
    const order = orderIn(orders, atMs);
    const forbids = order?.conditions.noContactWith?.some((key) => key === other);
    return order && forbids ? gradeIn(rule, order)?.level : undefined;
  };
  const all = [...own, ...others].toSorted(
    (a, b) => a.atMs - b.atMs || Number(own.includes(b)) - Number(own.includes(a)),
  );
  const told: Told[] = [];
  let openedAtMs: number | undefined;
  for (const stretch of stretches(orders, levelAt)) {
    const within = all.filter(({ atMs }) => stretch.fromMs <= atMs && atMs < stretch.untilMs);
    const moments = momentsOf(within, own, params);
    /** Near moments before this one belong to nothing any more. */
    let from = 0;
    const end = (atMs: number) => {
      if (openedAtMs !== undefined) told.push({ atMs, what: 'cleared' });
      openedAtMs = undefined;
    };
    for (const [index, moment] of moments.entries()) {
      const before = moments[index - 1];
      if (before && before.atMs + params.lostAfter < moment.atMs) {
        end(before.atMs + params.lostAfter);
        from = index;
      }
      if (moment.side === 'apart') {
        end(moment.atMs);
        from = index + 1;
      }
      if (moment.side !== 'near' || openedAtMs !== undefined) continue;
      const near = moments.slice(from, index + 1).filter(({ side }) => side === 'near');
      const gapAt = near.findLastIndex(
        (one, at) => at > 0 && one.atMs - (near[at - 1] as Moment).atMs > params.gapMax,
      );
      const first = near[Math.max(0, gapAt)] as Moment;
      if (moment.atMs - first.atMs < params.lasts) continue;
      openedAtMs = moment.atMs;
      told.push({ atMs: moment.atMs, what: 'raised', level: levelAt(moment.atMs) });
    }
    const last = moments.at(-1);
    if (last) end(Math.min(last.atMs + params.lostAfter, stretch.untilMs));
  }
  return told;
}

/** The longest stretches in which the contact is forbidden. */
function stretches(orders: readonly OrderFact[], levelAt: (atMs: number) => number | undefined) {
  const turns = [...new Set(orders.flatMap((order) => [startOf(order), order.untilMs]))];
  const found: { fromMs: number; untilMs: number }[] = [];
  let fromMs: number | undefined;
  for (const atMs of turns.sort((a, b) => a - b)) {
    if (levelAt(atMs) !== undefined) fromMs ??= atMs;
    else if (fromMs !== undefined) {
      found.push({ fromMs, untilMs: atMs });
      fromMs = undefined;
    }
  }
  return found;
}

function momentsOf(
  fixes: readonly Position[],
  own: readonly Position[],
  { radiusM, rearmM, pairWithin }: ProximityParams,
): Moment[] {
  return fixes.flatMap((fix, index): Moment[] => {
    const isOwn = own.includes(fix);
    const other = fixes.slice(0, index).findLast((one) => own.includes(one) !== isOwn);
    if (!other || fix.atMs - other.atMs > pairWithin) return [];
    const apartM = haversineM(fix.lng, fix.lat, other.lng, other.lat);
    const sureM = (fix.accuracyM as number) + (other.accuracyM as number);
    const side =
      apartM + sureM <= radiusM ? 'near' : apartM - sureM > radiusM + rearmM ? 'apart' : 'unsure';
    return [{ atMs: fix.atMs, side }];
  });
}
