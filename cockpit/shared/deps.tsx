// What every screen is given: clock and chance of this machine, the server's time, the reader's choices.

import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { Random } from '../../core/random.ts';
import type { Clock } from '../../core/time.ts';
import { createServerClock, type ServerClock } from './server-clock.ts';
import type { Settings, SettingsStore } from './settings.ts';
import { createTicker, type Ticker } from './ticker.ts';

export type Deps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: SettingsStore;
  readonly serverClock: ServerClock;
  /** Ticks once a second while someone looks. */
  readonly seconds: Ticker;
  /** Nothing moves and time stands: for screenshots. */
  readonly still: boolean;
};

export function createDeps(
  given: Pick<Deps, 'clock' | 'random' | 'settings'>,
  address: string,
): Deps {
  const still = new URLSearchParams(address).get('still') === '1';
  return {
    ...given,
    still,
    serverClock: createServerClock(given.clock, { still }),
    seconds: createTicker(given.clock, 1_000),
  };
}

const Context = createContext<Deps | undefined>(undefined);

export function DepsProvider({ deps, children }: { deps: Deps; children: ReactNode }) {
  return <Context value={deps}>{children}</Context>;
}

export function useDeps(): Deps {
  const deps = useContext(Context);
  if (!deps) throw new Error('no deps above this component');
  return deps;
}

export function useSettings(): Settings {
  const { settings } = useDeps();
  return useSyncExternalStore(settings.subscribe, settings.get);
}

/**
 * What `read` makes of the server's time, looked at once a second; the component draws anew only when the
 * result changed, so give it something coarse.
 */
export function useTimed<Result extends string | number | boolean | undefined>(
  read: (nowMs: number) => Result,
): Result {
  const { seconds, serverClock } = useDeps();
  return useSyncExternalStore(seconds.subscribe, () => read(serverClock.now()));
}
