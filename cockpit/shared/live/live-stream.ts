// ⑨ The one live stream of a tab, kept alive by a watchdog: EventSource gives up for good after a single
// 502 and notices nothing when a connection goes quiet. Screens get events in order, each once, and are
// told when what they hold may have a gap and the snapshots must be read anew.

import type { LiveEvent, LiveEventName, LIVE_TOPICS } from '../../../app/api/live.ts';
import type { Random } from '../../../core/random.ts';
import type { Clock, Timer } from '../../../core/time.ts';

export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** What of EventSource is used; tests bring their own. */
export type EventSourceLike = {
  readonly readyState: number;
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
};

export type LiveStatus = {
  readonly phase: 'connecting' | 'live' | 'reconnecting';
  /** This machine's instant of the last event of any kind. */
  readonly lastHeardAtMs: number | undefined;
  /** How often the snapshots had to be read because events were missed. */
  readonly gaps: number;
};

export type LiveHandlers = {
  onEvent<Name extends LiveEventName>(name: Name, data: LiveEvent<Name>): void;
  /** Events were or may have been missed: read the snapshots anew. Also once at the start. */
  onSnapshotDue(): void;
  onStatus(status: LiveStatus): void;
  /** The server is another process than before, perhaps with another build. */
  onServerChanged?(): void;
};

export type LiveStream = { close(): void };

/** Silence after which a connection counts as dead. The server pings every second. */
export const SILENT_MS_MAX = 5_000;
export const BACKOFF_MS_FIRST = 1_000;
export const BACKOFF_MS_MAX = 30_000;

const WATCH_MS = 1_000;
const CLOSED = 2;

const EVENT_NAMES = [
  'hello',
  'ping',
  'reset',
  'wall',
  'points',
  'alerts',
  'wall-alerts',
] as const satisfies readonly LiveEventName[];

export type LiveDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly open: (url: string) => EventSourceLike;
};

/** Opens the stream for `topics` and keeps it open until `close`. */
export function openLiveStream(
  deps: LiveDeps,
  topics: readonly LiveTopic[],
  handlers: LiveHandlers,
): LiveStream {
  const { clock, random } = deps;
  const url = `/api/live?topics=${topics.join(',')}`;
  const order = createEventOrder();
  let source: EventSourceLike | undefined;
  let attemptAtMs = clock.now();
  let failures = 0;
  let gaps = 0;
  let phase: LiveStatus['phase'] = 'connecting';
  let lastHeardAtMs: number | undefined;
  let retry: Timer | undefined;
  let watch: Timer | undefined;

  const tell = () => handlers.onStatus({ phase, lastHeardAtMs, gaps });

  const enter = (next: LiveStatus['phase']) => {
    if (phase === next) return;
    phase = next;
    tell();
  };

  const snapshotDue = (missed: boolean) => {
    if (missed) gaps++;
    tell();
    handlers.onSnapshotDue();
  };

  const receive = (name: LiveEventName, event: MessageEvent<string>) => {
    lastHeardAtMs = clock.now();
    const data = parse(event.data);
    if (data === undefined) {
      snapshotDue(true);
      return;
    }
    if (name === 'hello') failures = 0;
    const verdict = order.take(name, data, Number(event.lastEventId));
    enter('live');
    if (verdict.serverChanged) handlers.onServerChanged?.();
    if (verdict.snapshotDue) snapshotDue(verdict.missed);
    if (verdict.deliver) handlers.onEvent(name, data as LiveEvent<typeof name>);
  };

  const connect = () => {
    retry = undefined;
    attemptAtMs = clock.now();
    const opened = deps.open(url);
    source = opened;
    for (const name of EVENT_NAMES) {
      opened.addEventListener(name, (event) => {
        if (source === opened) receive(name, event);
      });
    }
    opened.addEventListener('error', () => {
      if (source !== opened) return;
      enter('reconnecting');
      if (opened.readyState === CLOSED) reconnectLater();
    });
  };

  const reconnectLater = () => {
    source?.close();
    source = undefined;
    if (retry) return;
    const backoffMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_FIRST * 2 ** failures);
    failures++;
    retry = clock.after(backoffMs * (0.5 + random.next() / 2), connect);
  };

  const look = () => {
    watch = clock.after(WATCH_MS, look);
    if (!source) return;
    const quietSinceMs = Math.max(attemptAtMs, lastHeardAtMs ?? 0);
    if (clock.now() - quietSinceMs <= SILENT_MS_MAX) return;
    if (phase === 'live') enter('reconnecting');
    reconnectLater();
  };

  connect();
  watch = clock.after(WATCH_MS, look);

  return {
    close() {
      source?.close();
      source = undefined;
      retry?.cancel();
      watch?.cancel();
    },
  };
}

type Verdict = {
  readonly deliver: boolean;
  readonly snapshotDue: boolean;
  /** The snapshot is due because something was lost, not because this is the start. */
  readonly missed: boolean;
  readonly serverChanged: boolean;
};

const DELIVER: Verdict = { deliver: true, snapshotDue: false, missed: false, serverChanged: false };

/**
 * Holds every event against the rising sequence. After a connection was opened anew the server either
 * sends what was missed (ids up to the `sequence` of its hello) or goes on behind it; the latter is a gap.
 */
export function createEventOrder(): {
  take(name: LiveEventName, data: unknown, id: number): Verdict;
} {
  let serverId: string | undefined;
  let last = -1;
  let owed: number | undefined;

  const hello = (data: LiveEvent<'hello'>): Verdict => {
    const first = serverId === undefined;
    const serverChanged = !first && serverId !== data.serverId;
    serverId = data.serverId;
    if (first || serverChanged) {
      last = data.sequence;
      owed = undefined;
      return { deliver: true, snapshotDue: true, missed: serverChanged, serverChanged };
    }
    owed = data.sequence > last ? data.sequence : undefined;
    return DELIVER;
  };

  return {
    take(name, data, id) {
      if (name === 'hello') return hello(data as LiveEvent<'hello'>);
      const numbered = Number.isFinite(id) && id > 0;
      if (name === 'reset') {
        if (numbered) last = Math.max(last, id);
        owed = undefined;
        return { ...DELIVER, snapshotDue: true, missed: true };
      }
      if (name === 'ping' && (!numbered || id <= last)) return DELIVER;
      if (numbered && id <= last) return { ...DELIVER, deliver: false };
      const missed = owed !== undefined && id > owed;
      if (owed !== undefined && id >= owed) owed = undefined;
      if (numbered) last = id;
      return missed ? { ...DELIVER, snapshotDue: true, missed } : DELIVER;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
