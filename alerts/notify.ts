// ⑥ Fourth step: one notice for each person and channel, to be written to the outbox in the transaction that
// opens the alert, and sent from there.

import { contentId } from '../core/ids.ts';
import { MINUTE_MS } from '../core/local-time.ts';
import type { EpochMs } from '../core/time.ts';
import type { AlertTable, ChannelKind } from '../warehouse/records-schema.ts';
import type { Route } from './route.ts';
import type { NewNotice, Told } from './subject-state.ts';
import { composeNotice } from './texts.ts';

export type NotifyOptions = {
  /**
   * Who was called or texted about an episode is not called or texted about it again so soon, unless it
   * got graver: the phone in hand, the officer sees the rest on the console.
   */
  readonly quietMs: number;
};

export const NOTIFY_DEFAULTS: NotifyOptions = { quietMs: 10 * MINUTE_MS };

export type Notified = {
  readonly notices: readonly NewNotice[];
  /** Officers spared a second call or SMS. */
  readonly quieted: ReadonlySet<string>;
};

/** The notices of a new alert, its first step. A level-1 alert spares nobody. */
export function notify(
  alert: AlertTable,
  route: Route,
  told: readonly Told[],
  options: NotifyOptions,
): Notified {
  const atMs = alert.recordedAtMs;
  const quieted = new Set(
    route.told
      .filter(({ id }) => alert.level !== 1 && wasTold(id, alert, told, atMs - options.quietMs))
      .map(({ id }) => id),
  );
  const fetched = route.channel === 'push' ? [] : route.told.filter(({ id }) => !quieted.has(id));
  return {
    notices: [
      ...fetched.map(({ id }) => noticeTo(id, alert, { channel: route.channel, step: 0, atMs })),
      ...[...route.told, ...route.pushedOnly].map(({ id }) =>
        noticeTo(id, alert, { channel: 'push', step: 0, atMs }),
      ),
    ],
    quieted: route.channel === 'push' ? new Set() : quieted,
  };
}

/** A notice by its key: the same alert, step, person and channel give the same id. */
export function noticeTo(
  recipient: string,
  alert: Pick<AlertTable, 'id' | 'level' | 'region' | 'titleZh' | 'titleEn' | 'late'>,
  { channel, step, atMs }: { channel: ChannelKind; step: number; atMs: EpochMs },
): NewNotice {
  const { zh, en } = composeNotice(channel, {
    alertId: alert.id,
    level: alert.level,
    region: alert.region,
    title: { zh: alert.titleZh, en: alert.titleEn },
    late: alert.late === 1,
  });
  return {
    id: contentId('nt', [alert.id, step, recipient, channel]),
    alertId: alert.id,
    step,
    channel,
    recipient,
    textZh: zh,
    textEn: en,
    createdAtMs: atMs,
  };
}

const wasTold = (
  recipient: string,
  { episodeId, level }: AlertTable,
  told: readonly Told[],
  sinceMs: number,
): boolean =>
  told.some(
    (earlier) =>
      earlier.recipient === recipient &&
      earlier.episodeId === episodeId &&
      earlier.level <= level &&
      earlier.atMs > sinceMs,
  );
