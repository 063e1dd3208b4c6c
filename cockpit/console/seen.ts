// Which alerts somebody can see: those whose rows stand on screen while the page is visible. Each is told to
// the server once; what could not be told is told again with the next.

import type { Clock, Timer } from '../../core/time.ts';

export type Seen = {
  /** The row of an alert came on screen, or left it. */
  onScreen(id: string, isOn: boolean): void;
  /** The page came to the front, or went behind another. */
  visible(isVisible: boolean): void;
  stop(): void;
};

/** Somebody who scrolls past sees nothing: a row counts once it stood for this long. */
export const STANDS_MS = 700;
const IDS_MAX = 200;
const AGAIN_MS = 5_000;

export function createSeen(
  clock: Clock,
  tell: (ids: readonly string[]) => Promise<unknown>,
  given: { isVisible: boolean },
): Seen {
  const shown = new Set<string>();
  const told = new Set<string>();
  let isVisible = given.isVisible;
  let timer: Timer | undefined;

  const wait = (ms: number) => {
    timer ??= clock.after(ms, () => {
      timer = undefined;
      flush();
    });
  };
  const untold = () => [...shown].filter((id) => !told.has(id)).slice(0, IDS_MAX);
  const flush = () => {
    const ids = isVisible ? untold() : [];
    if (ids.length === 0) return;
    for (const id of ids) told.add(id);
    void tellAll(ids);
  };
  const tellAll = async (ids: readonly string[]) => {
    try {
      await tell(ids);
      if (untold().length > 0) wait(STANDS_MS);
    } catch {
      for (const id of ids) told.delete(id);
      wait(AGAIN_MS);
    }
  };
  /** Counts anew from the last change. */
  const restart = () => {
    timer?.cancel();
    timer = undefined;
    if (isVisible && untold().length > 0) wait(STANDS_MS);
  };

  return {
    onScreen(id, isOn) {
      if (shown.has(id) === isOn) return;
      if (isOn) shown.add(id);
      else shown.delete(id);
      if (!told.has(id)) restart();
    },
    visible(next) {
      isVisible = next;
      restart();
    },
    stop() {
      timer?.cancel();
    },
  };
}
