// How the providers of one channel are doing, from what came of their last notices. One that failed several
// times in a row is tried last; after a while one notice goes to it again, and it comes back when that works.
// Kept in memory: after a restart every provider is trusted until it fails.

import type { Level } from '../../core/finding.ts';
import type { EpochMs } from '../../core/time.ts';

export type HealthOptions = {
  /** Failures in a row after which a provider is tried last. */
  readonly failuresMax: number;
  /** How long then until a notice of that level may try it first again: a grave one risks no delay. */
  readonly probeAfterMs: Readonly<Record<Level, number>>;
};

export const HEALTH_DEFAULTS: HealthOptions = {
  failuresMax: 3,
  probeAfterMs: { 1: 600_000, 2: 60_000, 3: 60_000 },
};

export type ProviderReport = {
  readonly provider: string;
  readonly state: 'ok' | 'failing';
  /** Since when it is tried last. */
  readonly sinceMs: EpochMs | null;
  readonly failures: number;
  /** Of the last failure. */
  readonly code: string | null;
  readonly worked: number;
  readonly failed: number;
};

export type ProviderHealth = {
  /** The providers as a notice of that level tries them: those that are failing last. */
  inOrder(moment: { readonly level: Level; readonly nowAtMs: EpochMs }): readonly string[];
  /** A notice is about to go to the provider. */
  begun(provider: string, nowAtMs: EpochMs): void;
  /** It carried a notice to a person, or said truly why not; true when it was failing until now. */
  worked(provider: string): boolean;
  /** True when it is tried last from now on. */
  failed(provider: string, code: string, nowAtMs: EpochMs): boolean;
  report(): readonly ProviderReport[];
};

type Kept = {
  failures: number;
  sinceMs: EpochMs | null;
  /** When it failed or was tried last. */
  lastAtMs: EpochMs | null;
  code: string | null;
  totalWorked: number;
  totalFailed: number;
};

export function createProviderHealth(
  providers: readonly string[],
  options: HealthOptions = HEALTH_DEFAULTS,
): ProviderHealth {
  const kept = new Map<string, Kept>(
    providers.map((provider) => [
      provider,
      { failures: 0, sinceMs: null, lastAtMs: null, code: null, totalWorked: 0, totalFailed: 0 },
    ]),
  );
  const mayTry = ({ sinceMs, lastAtMs }: Kept, level: Level, nowAtMs: EpochMs) =>
    sinceMs === null || nowAtMs - (lastAtMs ?? sinceMs) >= options.probeAfterMs[level];

  return {
    inOrder({ level, nowAtMs }) {
      const isLast = (provider: string) => {
        const state = kept.get(provider);
        return state !== undefined && !mayTry(state, level, nowAtMs);
      };
      return [...providers.filter((provider) => !isLast(provider)), ...providers.filter(isLast)];
    },
    begun(provider, nowAtMs) {
      const state = kept.get(provider);
      if (state && state.sinceMs !== null) state.lastAtMs = nowAtMs;
    },
    worked(provider) {
      const state = kept.get(provider);
      if (!state) return false;
      const isBack = state.sinceMs !== null;
      Object.assign(state, { failures: 0, sinceMs: null, lastAtMs: null, code: null });
      state.totalWorked++;
      return isBack;
    },
    failed(provider, code, nowAtMs) {
      const state = kept.get(provider);
      if (!state) return false;
      state.failures++;
      state.totalFailed++;
      state.code = code;
      state.lastAtMs = nowAtMs;
      if (state.sinceMs !== null || state.failures < options.failuresMax) return false;
      state.sinceMs = nowAtMs;
      return true;
    },
    report: () =>
      [...kept].map(([provider, { failures, sinceMs, code, totalWorked, totalFailed }]) => ({
        provider,
        state: sinceMs === null ? ('ok' as const) : ('failing' as const),
        sinceMs,
        failures,
        code,
        worked: totalWorked,
        failed: totalFailed,
      })),
  };
}
