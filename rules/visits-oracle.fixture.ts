// How often somebody was at a listed place, worked out slowly about one person: every fix on time is looked
// at against every place, and all visits there ever were are counted anew at each of them.

import type { OrderFact, Position } from '../core/observation.ts';
import { gradeIn, orderIn, startOf } from './frame-oracle.fixture.ts';
import type { Happening, Say } from './happening.fixture.ts';
import type { VisitsParams } from './kinds/count-params.ts';
import type { Pack, RuleOf } from './rule.ts';
import { signedByWalking } from './zone-oracle.fixture.ts';

type Visit = { readonly provenMs: number; readonly proof: readonly number[]; leftMs?: number };

const UNPLACED = ['noFix', 'impossibleSpeed', 'staleFix'];

export function judgeVisits(
  rule: RuleOf<'count'>,
  pack: Pack,
  happenings: readonly Happening[],
  say: Say,
): void {
  const { visits: stay, apart, visitsMin, within } = rule.params as VisitsParams;
  const places = pack.zones.filter(({ id, kind }) =>
    'kind' in stay.zone ? stay.zone.kind === kind : stay.zone.ids.includes(id),
  );
  const orders: OrderFact[] = [];
  let visits: Visit[] = [];
  /** Sure fixes since the last that says otherwise, while the person is not known to be there. */
  let run: Position[] = [];
  let isThere = false;
  let newestMs = 0;
  let doneMs = -Infinity;
  let open: { graded: boolean } | undefined;

  const countedAt = (atMs: number) => visits.filter(({ provenMs }) => provenMs > atMs - within);

  const clear = (atMs: number) => {
    if (open?.graded) say(atMs, 'cleared');
    open = undefined;
  };

  /** Lets time pass up to just before an instant: visits grow old, and orders end. */
  const pass = (untilMs: number) => {
    const instants = [
      ...visits.map(({ provenMs }) => provenMs + within),
      ...orders.map((order): number => order.untilMs),
      ...orders.map(startOf),
    ];
    for (const atMs of instants.sort((a, b) => a - b)) {
      if (atMs <= doneMs || atMs >= untilMs) continue;
      if (!orderIn(orders, atMs)) forget(atMs);
      if (countedAt(atMs).length < visitsMin) clear(atMs);
    }
    doneMs = Math.max(doneMs, untilMs - 1);
  };

  const forget = (atMs: number) => {
    clear(atMs);
    [visits, run, isThere] = [[], [], false];
  };

  const proofIn = (fixes: readonly Position[]): Position[] | undefined => {
    const [first, last] = [fixes[0], fixes.at(-1)];
    if (!first || !last) return undefined;
    if (fixes.length > 1 && last.atMs - first.atMs >= stay.insideFor) return [first, last];
    return fixes.length >= stay.fixesMin ? [first, ...fixes.slice(1 - stay.fixesMin)] : undefined;
  };

  const takeInside = (fix: Position) => {
    if (isThere) return;
    run.push(fix);
    const proof = proofIn(run);
    if (!proof) return;
    run = [];
    isThere = true;
    const before = visits.at(-1);
    const [first] = proof as [Position];
    if (before?.leftMs !== undefined && first.atMs - before.leftMs < apart) {
      delete before.leftMs;
      return;
    }
    visits.push({ provenMs: fix.atMs, proof: proof.map(({ atMs }): number => atMs) });
    if (open) say(fix.atMs, 'suppressed episode-open');
    else if (countedAt(fix.atMs).length >= visitsMin) tell(fix.atMs);
  };

  const tell = (atMs: number) => {
    const order = orderIn(orders, atMs) as OrderFact;
    const level = gradeIn(rule, order)?.level;
    open = { graded: level !== undefined };
    const evidence = visits
      .slice(-visitsMin)
      .flatMap(({ proof, leftMs }) => [...proof, ...(leftMs === undefined ? [] : [leftMs])]);
    if (level === undefined) say(atMs, 'suppressed ungraded');
    else say(atMs, `raised ${level}`, evidence);
  };

  const takeFix = (fix: Position) => {
    const insideM = signedByWalking(places, fix.lng, fix.lat);
    if (insideM > (fix.accuracyM ?? 0) + stay.marginM) takeInside(fix);
    else if (insideM <= 0) {
      run = [];
      const last = visits.at(-1);
      if (-insideM < stay.rearmM || !isThere) return;
      isThere = false;
      if (last) last.leftMs = fix.atMs;
    }
  };

  for (const { seenToMs, observation } of happenings) {
    pass(seenToMs + 1);
    if (observation?.kind === 'order') {
      pass(observation.atMs);
      orders.push(observation);
      run = [];
      if (!orderIn(orders, observation.atMs)) forget(observation.atMs);
    }
    if (observation?.kind !== 'position' || observation.atMs < newestMs) continue;
    newestMs = observation.atMs;
    pass(observation.atMs);
    const order = orderIn(orders, observation.atMs);
    const isPlaced = !observation.labels.some((label) => UNPLACED.includes(label));
    const isLookedAt =
      order && gradeIn(rule, order) && stay.fixKinds.some((k) => k === observation.fix);
    if (isPlaced && isLookedAt) takeFix(observation);
  }
}
