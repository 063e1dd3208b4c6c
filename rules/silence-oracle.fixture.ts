// When a terminal counts as silent, worked out slowly about one person: everything heard is kept, and the
// time the platform listened is added up anew for every question.

import type { OrderFact } from '../core/observation.ts';
import type { SilenceParams } from './kinds/absence-params.ts';
import { gradeIn, orderIn, startOf } from './frame-oracle.fixture.ts';
import type { RuleOf } from './rule.ts';
import type { Gap, Happening, Say } from './happening.fixture.ts';

export function judgeSilence(
  rule: RuleOf<'absence'>,
  happenings: readonly Happening[],
  say: Say,
): void {
  const { sources, silentFor } = rule.params as SilenceParams;
  const orders: OrderFact[] = [];
  const gaps: Gap[] = [];
  /** When the terminal was heard of last. */
  let heardMs: number | undefined;
  /** Before we knew that it ought to speak we did not listen for it. */
  let listeningFromMs: number | undefined;
  let openedAtMs: number | undefined;
  /** Told once of one silence. */
  let told = false;
  let doneMs = -Infinity;
  let newestFixMs = -Infinity;

  const levelAt = (atMs: number): number | undefined => {
    const order = orderIn(orders, atMs);
    const opened = order?.bases.some(
      (basis) =>
        basis.fromMs <= atMs &&
        atMs < basis.untilMs &&
        basis.sources.some((source) => sources.includes(source)),
    );
    return order && opened ? gradeIn(rule, order)?.level : undefined;
  };

  /** The instant at which the platform has listened for so long since an instant. */
  const afterListening = (fromMs: number, lastsMs: number): number => {
    let untilMs = fromMs + lastsMs;
    for (const gap of gaps) {
      if (gap.untilMs <= fromMs || gap.fromMs > untilMs) continue;
      untilMs += gap.untilMs - Math.max(gap.fromMs, fromMs);
    }
    return untilMs;
  };

  /** Instants at which what is expected may change. */
  const turns = (): number[] =>
    orders
      .flatMap((order) => [
        startOf(order),
        order.untilMs,
        ...order.bases.flatMap((basis) => [basis.fromMs, basis.untilMs]),
      ])
      .sort((a, b) => a - b);

  const turnAt = (atMs: number) => {
    const expected = levelAt(atMs) !== undefined;
    if (!expected) {
      if (openedAtMs !== undefined) say(atMs, 'cleared');
      [openedAtMs, listeningFromMs, heardMs, told] = [undefined, undefined, undefined, false];
    } else listeningFromMs ??= atMs;
  };

  const dueMs = (): number => {
    if (told || listeningFromMs === undefined) return Infinity;
    return afterListening(Math.max(listeningFromMs, heardMs ?? 0), silentFor);
  };

  const raise = (atMs: number) => {
    told = true;
    openedAtMs = atMs;
    say(atMs, `raised ${levelAt(atMs)}`, heardMs === undefined ? [] : [heardMs]);
  };

  /** Lets time pass up to an instant; what happens at that very instant comes first. */
  const pass = (untilMs: number) => {
    const instants = turns().filter((atMs) => atMs > doneMs && atMs < untilMs);
    for (const atMs of instants) {
      const due = dueMs();
      if (due < atMs) raise(due);
      turnAt(atMs);
    }
    const due = dueMs();
    if (due < untilMs) raise(due);
    doneMs = Math.max(doneMs, untilMs - 1);
  };

  for (const { seenToMs, observation, gap } of happenings) {
    if (gap) gaps.push(gap);
    pass(seenToMs + 1);
    if (!observation) continue;
    const { atMs } = observation;
    // A fix that comes after a newer one says that the terminal speaks when it comes.
    const isLate = observation.kind === 'position' && atMs < newestFixMs;
    if (observation.kind === 'position') newestFixMs = Math.max(newestFixMs, atMs);
    if (observation.kind === 'order') {
      pass(atMs);
      orders.push(observation);
      turnAt(atMs);
      doneMs = Math.max(doneMs, atMs);
      continue;
    }
    if (!sources.some((source) => observation.source.startsWith(`${source}/`))) continue;
    pass(atMs);
    if (levelAt(atMs) === undefined || listeningFromMs === undefined) continue;
    if (atMs < (heardMs ?? listeningFromMs)) continue;
    heardMs = atMs;
    told = false;
    if (openedAtMs !== undefined) {
      say(Math.max(openedAtMs, isLate ? observation.receivedAtMs : atMs), 'cleared');
    }
    openedAtMs = undefined;
  }
}
