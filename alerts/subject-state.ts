// What the pipeline knows of one person when it takes a finding, and what it may do to it. The state is a
// small piece of the records; the effects are the rows to write, and applying them gives the next state.

import type { AlertEvent } from '../core/alert-event.ts';
import { assert, never } from '../core/errors.ts';
import type { CorrectedFinding, SuppressedFinding } from '../core/finding.ts';
import type { Text } from '../core/text.ts';
import type { EpochMs } from '../core/time.ts';
import type { RecentRaise } from './repeats.ts';
import type { NewRung } from './escalation.ts';
import type {
  AlertRaiseTable,
  AlertTable,
  ChannelKind,
  OutboxTable,
  SilencedAlertTable,
} from '../warehouse/records-schema.ts';

export type KnownAlert = Pick<
  AlertTable,
  | 'id'
  | 'ruleId'
  | 'level'
  | 'subject'
  | 'subjectClass'
  | 'region'
  | 'late'
  | 'status'
  | 'openedAtMs'
  | 'clearedAtMs'
  | 'repeats'
  | 'lastRepeatAtMs'
  | 'episodeId'
  | 'titleZh'
  | 'titleEn'
  | 'article'
  | 'acknowledgedAtMs'
  | 'withdrawnAtMs'
  | 'corrections'
  | 'correctedBecause'
  | 'silencedBy'
  | 'reroutedBecause'
  | 'repeatsRaisedAtMs'
  | 'exercise'
  | 'groupTerms'
>;

/** A call or SMS that went to an officer a short while ago, or is about to. */
export type Told = {
  readonly recipient: string;
  readonly episodeId: string;
  readonly level: AlertTable['level'];
  readonly atMs: number;
};

export type SubjectState = {
  /** Those that are not closed, and those the findings at hand refer to. */
  readonly alerts: readonly KnownAlert[];
  /** Every raised finding these alerts stand for. */
  readonly raises: readonly AlertRaiseTable[];
  readonly told: readonly Told[];
  /** What the rules said of late about the person, also in alerts that are closed: repeats are counted. */
  readonly recent: readonly RecentRaise[];
};

export const EMPTY_STATE: SubjectState = { alerts: [], raises: [], told: [], recent: [] };

export type NewNotice = Pick<
  OutboxTable,
  'id' | 'alertId' | 'step' | 'channel' | 'recipient' | 'textZh' | 'textEn' | 'createdAtMs'
> &
  Partial<Pick<OutboxTable, 'round' | 'exercise' | 'groupKey' | 'groupUntilMs'>> & {
    /** When it is due; at once when left out. */
    readonly nextAttemptAtMs?: EpochMs;
  };

export type AlertChange = Partial<
  Pick<
    AlertTable,
    | 'clearedAtMs'
    | 'repeats'
    | 'lastRepeatAtMs'
    | 'level'
    | 'subjectClass'
    | 'withdrawnAtMs'
    | 'correctedBecause'
    | 'corrections'
    | 'status'
    | 'closedAtMs'
    | 'closedBy'
    | 'silencedBy'
    | 'reroutedBecause'
    | 'repeatsRaisedAtMs'
    | 'groupTerms'
  >
>;

/** Tells whoever was told of an alert before `step` what became of it. */
export type Telling = {
  readonly alertId: string;
  readonly step: number;
  readonly sms: Text;
  readonly push: Text;
  readonly createdAtMs: EpochMs;
  /** What goes out besides when nobody was called or texted: an alert that still stands is told to somebody. */
  readonly ifUntold: readonly NewNotice[];
};

export type Effect =
  | { readonly kind: 'open'; readonly alert: AlertTable }
  | { readonly kind: 'change'; readonly alertId: string; readonly change: AlertChange }
  /** A raise that is new, or that has been cleared. */
  | { readonly kind: 'raise'; readonly raise: AlertRaiseTable }
  | { readonly kind: 'event'; readonly event: AlertEvent }
  | { readonly kind: 'notice'; readonly notice: NewNotice }
  /** What follows when nobody acknowledges. */
  | { readonly kind: 'rung'; readonly rung: NewRung }
  | { readonly kind: 'silenced'; readonly silenced: SilencedAlertTable }
  | { readonly kind: 'suppressed'; readonly finding: SuppressedFinding }
  | {
      readonly kind: 'correction';
      readonly alertId: string;
      readonly finding: CorrectedFinding;
    }
  /** Notices before this step that nobody has sent yet are not needed any more. */
  | { readonly kind: 'take-back'; readonly alertId: string; readonly step: number }
  | { readonly kind: 'tell'; readonly telling: Telling }
  /** Nobody can be told by the channel of the level: for the operators. */
  | { readonly kind: 'unreached'; readonly alertId: string; readonly channel: ChannelKind };

export const applyEffects = (state: SubjectState, effects: readonly Effect[]): SubjectState =>
  effects.reduce(applyEffect, state);

function applyEffect(state: SubjectState, effect: Effect): SubjectState {
  switch (effect.kind) {
    case 'open':
      return { ...state, alerts: [...state.alerts, effect.alert] };
    case 'change': {
      const change = (alert: KnownAlert) =>
        alert.id === effect.alertId ? { ...alert, ...effect.change } : alert;
      return { ...state, alerts: state.alerts.map(change) };
    }
    case 'raise': {
      const { raise } = effect;
      const others = <Row extends { id: string }>(rows: readonly Row[]) =>
        rows.filter(({ id }) => id !== raise.id);
      const { ruleId } = alertOf(raise, state);
      return {
        ...state,
        raises: [...others(state.raises), raise],
        recent: [...others(state.recent), { ...raise, ruleId }],
      };
    }
    case 'notice':
      if (effect.notice.channel === 'push') return state;
      return { ...state, told: [...state.told, toldBy(effect.notice, state)] };
    case 'event':
    case 'rung':
    case 'silenced':
    case 'suppressed':
    case 'correction':
    case 'take-back':
    case 'tell':
    case 'unreached':
      return state;
    default:
      return never(effect);
  }
}

function alertOf({ alertId }: { readonly alertId: string }, state: SubjectState): KnownAlert {
  const alert = state.alerts.find(({ id }) => id === alertId);
  assert(alert, 'an alert is opened before anything is written about it');
  return alert;
}

function toldBy(notice: NewNotice, state: SubjectState): Told {
  const { recipient, createdAtMs } = notice;
  const alert = alertOf(notice, state);
  return { recipient, episodeId: alert.episodeId, level: alert.level, atMs: createdAtMs };
}
