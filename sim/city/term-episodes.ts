// Episodes in which time runs out: a leave nobody reports back from, and terms of monitoring.

import { assert } from '../../core/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/local-time.ts';
import type { Member } from './casting.ts';
import type { Episode, Span } from './episode.ts';
import { justiceOffice } from './law.ts';
import { leaveArrival, reportedBack } from './orders.ts';
import { monitoringRenewed } from './recorded-bases.ts';
import { compose, expecting, type Stage } from './stage.ts';

/** The rules' own: the grace after a leave, and the last warning of monitoring. */
const GRACE_MS = 3 * HOUR_MS;
const LAST_WARNING_MS = 3 * DAY_MS;
/** Terms so short that of the warnings only the last comes, or none, and nothing at the very start. */
const ENDING_TERM_MS = 5 * DAY_MS;
const OVERDUE_TERM_MS = 2 * DAY_MS;
/** Shorter than the warning of the rule, so that nothing is said of it before it is over. */
const ERRAND_MS = 90 * MINUTE_MS;
const EXTENDED_DAYS = 60;

/** A short errand out of the county; three hours after its end nobody has heard of the person. */
export function leaveNotReported(stage: Stage, member: Member, atMs: number): Episode {
  const untilMs = atMs - GRACE_MS;
  const leave = leaveArrival(
    member.person,
    {
      leaveId: `leave-${member.person.key}-${stage.id}`,
      regions: [stage.destination()],
      reason: 'family',
      approvedBy: justiceOffice(member.person.county),
      fromMs: untilMs - ERRAND_MS,
      untilMs,
      transitMs: ERRAND_MS / 2,
    },
    untilMs - ERRAND_MS - 2 * HOUR_MS,
  );
  const reportedMs = Math.round(atMs + stage.between([20, 50]) * MINUTE_MS);
  return compose(stage, 'leave-not-reported', member, atMs, {
    facts: [leave, reportedBack(leave, reportedMs)],
    expects: [
      expecting(stage, member, {
        outcome: 'raised',
        ruleId: 'leave-expiry',
        level: 3,
        fromMs: atMs,
        untilMs: atMs,
      }),
      expecting(stage, member, {
        outcome: 'cleared',
        ruleId: 'leave-expiry',
        fromMs: reportedMs,
        untilMs: reportedMs,
      }),
    ],
  });
}

/** The term of which three days are left at `atMs`, and the one that ends then. */
export const endingTerm = (atMs: number): Span => ({
  fromMs: atMs + LAST_WARNING_MS - ENDING_TERM_MS,
  untilMs: atMs + LAST_WARNING_MS,
});
export const overdueTerm = (atMs: number): Span => ({
  fromMs: atMs - OVERDUE_TERM_MS,
  untilMs: atMs,
});

/** Three days are left, and the bureau is told to decide. */
export function monitoringEnding(stage: Stage, member: Member): Episode {
  const atMs = termOf(member).untilMs - LAST_WARNING_MS;
  return compose(stage, 'monitoring-ending', member, atMs, {
    expects: [
      expecting(stage, member, {
        outcome: 'raised',
        ruleId: 'monitoring-term',
        level: 3,
        fromMs: atMs,
        untilMs: atMs,
      }),
    ],
  });
}

/** The term ends and nobody decided: the gate refuses what the bracelet reports until it is extended. */
export function monitoringOverdue(stage: Stage, member: Member): Episode {
  const atMs = termOf(member).untilMs;
  const { person } = member;
  const recordedAtMs = Math.round(atMs + stage.between([15, 35]) * MINUTE_MS);
  return compose(stage, 'monitoring-overdue', member, atMs, {
    facts: [monitoringRenewed(person, { recordedAtMs, days: EXTENDED_DAYS })],
    expects: [
      expecting(stage, member, {
        outcome: 'raised',
        ruleId: 'monitoring-term',
        level: 2,
        fromMs: atMs,
        untilMs: atMs,
      }),
      // The device goes on reporting; of what it says nothing is kept.
      expecting(stage, member, {
        outcome: 'raised',
        ruleId: 'still-sending',
        level: 2,
        fromMs: atMs,
        untilMs: recordedAtMs,
      }),
      expecting(stage, member, {
        outcome: 'cleared',
        ruleId: 'monitoring-term',
        fromMs: recordedAtMs,
        untilMs: recordedAtMs,
      }),
    ],
  });
}

function termOf({ person }: Member): Span {
  assert(person.monitoring !== undefined, 'whose monitoring ends in the script has a term');
  return person.monitoring;
}
