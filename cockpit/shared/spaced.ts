// Something that may be asked for at any rate and is done no more often than a limit allows: at once, then
// once more at the end of the pause if it was asked for meanwhile.

import type { Clock, Timer } from '../../core/time.ts';

export type Spaced = { ask(): void; cancel(): void };

export function createSpaced(clock: Clock, everyMs: number, run: () => void): Spaced {
  let timer: Timer | undefined;
  let doneAtMs = Number.NEGATIVE_INFINITY;

  const go = () => {
    timer = undefined;
    doneAtMs = clock.now();
    run();
  };

  return {
    ask() {
      if (timer) return;
      const waitMs = doneAtMs + everyMs - clock.now();
      if (waitMs <= 0) go();
      else timer = clock.after(waitMs, go);
    },
    cancel() {
      timer?.cancel();
      timer = undefined;
    },
  };
}
