// Which of the alerts an officer was told of a reply means. Pure; when it is not certain, nothing is done and
// the officer is asked.

import type { ReplyOutcome } from './channels/channel.ts';
import type { Told } from './reply-candidates.ts';
import type { ReadReply } from './reply-text.ts';
import { referenceOf } from './texts.ts';

export type Decided = {
  readonly outcome: ReplyOutcome;
  /** What it was understood to be about. */
  readonly about?: Told;
  /** What the same message spoke of besides, and is meant as well. */
  readonly also?: readonly Told[];
  /** What to choose from. */
  readonly open?: readonly Told[];
};

/** Alerts of one message are one thing to answer. */
const messageOf = ({ notice }: Told): string => notice.carriedBy ?? notice.id;

/** `acknowledged` says that it is to be acknowledged if it can. */
export function decideReply(read: ReadReply, given: Parameters<typeof decide>[1]): Decided {
  const decided = decide(read, given);
  const { about } = decided;
  if (!about || decided.outcome !== 'acknowledged') return decided;
  // Naming an alert that is not the one the message is named after means that one alone.
  const named = read.kind === 'acknowledge' && read.reference !== undefined;
  if (named && about.notice.carriedBy !== null) return decided;
  const also = given.told.filter(
    (one) => one.isOpen && one !== about && messageOf(one) === messageOf(about),
  );
  return also.length === 0 ? decided : { ...decided, also };
}

function decide(
  read: ReadReply,
  {
    told,
    said: saidId,
    isThanks,
    before,
  }: {
    /** The newest first. */
    readonly told: readonly Told[];
    /** The alert of the notice it answers, where the provider knows. */
    readonly said?: string | undefined;
    /** It answers an answer of ours: a word back means what that was about, and never the next alert. */
    readonly isThanks?: boolean;
    /** Alerts the same words were taken for a moment ago. */
    readonly before: readonly (string | null)[];
  },
): Decided {
  const bySms = told.filter(({ notice }) => notice.channel === 'sms');
  const waiting = bySms.filter(({ isOpen }) => isOpen);
  const open = [...Map.groupBy(waiting, messageOf).values()].flatMap((ofOne) => firstOf(ofOne));
  const said = told.find(({ alert }) => alert.id === saidId);
  const answered = said ?? (open.length > 1 ? undefined : (open[0] ?? bySms[0]));
  if (read.kind === 'unclear') {
    return { outcome: 'unclear', ...(answered ? { about: answered } : {}), open };
  }
  const { reference } = read;
  if (reference !== undefined) {
    const named = told.filter(({ alert }) => referenceOf(alert.id) === reference);
    const about = named.find(({ isOpen }) => isOpen) ?? named[0];
    return about ? { outcome: 'acknowledged', about } : { outcome: 'unknown-reference', open };
  }
  if (said) return { outcome: 'acknowledged', about: said };
  const [only] = open;
  if (open.length > 1 || (only && isThanks)) return { outcome: 'ambiguous', open };
  if (only) {
    // The same word again, and meanwhile another alert: whether it means that one only the officer knows.
    const isAnother = before.some((alertId) => alertId !== null && alertId !== only.alert.id);
    return isAnother ? { outcome: 'ambiguous', open } : { outcome: 'acknowledged', about: only };
  }
  if (before.length > 0 || isThanks) return { outcome: 'repeated' };
  return answered ? { outcome: 'acknowledged', about: answered } : { outcome: 'nothing-open' };
}

/** Of the alerts of one message the one it is named after, where that still waits. */
const firstOf = (told: readonly Told[]): readonly Told[] => {
  const first = told.find(({ notice }) => notice.carriedBy === null) ?? told[0];
  return first ? [first] : [];
};
