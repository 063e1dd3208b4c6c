// The late lane of a zone rule (docs/adr/0006): fixes older than the newest known of their subject. They
// can add an alert marked late, but never undo what newer fixes said. With a schedule there is at most
// one alert a window, so that nothing here depends on whether a timer has fired yet.

import type { PositionRun } from '../frame.ts';
import type { KindDeps } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { SlotBytes } from '../slot-bytes.ts';
import { TimerWheel } from '../timer-wheel.ts';
import { keepRow, type KeptFix } from './kept-fix.ts';
import { addToRun, proofOf, type FixRun, type Proving } from './zone-proof.ts';
import type { Episode, ZoneReport } from './zone-report.ts';
import { ALARMING, isSurelyContrary } from './zone-side.ts';
import type { WindowAt } from './zone-window.ts';
import type { Fix } from './zone.ts';

type LateEpisode = Episode & { readonly endMs: number };

export type ZoneLateSnapshot = {
  open: Uint8Array;
  due: Map<number, number>;
  counting: Map<number, FixRun>;
  episodes: Map<number, LateEpisode[]>;
  crossedFrom: Map<number, { fix: KeptFix; windowMs: number }>;
  raisedWindows: Map<number, number[]>;
  endedAtMs: Map<number, number>;
};

/** Windows of a subject remembered as raised. */
const WINDOWS_MAX = 8;
const WHEEL_BUCKET_MS = 60_000;

export function createZoneLate(of: {
  deps: KindDeps<RuleOf<'zone'>>;
  proving: Proving;
  report: ZoneReport;
}) {
  const { deps, proving, report } = of;
  const { params } = deps.compiled.rule;
  const crosses = params.relation === 'enter' || params.relation === 'exit';
  /** 1 while a late episode of the subject is open. */
  const open = new SlotBytes();
  const wheel = new TimerWheel(WHEEL_BUCKET_MS);
  let counting = new Map<number, FixRun>();
  let episodes = new Map<number, LateEpisode[]>();
  let crossedFrom = new Map<number, { fix: KeptFix; windowMs: number }>();
  /** Ends of the windows in which the subject was raised, by either lane. */
  let raisedWindows = new Map<number, number[]>();
  /** When the latest episode on time that was ended by a timer was. */
  let endedAtMs = new Map<number, number>();

  const takeAlarming = (fix: Fix, window: WindowAt, isRaised: boolean) => {
    const { run, row, slot, target } = fix;
    const { windowMs } = window;
    if (!window.isOpen) return;
    if (windowMs === Infinity) {
      if (isRaised || open.bytes[slot] === 1) return;
      // It was raised then; that a timer has ended it since does not matter.
      if ((endedAtMs.get(slot) ?? 0) > (run.batch.atMs[row] as number)) return;
    } else if (raisedWindows.get(slot)?.includes(windowMs)) return;
    const kept = keepRow(run.batch, row);
    const { fixesMin } = proving;
    const proof = proofOf(addToRun(counting, slot, { fix: kept, windowMs, fixesMin }), proving);
    if (!proof) return;
    counting.delete(slot);
    const from = crossedFrom.get(slot);
    const first = proof[0] as KeptFix;
    const before =
      crosses && from?.windowMs === windowMs && from.fix.atMs <= first.atMs ? from.fix : undefined;
    if (crosses && !before) return;
    const { atMs } = kept;
    const leaves = report.leavesAt(slot, kept, atMs);
    const seen = { slot, target, proof, before, atMs };
    if (leaves.covering) {
      report.excuse(seen, leaves.covering.leaveId);
      return;
    }
    const alertId = report.raise(seen, leaves.checked, true);
    if (!alertId) return;
    const isWeak = report.isWeak(slot, proof, atMs);
    const others = episodes.get(slot) ?? [];
    episodes.set(slot, [...others, { alertId, openedAtMs: atMs, isWeak, endMs: windowMs }]);
    open.bytes[slot] = 1;
    deps.scan.note(slot);
    if (windowMs !== Infinity) noteRaised(slot, windowMs);
    setEnd(slot, atMs);
  };

  const takeContrary = ({ run, row, slot, target }: Fix, { windowMs }: WindowAt) => {
    counting.delete(slot);
    if (crosses) {
      const fix = keepRow(run.batch, row);
      if (isSurelyContrary(target.zone, fix, params)) crossedFrom.set(slot, { fix, windowMs });
    }
    if (windowMs === Infinity) end(slot, run, row);
  };

  const noteRaised = (slot: number, windowMs: number) => {
    raisedWindows.set(slot, [...(raisedWindows.get(slot) ?? []), windowMs].slice(-WINDOWS_MAX));
  };

  /** A fix on the other side ends what is open. */
  const end = (slot: number, run: PositionRun, row: number) => {
    if (open.bytes[slot] === 0) return;
    const by = keepRow(run.batch, row);
    fireDue(slot, by.atMs);
    close(slot, () => true, { atMs: by.atMs, by });
  };

  const close = (
    slot: number,
    which: (episode: LateEpisode) => boolean,
    how: { atMs: number; by?: KeptFix },
  ) => {
    const all = episodes.get(slot) ?? [];
    for (const episode of all.filter(which)) report.clear(slot, episode, how);
    const left = all.filter((episode) => !which(episode));
    if (left.length > 0) episodes.set(slot, left);
    else episodes.delete(slot);
    open.reserve(slot + 1);
    open.bytes[slot] = left.length > 0 ? 1 : 0;
    deps.scan.note(slot);
    setEnd(slot, how.atMs);
  };

  /** Waits for the first window to close or the order to end. */
  const setEnd = (slot: number, atMs: number) => {
    const ends = (episodes.get(slot) ?? []).map(({ endMs }) => endMs);
    const endMs = Math.min(...ends, report.nextTurnMs(slot, atMs));
    if (ends.length === 0 || endMs === Infinity) wheel.cancel(slot);
    else wheel.set(slot, endMs);
  };

  const fireDue = (slot: number, atMs: number) => {
    for (let dueMs = wheel.dueOf(slot); dueMs <= atMs; dueMs = wheel.dueOf(slot)) fire(slot, dueMs);
  };

  /** A window closes or an order ends; an order renewed meanwhile carries the episode on. */
  const fire = (slot: number, dueMs: number) => {
    const inForce = report.targetAt(slot, dueMs) !== undefined;
    close(slot, ({ endMs }) => !inForce || endMs <= dueMs, { atMs: dueMs });
  };

  return {
    open,
    noteRaised,
    noteEnded: (slot: number, atMs: number) => endedAtMs.set(slot, atMs),
    end,
    fireDue,
    take(fix: Fix, side: number, { window, isRaised }: { window: WindowAt; isRaised: boolean }) {
      // What is over by the time the fix arrives is over, whether or not the watermark has said so.
      const receivedAtMs = fix.run.batch.receivedAtMs[fix.row] as number;
      fireDue(fix.slot, receivedAtMs);
      if (side === ALARMING) takeAlarming(fix, window, isRaised);
      else takeContrary(fix, window);
      fireDue(fix.slot, receivedAtMs);
    },
    time: (watermarkMs: number) => wheel.advance(watermarkMs, fire),
    /** The order of the subject changed: fixes count under one order, and it may end otherwise. */
    changeOrder(slot: number, atMs: number) {
      counting.delete(slot);
      crossedFrom.delete(slot);
      if (episodes.has(slot)) setEnd(slot, atMs);
    },
    /** The order ended, or gives the rule something else to watch. */
    closeAll: (slot: number, atMs: number) => close(slot, () => true, { atMs }),
    abandon(atMs: number): void {
      for (const [slot, all] of episodes) {
        for (const episode of all) deps.emitter.abandon(slot, episode, atMs);
      }
    },
    snapshot: (): ZoneLateSnapshot => ({
      open: open.snapshot(deps.subjects.size),
      due: wheel.pending(),
      counting,
      episodes,
      crossedFrom,
      raisedWindows,
      endedAtMs,
    }),
    restore(saved: ZoneLateSnapshot) {
      open.restore(saved.open);
      wheel.restorePending(saved.due);
      ({ counting, episodes, crossedFrom, raisedWindows, endedAtMs } = saved);
    },
  };
}
