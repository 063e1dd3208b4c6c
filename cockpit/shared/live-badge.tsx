// How fresh the screen is, in words: live, reconnecting, or how old the data is.

import { useDeps, useTimed } from './deps.tsx';
import { useSay } from './language.tsx';
import type { LiveStatus } from './live/live-stream.ts';
import { StateMark } from './marks.tsx';
import { dataAgeText, WORDS } from './words.ts';
import styles from './live-badge.module.css';

/** Data older than this is called stale, also while the connection lives. */
export const FRESH_MS_MAX = 10_000;

/**
 * Age of data in milliseconds of the reader's time: the longer of how long ago it came and how old the
 * server says it is (a drill faster than life counted down to ours).
 */
export function ageOfData(
  data: { readonly atMs: number; readonly receivedAtMs: number },
  now: { readonly localMs: number; readonly serverMs: number; readonly speed: number },
): number {
  const sinceReceived = now.localMs - data.receivedAtMs;
  const sinceMade = (now.serverMs - data.atMs) / Math.max(1, now.speed);
  return Math.max(0, sinceReceived, sinceMade);
}

/** Whole seconds the data is too old by; undefined while it is fresh or there is none. */
export function useStaleSeconds(
  data: { readonly atMs: number; readonly receivedAtMs: number } | undefined,
): number | undefined {
  const { clock, serverClock, still } = useDeps();
  return useTimed((serverMs) => {
    if (!data || still) return undefined;
    const now = { localMs: clock.now(), serverMs, speed: serverClock.speed() };
    const ageMs = ageOfData(data, now);
    return ageMs > FRESH_MS_MAX ? Math.floor(ageMs / 1_000) : undefined;
  });
}

export function LiveBadge({
  status,
  staleSeconds,
}: {
  status: LiveStatus;
  staleSeconds: number | undefined;
}) {
  const say = useSay();
  const mark = status.phase === 'live' ? (staleSeconds === undefined ? 'ok' : 'warn') : 'bad';
  const phase =
    status.phase === 'live'
      ? staleSeconds === undefined
        ? WORDS.live
        : undefined
      : status.phase === 'connecting'
        ? WORDS.connecting
        : WORDS.reconnecting;
  return (
    <span className={styles.badge} data-mark={mark}>
      <StateMark state={status.phase === 'connecting' ? 'unknown' : mark} />
      <span role="status">{phase && say(phase)}</span>
      {staleSeconds !== undefined && <span>{say(dataAgeText(staleSeconds))}</span>}
    </span>
  );
}
