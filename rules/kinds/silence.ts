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
import type { PositionRun } from '../frame.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { TimerWheel } from '../timer-wheel.ts';
import type { SilenceParams } from './absence-params.ts';
import { LastHeard, type HeardRun } from './last-heard.ts';

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
  /** Due instants in listening time: event time less all gaps so far. */
  const wheel = new TimerWheel(Math.max(1_000, Math.ceil(silentFor / BUCKETS_PER_PERIOD)));
  let gapsMs = 0;
  let episodes = new Map<number, Episode>();

  const listens = (source: string) => sources.includes(sourceKindOf(source));

  const positions = (run: PositionRun) => {
    const { sources: names } = run.batch;
    const heeds = Uint8Array.from(names.toArray(), (source) => (listens(source) ? 1 : 0));
    if (!heeds.includes(1)) return;
    const heard = { ...run, sourceNumbers: lastHeard.sourceNumbers(names) };
    lastHeard.reserve(deps.subjects.size);
    if (!heedsPlacedOnly) {
      takeWords(heard, heeds);
      return;
    }
    // Both stores see every batch, so they number sources alike.
    lastWords.sourceNumbers(names);
    lastWords.reserve(deps.subjects.size);
    takePlaces(heard, heeds);
  };

  /** Whatever is heard breaks the silence. */
  const takeWords = (run: HeardRun, heeds: Uint8Array) => {
    const { batch, slots, classes, late } = run;
    const { length, source, atMs, receivedAtMs } = batch;
    const rows = new Int32Array(length);
    let count = 0;
    for (let row = 0; row < length; row++) {
      if (heeds[source[row] as number] === 0 || looksAt[classes[row] as number] === 0) continue;
      const slot = slots[row] as number;
      const at = atMs[row] as number;
      // Nearly always the device has spoken in time, and now has time again.
      if (late[row] === 1 || !wheel.postpone(slot, at - gapsMs, at - gapsMs + silentFor)) {
        // What is said now rests on what was heard until now.
        lastHeard.positions(run, rows, count);
        count = 0;
        heard(slot, at, late[row] === 1 ? (receivedAtMs[row] as number) : at);
      }
      if (late[row] === 0) rows[count++] = row;
    }
    lastHeard.positions(run, rows, count);
  };

  /** Only a place breaks the silence; without one the device merely speaks. */
  const takePlaces = (run: HeardRun, heeds: Uint8Array) => {
    const { batch, slots, classes, late } = run;
    for (let row = 0; row < batch.length; row++) {
      if (heeds[batch.source[row] as number] === 0 || looksAt[classes[row] as number] === 0)
        continue;
      const slot = slots[row] as number;
      const atMs = batch.atMs[row] as number;
      if (((batch.labels[row] as number) & UNPLACED) !== 0) {
        fireBefore(slot, atMs);
        if (atMs >= lastWords.atMsOf(slot)) lastWords.position(run, row);
        said(slot, atMs);
      } else if (atMs >= lastHeard.atMsOf(slot)) {
        heard(slot, atMs, late[row] === 1 ? (batch.receivedAtMs[row] as number) : atMs);
        lastHeard.position(run, row);
      }
    }
  };

  /** The device spoke: of `atMs`, at `spokeAtMs`. */
  const heard = (slot: number, atMs: number, spokeAtMs: number) => {
    const heardAt = atMs - gapsMs;
    fireBefore(slot, atMs);
    const dueMs = wheel.dueOf(slot);
    if (unsaid.size > 0) unsaid.delete(slot);
    if (episodes.size > 0) end(slot, Math.max(atMs, spokeAtMs));
    if (dueMs === Infinity || heardAt + silentFor > dueMs) wheel.set(slot, heardAt + silentFor);
  };

  const fireBefore = (slot: number, atMs: number) => wheel.fireBefore(slot, atMs - gapsMs, fire);

  /** Silence has lasted long enough. Says nothing where no basis expects the source to speak. */
  const fire = (slot: number, dueMs: number) => {
    const atMs = dueMs + gapsMs;
    const subject = deps.subjects.keyOf(slot);
    const expected = sources.some((source) => deps.orders.basisAt(subject, source, atMs));
    if (!expected || episodes.has(slot)) return;
    const last = lastHeard.of(slot, subject);
    const gap = last ? { gapMs: atMs - silentFor - last.atMs } : {};
    if (!heedsPlacedOnly) {
      raise(slot, atMs, { last, words: undefined, gap });
      return;
    }
    const words = lastWords.of(slot, subject);
    const sinceMs = last ? last.atMs : atMs - silentFor;
    if (words && words.atMs > sinceMs) raise(slot, atMs, { last, words, gap });
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
    const sinceMs = last ? undefined : atMs - silentFor;
    const alertId = deps.emitter.raise({ slot, atMs, evidence, values, sinceMs });
    if (alertId) episodes.set(slot, { alertId, openedAtMs: atMs });
  };

  const end = (slot: number, atMs: number) => {
    const episode = episodes.get(slot);
    if (!episode) return;
    episodes.delete(slot);
    const endedAtMs = Math.max(atMs, episode.openedAtMs);
    const values = { silentMs: endedAtMs - episode.openedAtMs + silentFor };
    deps.emitter.clear({ slot, atMs: endedAtMs, alertId: episode.alertId, evidence: [], values });
  };

  return {
    positions,
    fact(fact: Fact, slot) {
      if (!listens(fact.source)) return;
      if (heedsPlacedOnly) {
        fireBefore(slot, fact.atMs);
        lastWords.reserve(deps.subjects.size);
        if (fact.atMs >= lastWords.atMsOf(slot)) lastWords.fact(slot, fact);
        said(slot, fact.atMs);
        return;
      }
      heard(slot, fact.atMs, fact.atMs);
      lastHeard.reserve(deps.subjects.size);
      lastHeard.fact(slot, fact);
    },
    orderChanged(slot, atMs, knownAtMs) {
      fireBefore(slot, atMs);
      const subject = deps.subjects.keyOf(slot);
      const order = deps.orders.orderAt(subject, atMs);
      const expectedFromMs = Math.min(
        ...(order?.bases ?? [])
          .filter((basis) => basis.untilMs > atMs && opensAny(basis.sources, sources))
          .map((basis) => basis.fromMs),
      );
      if (expectedFromMs === Infinity) {
        wheel.cancel(slot);
        unsaid.delete(slot);
        end(slot, atMs);
        return;
      }
      // Before we knew of the order we did not listen for this person.
      const listeningFromMs = Math.max(expectedFromMs, knownAtMs) - gapsMs;
      if (wheel.dueOf(slot) === Infinity && !episodes.has(slot) && !unsaid.has(slot)) {
        wheel.set(slot, listeningFromMs + silentFor);
      }
    },
    time: (watermarkMs) => wheel.advance(watermarkMs - gapsMs, fire),
    gap: ({ fromMs, untilMs }) => {
      gapsMs += untilMs - fromMs;
    },
    abandon(atMs) {
      for (const [slot, episode] of episodes) deps.emitter.abandon(slot, episode, atMs);
    },
    snapshot: () => ({
      due: wheel.snapshot(deps.subjects.size),
      lastHeard: lastHeard.snapshot(deps.subjects.size),
      gapsMs,
      episodes,
      lastWords: heedsPlacedOnly ? lastWords.snapshot(deps.subjects.size) : undefined,
      unsaid,
    }),
    restore(state) {
      const saved = state as SilenceSnapshot;
      wheel.restore(saved.due);
      lastHeard.restore(saved.lastHeard);
      if (saved.lastWords) lastWords.restore(saved.lastWords);
      ({ gapsMs, episodes, unsaid } = saved);
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
  episodes: Map<number, Episode>;
  lastWords: unknown;
  unsaid: Map<number, number>;
};
