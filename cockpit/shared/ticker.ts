// One timer for everything on a screen that changes with time, running only while someone listens.

import type { Clock, Timer } from '../../core/time.ts';

export type Ticker = { subscribe(listener: () => void): () => void };

export function createTicker(clock: Clock, everyMs: number): Ticker {
  const listeners = new Set<() => void>();
  let timer: Timer | undefined;

  const tick = () => {
    timer = clock.after(everyMs - (clock.now() % everyMs), tick);
    for (const listener of listeners) listener();
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      timer ??= clock.after(everyMs - (clock.now() % everyMs), tick);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        timer?.cancel();
        timer = undefined;
      };
    },
  };
}
