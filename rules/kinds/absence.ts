// Nothing heard from a source that ought to speak. Expected is who has a basis in force for one of the
// sources; heard is any observation from it, also one without a place, so that losing the signal and
// losing the satellites stay two different things.
//
// The rule raises at the exact instant the silence has lasted `silentFor` and clears with the next
// observation. Time during which the platform itself was not listening does not count as silence.

import type { Fact } from '../../core/observation.ts';
import { sourceKindOf, type SourceKind } from '../../core/source.ts';
import type { PositionRun } from '../frame.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { TimerWheel } from '../timer-wheel.ts';
import { LastHeard } from './last-heard.ts';

type Episode = { alertId: string; openedAtMs: number };

/** Timers wait in this many buckets per period of silence. */
const BUCKETS_PER_PERIOD = 64;

export function createAbsenceMachine(deps: KindDeps<RuleOf<'absence'>>): RuleMachine {
  const { rule, looksAt } = deps.compiled;
  const { sources, silentFor } = rule.params;
  const lastHeard = new LastHeard();
  /** Due instants in listening time: event time less all gaps so far. */
  const wheel = new TimerWheel(Math.max(1_000, Math.ceil(silentFor / BUCKETS_PER_PERIOD)));
  let gapsMs = 0;
  let episodes = new Map<number, Episode>();

  const listens = (source: string) => sources.includes(sourceKindOf(source));

  const positions = ({ batch, slots, classes, late }: PositionRun) => {
    const heeds = Uint8Array.from(batch.sources.toArray(), (source) => (listens(source) ? 1 : 0));
    if (!heeds.includes(1)) return;
    const sourceNumbers = lastHeard.sourceNumbers(batch.sources);
    lastHeard.reserve(deps.subjects.size);
    for (let row = 0; row < batch.length; row++) {
      const source = batch.source[row] as number;
      if (heeds[source] === 0 || looksAt[classes[row] as number] === 0) continue;
      const slot = slots[row] as number;
      const atMs = batch.atMs[row] as number;
      if (late[row] === 1) {
        heard(slot, atMs, batch.receivedAtMs[row] as number);
        continue;
      }
      heard(slot, atMs, atMs);
      lastHeard.position(slot, batch, row, sourceNumbers[source] as number);
    }
  };

  /** The device spoke: of `atMs`, at `spokeAtMs`. */
  const heard = (slot: number, atMs: number, spokeAtMs: number) => {
    const heardAt = atMs - gapsMs;
    const dueMs = wheel.dueOf(slot);
    if (heardAt > dueMs) {
      wheel.cancel(slot);
      fire(slot, dueMs);
    }
    if (episodes.size > 0) end(slot, Math.max(atMs, spokeAtMs));
    if (dueMs === Infinity || heardAt + silentFor > dueMs) wheel.set(slot, heardAt + silentFor);
  };

  /** Silence has lasted long enough. Says nothing where no basis expects the source to speak. */
  const fire = (slot: number, dueMs: number) => {
    const atMs = dueMs + gapsMs;
    const subject = deps.subjects.keyOf(slot);
    const expected = sources.some((source) => deps.orders.basisAt(subject, source, atMs));
    if (!expected || episodes.has(slot)) return;
    const last = lastHeard.of(slot, subject);
    const values = {
      silentMs: silentFor,
      ...(last ? { lastHeardAtMs: last.atMs, gapMs: atMs - silentFor - last.atMs } : {}),
    };
    const alertId = deps.emitter.raise({ slot, atMs, evidence: last ? [last] : [], values });
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
      heard(slot, fact.atMs, fact.atMs);
      lastHeard.reserve(deps.subjects.size);
      lastHeard.fact(slot, fact);
    },
    orderChanged(slot, atMs, knownAtMs) {
      const dueMs = wheel.dueOf(slot);
      if (dueMs < atMs - gapsMs) {
        wheel.cancel(slot);
        fire(slot, dueMs);
      }
      const subject = deps.subjects.keyOf(slot);
      const order = deps.orders.orderAt(subject, atMs);
      const expectedFromMs = Math.min(
        ...(order?.bases ?? [])
          .filter((basis) => basis.untilMs > atMs && opensAny(basis.sources, sources))
          .map((basis) => basis.fromMs),
      );
      if (expectedFromMs === Infinity) {
        wheel.cancel(slot);
        end(slot, atMs);
        return;
      }
      // Before we knew of the order we did not listen for this person.
      const listeningFromMs = Math.max(expectedFromMs, knownAtMs) - gapsMs;
      if (wheel.dueOf(slot) === Infinity && !episodes.has(slot)) {
        wheel.set(slot, listeningFromMs + silentFor);
      }
    },
    time: (watermarkMs) => wheel.advance(watermarkMs - gapsMs, fire),
    gap: ({ fromMs, untilMs }) => {
      gapsMs += untilMs - fromMs;
    },
    abandon(atMs) {
      for (const [slot, episode] of episodes) deps.emitter.abandon(slot, episode, atMs);
      episodes = new Map();
    },
    snapshot: () => ({
      due: wheel.snapshot(deps.subjects.size),
      lastHeard: lastHeard.snapshot(deps.subjects.size),
      gapsMs,
      episodes,
    }),
    restore(state) {
      const saved = state as AbsenceSnapshot;
      wheel.restore(saved.due);
      lastHeard.restore(saved.lastHeard);
      ({ gapsMs, episodes } = saved);
    },
  };
}

const opensAny = (open: readonly SourceKind[], wanted: readonly SourceKind[]): boolean =>
  wanted.some((source) => open.includes(source));

type AbsenceSnapshot = {
  due: Float64Array;
  lastHeard: unknown;
  gapsMs: number;
  episodes: Map<number, Episode>;
};
