// What the wall shows, between the live stream and React: the newest snapshot with alerts that came since,
// handed to React at most once a second however fast the stream is.

import type { Wall, WallAlert } from '../../app/api/wall.ts';
import type { Clock } from '../../core/time.ts';
import { createSpaced } from '../shared/spaced.ts';

export type WallState = {
  readonly wall: Wall;
  /** This machine's instant at which the numbers came. */
  readonly receivedAtMs: number;
};

export type WallStore = {
  set(wall: Wall): void;
  /** Alerts that were opened or changed; the counts follow with the next snapshot. */
  merge(alerts: readonly WallAlert[]): void;
  get(): WallState | undefined;
  subscribe(listener: () => void): () => void;
};

/** React is told no more often than this. */
export const TELL_MS_MIN = 1_000;

/** As many as the server sends. */
const ALERTS_MAX = 60;

export function createWallStore(clock: Clock): WallStore {
  const listeners = new Set<() => void>();
  let held: WallState | undefined;
  let shown: WallState | undefined;

  const telling = createSpaced(clock, TELL_MS_MIN, () => {
    shown = held;
    for (const listener of listeners) listener();
  });

  const change = (next: WallState) => {
    held = next;
    telling.ask();
  };

  return {
    set(wall) {
      change({ wall, receivedAtMs: clock.now() });
    },
    merge(alerts) {
      if (!held) return;
      change({ ...held, wall: { ...held.wall, alerts: mergeAlerts(held.wall.alerts, alerts) } });
    },
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) telling.cancel();
      };
    },
  };
}

/** `changed` laid over `alerts`: closed ones leave, the rest stay gravest and oldest first. */
export function mergeAlerts(
  alerts: readonly WallAlert[],
  changed: readonly WallAlert[],
): WallAlert[] {
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  for (const alert of changed) {
    if (alert.status === 'closed') byId.delete(alert.id);
    else byId.set(alert.id, alert);
  }
  return [...byId.values()].sort(gravestFirst).slice(0, ALERTS_MAX);
}

/** Gravest first, then who has to be acknowledged, then the oldest; the order of a feed. */
export const mostPressingFirst = (
  a: Pick<WallAlert, 'id' | 'level' | 'openedAtMs' | 'status'>,
  b: Pick<WallAlert, 'id' | 'level' | 'openedAtMs' | 'status'>,
): number =>
  a.level - b.level ||
  Number(b.status === 'new') - Number(a.status === 'new') ||
  gravestFirst(a, b);

/** Gravest first, then the one that waits longest; the id settles ties. */
export const gravestFirst = (
  a: Pick<WallAlert, 'id' | 'level' | 'openedAtMs'>,
  b: Pick<WallAlert, 'id' | 'level' | 'openedAtMs'>,
): number => a.level - b.level || a.openedAtMs - b.openedAtMs || (a.id < b.id ? -1 : 1);
