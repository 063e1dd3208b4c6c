// ⑥ Fourth step: one notice for each person and channel, to be written to the outbox in the transaction that
// opens the alert, and sent from there.

import { contentId } from '../core/ids.ts';
import { MINUTE_MS } from '../core/local-time.ts';
import type { EpochMs } from '../core/time.ts';
import type { AlertTable, ChannelKind } from '../warehouse/records-schema.ts';
import { groupOfNotice } from './grouping/group-terms.ts';
import type { Route } from './route.ts';
import type { NewNotice, Told } from './subject-state.ts';
import { composeNotice, wordsOf, type NoticeFacts } from './texts.ts';
import type { Templates } from './texts/templates.ts';

export type NotifyOptions = {
  /**
   * Who was called or texted about an episode is not called or texted about it again so soon, unless it
   * got graver: the phone in hand, the officer sees the rest on the console.
   */
  readonly quietMs: number;
  /** The words; the product's own when left out. */
  readonly templates?: Templates;
};

export const NOTIFY_DEFAULTS: NotifyOptions = { quietMs: 10 * MINUTE_MS };

export type Notified = {
  readonly notices: readonly NewNotice[];
  /** Officers spared a second call or SMS. */
  readonly quieted: ReadonlySet<string>;
};

/**
 * Steps of an alert's notices. A new alert begins at 0, what its n-th correction has to say at n times
 * this (also what repeats or the end of a silence have to say); each rung of the ladder is so many steps further, and trying somebody again counts up.
 */
export const STEPS_OF_CORRECTION = 100;
export const STEPS_OF_RUNG = 10;

/** One more would begin where the next correction does. */
export const RUNGS_MAX = STEPS_OF_CORRECTION / STEPS_OF_RUNG - 1;

/** Notices about tasks and about objections begin here; see tasks/task-notices.ts. */
export const TASK_STEPS = 1_000_000;
export const OBJECTION_STEPS = 1_000_000_000;

/** Which notices these are: how far the alert has come, and when. */
export type NoticeStep = {
  readonly step: number;
  readonly atMs: EpochMs;
  /** Of a rung that is climbed again and again; 0 when left out. */
  readonly round?: number;
};

type NotifiedAlert = NoticedAlert & Pick<AlertTable, 'episodeId'>;

/** The notices of an alert that is new or counts anew. A level-1 alert spares nobody. */
export function notify(
  alert: NotifiedAlert,
  route: Route,
  told: readonly Told[],
  { quietMs, templates, step, atMs }: NotifyOptions & NoticeStep,
): Notified {
  const quieted = new Set(
    route.told
      .filter(({ id }) => alert.level !== 1 && wasTold(id, alert, told, atMs - quietMs))
      .map(({ id }) => id),
  );
  const fetched = route.channel === 'push' ? [] : route.told.filter(({ id }) => !quieted.has(id));
  return {
    notices: [
      ...fetched.map(({ id }) =>
        noticeTo(id, alert, { channel: route.channel, step, atMs }, templates),
      ),
      ...[...route.told, ...route.pushedOnly].map(({ id }) =>
        noticeTo(id, alert, { channel: 'push', step, atMs }, templates),
      ),
    ],
    quieted: route.channel === 'push' ? new Set() : quieted,
  };
}

type NoticedAlert = Pick<
  AlertTable,
  'id' | 'level' | 'region' | 'titleZh' | 'titleEn' | 'late' | 'exercise'
> &
  Partial<Pick<AlertTable, 'reroutedBecause' | 'groupTerms'>>;

/** What a notice of that step may say about the alert. */
export const factsOf = (alert: NoticedAlert, step: number): NoticeFacts => ({
  alertId: alert.id,
  level: alert.level,
  region: alert.region,
  title: { zh: alert.titleZh, en: alert.titleEn },
  late: alert.late === 1,
  ...anewOf(alert, step),
});

function anewOf({ reroutedBecause: because }: NoticedAlert, step: number) {
  if (step < STEPS_OF_CORRECTION) return { corrected: false };
  return because == null || because === 'corrected' ? { corrected: true } : { because };
}

/** A notice by its key: the same alert, step, person and channel give the same id. */
export function noticeTo(
  recipient: string,
  alert: NoticedAlert,
  { channel, step, atMs, round = 0 }: NoticeStep & { channel: ChannelKind },
  templates?: Templates,
): NewNotice {
  const facts = factsOf(alert, step);
  const { zh, en } = composeNotice(channel, facts, templates);
  const group = groupOfNotice(alert, { says: wordsOf(facts), atMs });
  return {
    id: contentId('nt', [alert.id, step, recipient, channel, ...(round === 0 ? [] : [round])]),
    alertId: alert.id,
    step,
    channel,
    recipient,
    textZh: zh,
    textEn: en,
    createdAtMs: atMs,
    round,
    exercise: alert.exercise,
    ...(group ? { ...group, nextAttemptAtMs: group.groupUntilMs } : {}),
  };
}

const wasTold = (
  recipient: string,
  { episodeId, level }: NotifiedAlert,
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
