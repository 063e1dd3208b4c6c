// When a replayed event is due: event time runs `speed` times as fast as the clock, from the first event
// on, and stands still while the replay is paused.

import { sleep, type Clock } from '../../core/time.ts';

/** The replay was stopped; not an error to anybody but the loop it ends. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

export type Pace = {
  /** Resolves when an event at `eventAtMs` is due; rejects with StoppedError once stopped. */
  until(eventAtMs: number): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): void;
  readonly isPaused: boolean;
  /** Aborts when the replay is stopped. */
  readonly signal: AbortSignal;
};

/** Speed in event time per clock time; `max` makes every event due at once. */
export function createPace(clock: Clock, speed: number | 'max'): Pace {
  const stopping = new AbortController();
  /** Event time and clock time that belong together; unset before the first event and after a pause. */
  let anchor: { eventAtMs: number; clockAtMs: number } | undefined;
  let reachedAtMs: number | undefined;
  let pausing: { promise: Promise<void>; resolve: () => void } | undefined;
  let waking = new AbortController();

  const delayOf = (eventAtMs: number): number => {
    if (speed === 'max') return 0;
    anchor ??= { eventAtMs: reachedAtMs ?? eventAtMs, clockAtMs: clock.now() };
    return anchor.clockAtMs + (eventAtMs - anchor.eventAtMs) / speed - clock.now();
  };

  return {
    signal: stopping.signal,
    get isPaused() {
      return pausing !== undefined;
    },
    async until(eventAtMs) {
      for (;;) {
        stopping.signal.throwIfAborted();
        if (pausing) {
          await pausing.promise;
          continue;
        }
        const delayMs = delayOf(eventAtMs);
        if (delayMs <= 0) {
          reachedAtMs = eventAtMs;
          return;
        }
        waking = new AbortController();
        await sleep(clock, delayMs, waking.signal).catch(() => {});
      }
    },
    pause() {
      if (pausing || stopping.signal.aborted) return;
      // The part of the way to the next event that has passed is kept.
      if (anchor && speed !== 'max') {
        reachedAtMs = anchor.eventAtMs + (clock.now() - anchor.clockAtMs) * speed;
      }
      anchor = undefined;
      pausing = Promise.withResolvers();
      waking.abort();
    },
    resume() {
      pausing?.resolve();
      pausing = undefined;
    },
    stop() {
      stopping.abort(new StoppedError('stopped'));
      pausing?.resolve();
      pausing = undefined;
      waking.abort();
    },
  };
}
