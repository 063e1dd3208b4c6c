// The time of the server as this screen knows it. Browsers on duty desks are minutes off, and a drill may
// run faster than life, so ages and the clock on the wall come from the instants the server sends.

import type { Clock } from '../../core/time.ts';

export type ServerClock = {
  /** The server said that it is `atMs` now. */
  observe(atMs: number): void;
  /** The server's time, carried on between what it says; the machine's own until it spoke once. */
  now(): number;
  /** How many milliseconds of the server's time pass in one of ours. */
  speed(): number;
};

/** Less than this between two sayings and jitter of the network would look like speed. */
const MEASURE_MS_MIN = 5_000;

/** A saying that differs by less keeps the clock from stepping for nothing. */
const STEP_MS_MIN = 250;

/** With `still` the clock stands at what the server last said; for screenshots. */
export function createServerClock(clock: Clock, { still }: { still: boolean }): ServerClock {
  let anchor: { serverAtMs: number; localAtMs: number } | undefined;
  let measured: { serverAtMs: number; localAtMs: number } | undefined;
  let speed = 1;

  const now = () =>
    anchor
      ? anchor.serverAtMs + (clock.now() - anchor.localAtMs) * (still ? 0 : speed)
      : clock.now();

  const measure = (serverAtMs: number, localAtMs: number) => {
    measured ??= { serverAtMs, localAtMs };
    const localMs = localAtMs - measured.localAtMs;
    if (localMs < MEASURE_MS_MIN) return;
    const ratio = (serverAtMs - measured.serverAtMs) / localMs;
    // Anything near one is a clock at real speed seen through a network.
    speed = ratio > 1.2 || ratio < 0.8 ? Math.max(0, ratio) : 1;
    measured = { serverAtMs, localAtMs };
  };

  return {
    now,
    speed: () => speed,
    observe(atMs) {
      const localAtMs = clock.now();
      measure(atMs, localAtMs);
      if (anchor && Math.abs(now() - atMs) < STEP_MS_MIN * speed) return;
      anchor = { serverAtMs: atMs, localAtMs };
    },
  };
}
