// Telephone lines: so many calls at once in all, one per number. Who finds none free waits a while, in turn.

import type { Clock } from '../../../core/time.ts';

export type Lines = {
  /** Gives how to free the line again, or undefined when none became free in time. */
  take(number: string): Promise<(() => void) | undefined>;
  stop(): void;
};

type Waiting = {
  readonly number: string;
  readonly begin: (free: (() => void) | undefined) => void;
};

export function createLines(
  clock: Clock,
  { callsMax, waitMs }: { readonly callsMax: number; readonly waitMs: number },
): Lines {
  const busy = new Set<string>();
  let waiting: Waiting[] = [];

  const seize = (number: string) => {
    busy.add(number);
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      busy.delete(number);
      // The first who may: one who waits for a person holds up nobody who waits for a line.
      const next = waiting.find((other) => isPossible(other.number));
      if (!next) return;
      waiting = waiting.filter((other) => other !== next);
      next.begin(seize(next.number));
    };
  };
  const isPossible = (number: string) => busy.size < callsMax && !busy.has(number);

  return {
    take(number) {
      if (isPossible(number)) return Promise.resolve(seize(number));
      return new Promise((resolve) => {
        const timer = clock.after(waitMs, () => {
          waiting = waiting.filter((other) => other !== mine);
          resolve(undefined);
        });
        const mine: Waiting = {
          number,
          begin(free) {
            timer.cancel();
            resolve(free);
          },
        };
        waiting.push(mine);
      });
    },
    stop() {
      for (const { begin } of waiting.splice(0)) begin(undefined);
    },
  };
}
