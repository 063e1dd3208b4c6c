// Nothing heard from a source that ought to speak. Expected is who has a basis in force for one of the
// sources.
//
// Lost communication (`heed: any`): every observation breaks the silence, also one without a place. The
// rule raises at the exact instant the silence has lasted `silentFor`. Lost location (`heed: placed`):
// only a fix with a place breaks it, and the rule speaks only of a device that does: when it has said
// something since its last place, at that same instant; when not, as soon as it says something. Both clear
// with the next observation they heed. Time during which the platform itself was not listening does not
// count as silence.

import type { Fact, Observation } from '../../core/observation.ts';
import { UNPLACED } from '../../core/position-codes.ts';
import { sourceKindOf, type SourceKind } from '../../core/source.ts';
import { classOf } from '../../core/order.ts';
import { classCode } from '../compile.ts';
import type { PositionRun } from '../frame.ts';
import { KeyedTimers } from '../keyed-timers.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { TimerWheel } from '../timer-wheel.ts';
import type { SilenceParams } from './absence-params.ts';
import { LastHeard, type HeardRun } from './last-heard.ts';
import { ListeningTime, type Gap } from './listening-time.ts';

type Episode = { alertId: string; openedAtMs: number };

/** Timers wait in this many buckets per period of silence. */
const BUCKETS_PER_PERIOD = 64;

export function createSilenceMachine(
  deps: KindDeps<RuleOf<'absence'>>,
  { sources, silentFor, heed }: SilenceParams,
): RuleMachine {
  const { looksAt } = deps.compiled;
  const heedsPlacedOnly = heed === 'placed';
  const lastHeard = new LastHeard();
  /** What said nothing about the place; of use to lost location only. */
  const lastWords = new LastHeard();
  /** Places lost since these instants of persons whose device has said nothing since. */
  let unsaid = new Map<number, number>();
  /** From when on what is said counts, of persons who were under an order before as well. */
  let expectedAnew = new Map<number, number>();
  const listening = new ListeningTime();
  /** Due instants in listening time. */
  const wheel = new TimerWheel(Math.max(1_000, Math.ceil(silentFor / BUCKETS_PER_PERIOD)));
  let episodes = new Map<number, Episode>();
  /** Written over by every run. */
  let heardRows = new Int32Array(0);
  /** When what is expected of persons with an open episode may change. */
  const turns = new KeyedTimers();

  const listens = (source: string) => sources.includes(sourceKindOf(source));

  const orderOf = (slot: number, atMs: number) => {
    const order = deps.orders.orderAt(deps.subjects.keyOf(slot), atMs);
    return order && looksAt[classCode(classOf(order))] === 1 ? order : undefined;
  };

  /** From when on a source is expected to speak, of what is in force or to come at an instant. */
  const expectedFrom = (slot: number, atMs: number): number =>
    Math.min(
      ...(orderOf(slot, atMs) ? deps.orders.basesAt(deps.subjects.keyOf(slot), atMs) : [])
        .filter((basis) => basis.untilMs > atMs && opensAny(basis.sources, sources))
        .map((basis): number => basis.fromMs),
    );

  const isExpected = (slot: number, atMs: number) => expectedFrom(slot, atMs) <= atMs;

  /** Since when without a break a source has been expected to speak, or from when on it will be. */
  const expectedSince = (slot: number, atMs: number): number => {
    if (!isExpected(slot, atMs)) return expectedFrom(slot, atMs);
    const subject = deps.subjects.keyOf(slot);
    let { fromMs } = deps.orders.orderSpan(subject, atMs);
    while (isExpected(slot, fromMs - 1)) ({ fromMs } = deps.orders.orderSpan(subject, fromMs - 1));
    return fromMs;
  };

  const positions = (run: PositionRun) => {
    const { sources: names } = run.batch;
    const heeds = Uint8Array.from(names.toArray(), (source) => (listens(source) ? 1 : 0));
    if (!heeds.includes(1)) return;
    const listened = { ...run, sourceNumbers: lastHeard.sourceNumbers(names) };
    lastHeard.reserve(deps.subjects.size);
    if (!heedsPlacedOnly) {
      takeWords(listened, heeds);
      return;
    }
    // Both stores see every batch, so they number sources alike.
    lastWords.sourceNumbers(names);
    lastWords.reserve(deps.subjects.size);
    takePlaces(listened, heeds);
  };

  /** Whatever is heard breaks the silence. */
  const takeWords = (run: HeardRun, heeds: Uint8Array) => {
    const { batch, slots, classes, late } = run;
    const { length, source, atMs } = batch;
    if (length > heardRows.length) heardRows = new Int32Array(length);
    const rows = heardRows;
    let count = 0;
    for (let row = 0; row < length; row++) {
      if (heeds[source[row] as number] === 0 || looksAt[classes[row] as number] === 0) continue;
      const listenedMs = listening.at(atMs[row] as number);
      // Nearly always the device has spoken in time, and now has time again.
      const inTime =
        late[row] === 0 && wheel.postpone(slots[row] as number, listenedMs, listenedMs + silentFor);
      if (inTime) {
        rows[count++] = row;
        continue;
      }
      // What is said now rests on what was heard until now.
      lastHeard.positions(run, rows, count);
      count = 0;
      spoke(run, row);
    }
    lastHeard.positions(run, rows, count);
  };

  /** Only a place breaks the silence; without one the device merely speaks. */
  const takePlaces = (run: HeardRun, heeds: Uint8Array) => {
    const { batch, classes } = run;
    for (let row = 0; row < batch.length; row++) {
      if (heeds[batch.source[row] as number] === 0) continue;
      if (looksAt[classes[row] as number] === 0) continue;
      if (((batch.labels[row] as number) & UNPLACED) === 0) spoke(run, row);
      else spokeOnly(run, row);
    }
  };

  /** Said while nothing was expected, or earlier still, and told only now. */
  const isOfBefore = (slot: number, atMs: number) =>
    expectedAnew.size > 0 && atMs < (expectedAnew.get(slot) ?? -Infinity);

  /** A fix that breaks the silence, unless something newer did. */
  const spoke = (run: HeardRun, row: number) => {
    const slot = run.slots[row] as number;
    const atMs = run.batch.atMs[row] as number;
    if (atMs < lastHeard.atMsOf(slot) || isOfBefore(slot, atMs)) return;
    heard(slot, atMs, run.late[row] === 1 ? (run.batch.receivedAtMs[row] as number) : atMs);
    lastHeard.position(run, row);
  };

  /** A fix without a place: the device speaks, no more. */
  const spokeOnly = (run: HeardRun, row: number) => {
    const slot = run.slots[row] as number;
    const atMs = run.batch.atMs[row] as number;
    if (isOfBefore(slot, atMs)) return;
    fireBefore(slot, atMs);
    if (atMs >= lastWords.atMsOf(slot)) lastWords.position(run, row);
    said(slot, atMs);
  };

  /** The device spoke: of `atMs`, at `spokeAtMs`. */
  const heard = (slot: number, atMs: number, spokeAtMs: number) => {
    const listenedMs = listening.at(atMs);
    fireBefore(slot, atMs);
    const dueMs = wheel.dueOf(slot);
    if (unsaid.size > 0) unsaid.delete(slot);
    if (episodes.size > 0) end(slot, Math.max(atMs, spokeAtMs));
    if (dueMs === Infinity || listenedMs + silentFor > dueMs) {
      wheel.set(slot, listenedMs + silentFor);
    }
  };

  const fireBefore = (slot: number, atMs: number) => {
    wheel.fireBefore(slot, listening.at(atMs), fire);
    while (episodes.size > 0 && turns.dueOf(slot, '') < atMs) {
      turns.fireBefore(slot, '', { atMs, fire: turn });
      wheel.fireBefore(slot, listening.at(atMs), fire);
    }
  };

  /** Silence has lasted long enough. Says nothing where no basis expects the source to speak. */
  const fire = (slot: number, dueMs: number) => {
    const atMs = listening.instantOf(dueMs);
    const subject = deps.subjects.keyOf(slot);
    if (episodes.has(slot)) return;
    const sinceMs = expectedSince(slot, atMs);
    if (sinceMs > atMs || listening.at(sinceMs) + silentFor > dueMs) {
      expectFrom(slot, sinceMs);
      return;
    }
    const last = lastHeard.of(slot, subject);
    const gapMs = atMs - silentFor - (last?.atMs ?? listening.instantOf(dueMs - silentFor));
    const gap = last || gapMs > 0 ? { gapMs } : {};
    if (!heedsPlacedOnly) {
      raise(slot, atMs, { last, words: undefined, gap });
      return;
    }
    const words = lastWords.of(slot, subject);
    const lostMs = last ? last.atMs : atMs - silentFor;
    if (words && words.atMs > lostMs) raise(slot, atMs, { last, words, gap });
    else unsaid.set(slot, atMs);
  };

  /** The device spoke without a place at `atMs`: a place long lost is now known to be lost. */
  const said = (slot: number, atMs: number) => {
    const sinceMs = unsaid.get(slot);
    if (sinceMs === undefined) return;
    unsaid.delete(slot);
    const subject = deps.subjects.keyOf(slot);
    const last = lastHeard.of(slot, subject);
    const words = lastWords.of(slot, subject);
    raise(slot, Math.max(sinceMs, atMs), { last, words, gap: {} });
  };

  const raise = (slot: number, atMs: number, { last, words, gap }: Proof) => {
    const evidence = [last, words].filter((item) => item !== undefined);
    const lastHeardAt = last ? { lastHeardAtMs: last.atMs } : {};
    const values = { silentMs: silentFor, ...lastHeardAt, ...gap };
    const sinceMs = last ? undefined : atMs - silentFor - (gap.gapMs ?? 0);
    const alertId = deps.emitter.raise({ slot, atMs, evidence, values, sinceMs });
    if (!alertId) return;
    episodes.set(slot, { alertId, openedAtMs: atMs });
    awaitTurn(slot, atMs);
  };

  const awaitTurn = (slot: number, atMs: number) =>
    turns.set(slot, '', deps.orders.orderSpan(deps.subjects.keyOf(slot), atMs).untilMs);

  /** Another version of the order counts, or none any more: what is not expected is no silence. */
  const turn = (slot: number, _key: string, atMs: number) => {
    if (isExpected(slot, atMs)) {
      awaitTurn(slot, atMs);
      return;
    }
    end(slot, atMs);
    expectFrom(slot, expectedFrom(slot, atMs));
  };

  /** What was heard or missed before says nothing about the time from then on. */
  const expectFrom = (slot: number, fromMs: number) => {
    lastHeard.forget(slot);
    lastWords.forget(slot);
    if (fromMs === Infinity) return;
    expectedAnew.set(slot, fromMs);
    wheel.set(slot, listening.at(fromMs) + silentFor);
  };

  const end = (slot: number, atMs: number) => {
    const episode = episodes.get(slot);
    if (!episode) return;
    episodes.delete(slot);
    turns.cancel(slot, '');
    const endedAtMs = Math.max(atMs, episode.openedAtMs);
    const values = { silentMs: endedAtMs - episode.openedAtMs + silentFor };
    deps.emitter.clear({ slot, atMs: endedAtMs, alertId: episode.alertId, evidence: [], values });
  };

  return {
    positions,
    fact(fact: Fact, slot) {
      if (!listens(fact.source) || !orderOf(slot, fact.atMs)) return;
      if (isOfBefore(slot, fact.atMs)) return;
      if (heedsPlacedOnly) {
        fireBefore(slot, fact.atMs);
        lastWords.reserve(deps.subjects.size);
        if (fact.atMs >= lastWords.atMsOf(slot)) lastWords.fact(slot, fact);
        said(slot, fact.atMs);
        return;
      }
      lastHeard.reserve(deps.subjects.size);
      if (fact.atMs < lastHeard.atMsOf(slot)) return;
      heard(slot, fact.atMs, fact.atMs);
      lastHeard.fact(slot, fact);
    },
    orderChanged(slot, atMs, knownAtMs) {
      fireBefore(slot, atMs);
      const fromMs = expectedFrom(slot, atMs);
      // What was heard or missed while nothing was expected says nothing about the time from now on.
      if (fromMs === Infinity || !isExpected(slot, atMs - 1)) {
        if (orderOf(slot, atMs - 1)) expectedAnew.set(slot, atMs);
        wheel.cancel(slot);
        unsaid.delete(slot);
        lastHeard.forget(slot);
        lastWords.forget(slot);
        end(slot, atMs);
      }
      if (fromMs === Infinity) return;
      if (episodes.has(slot)) awaitTurn(slot, atMs);
      // Before we knew of the order we did not listen for this person.
      if (wheel.dueOf(slot) === Infinity && !episodes.has(slot) && !unsaid.has(slot)) {
        wheel.set(slot, listening.at(Math.max(fromMs, knownAtMs)) + silentFor);
      }
    },
    time(watermarkMs) {
      // What is expected anew may have fallen silent by then as well.
      for (let turned = true; turned;) {
        turned = false;
        wheel.advance(listening.at(watermarkMs), fire);
        turns.advance(watermarkMs, (slot, key, atMs) => {
          turned = true;
          turn(slot, key, atMs);
        });
      }
    },
    gap: (gap) => listening.add(gap),
    abandon(atMs) {
      for (const [slot, episode] of episodes) deps.emitter.abandon(slot, episode, atMs);
    },
    snapshot: () => ({
      due: wheel.snapshot(deps.subjects.size),
      lastHeard: lastHeard.snapshot(deps.subjects.size),
      ...listening.snapshot(),
      episodes,
      lastWords: heedsPlacedOnly ? lastWords.snapshot(deps.subjects.size) : undefined,
      unsaid,
      expectedAnew,
    }),
    restore(state) {
      const saved = state as SilenceSnapshot;
      wheel.restore(saved.due);
      lastHeard.restore(saved.lastHeard);
      if (saved.lastWords) lastWords.restore(saved.lastWords);
      listening.restore(saved);
      ({ episodes, unsaid, expectedAnew = new Map() } = saved);
      for (const [slot, { openedAtMs }] of episodes) awaitTurn(slot, openedAtMs);
    },
  };
}

const opensAny = (open: readonly SourceKind[], wanted: readonly SourceKind[]): boolean =>
  wanted.some((source) => open.includes(source));

type Proof = {
  readonly last: Observation | undefined;
  readonly words: Observation | undefined;
  readonly gap: { gapMs?: number };
};

type SilenceSnapshot = {
  due: Float64Array;
  lastHeard: unknown;
  gapsMs: number;
  gaps?: readonly Gap[];
  episodes: Map<number, Episode>;
  lastWords: unknown;
  unsaid: Map<number, number>;
  /** Not there in states of before. */
  expectedAnew?: Map<number, number>;
};
