// Instants and clocks. The only place that reads the machine's time; everything else is given a Clock.

import type { z } from 'zod';

/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & z.$brand<'EpochMs'>;

/** Names a number as an instant. Guarantee: the caller knows it to be epoch milliseconds. */
export const epochMs = (value: number): EpochMs => value as EpochMs;

export type Timer = { cancel(): void };

export type Clock = {
  now(): EpochMs;
  /** Calls `run` once after `delayMs` of this clock's time. */
  after(delayMs: number, run: () => void): Timer;
};

export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  after: (delayMs, run) => {
    const handle = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** For waiting on the outside world (polls, network time-outs). Event time never comes from it. */
export const ioClock: Clock = systemClock;

/** A clock that starts at `startAtMs` and runs `speed` times as fast as `base`; for demos and drills. */
export function createAcceleratedClock(
  base: Clock,
  { startAtMs, speed }: { startAtMs: EpochMs; speed: number },
): Clock {
  const baseStartAtMs = base.now();
  return {
    now: () => epochMs(Math.floor(startAtMs + (base.now() - baseStartAtMs) * speed)),
    after: (delayMs, run) => base.after(delayMs / speed, run),
  };
}

export type ManualClock = Clock & {
  /** Moves time forward, firing due timers in order of their instant. */
  advance(ms: number): void;
  set(atMs: EpochMs): void;
};

/** A clock that stands still until told to move; for tests, simulation and batch replay. */
export function createManualClock(startAtMs: number): ManualClock {
  let nowAtMs = startAtMs;
  let order = 0;
  let pending: { atMs: number; order: number; run: () => void }[] = [];

  const runTo = (atMs: number) => {
    for (;;) {
      const due = pending
        .filter((timer) => timer.atMs <= atMs)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (!due) break;
      pending = pending.filter((timer) => timer !== due);
      nowAtMs = Math.max(nowAtMs, due.atMs);
      due.run();
    }
    nowAtMs = Math.max(nowAtMs, atMs);
  };

  return {
    now: () => epochMs(nowAtMs),
    after: (delayMs, run) => {
      const timer = { atMs: nowAtMs + delayMs, order: order++, run };
      pending.push(timer);
      return {
        cancel: () => {
          pending = pending.filter((other) => other !== timer);
        },
      };
    },
    advance: (ms) => runTo(nowAtMs + ms),
    set: (atMs) => runTo(atMs),
  };
}

/** Resolves after `delayMs` of the clock's time; rejects at once when `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Monotonic milliseconds for measuring how long something took; never an instant. */
export const elapsedMs = (): number => performance.now();
