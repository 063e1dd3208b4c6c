// What of a story's notices goes out as one: at each instant something is due the sender's own rule decides.

import type { EpochMs } from '../../core/time.ts';
import { formGroups, type Joinable } from '../grouping/form-groups.ts';
import type { GroupTerms } from '../grouping/group-terms.ts';
import type { NewNotice } from '../subject-state.ts';
import type { Line } from './story-stage.ts';

export type Sending = Pick<NewNotice, 'alertId' | 'channel' | 'recipient' | 'createdAtMs'> &
  Joinable & {
    readonly groupKey: string | null;
    readonly terms: GroupTerms | undefined;
  };

/** `sms 511722-duty`, `sms 511722-duty about 3 alerts`, with when each goes out. */
export function groupSaid(sendings: readonly Sending[]): Line[] {
  const alone = sendings.filter(({ groupKey, terms }) => groupKey === null || !terms);
  const grouped = Map.groupBy(
    sendings.filter((one) => !alone.includes(one)),
    ({ groupKey, channel, recipient }) => `${groupKey} ${channel} ${recipient}`,
  );
  return [
    ...alone.map((one) => lineOf([one], one.nextAttemptAtMs)),
    ...[...grouped.values()].flatMap((ofKind) => sendAll(ofKind)),
  ];
}

function sendAll(ofKind: readonly Sending[]): Line[] {
  const lines: Line[] = [];
  let waiting = ofKind.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  let lastAtMs: number | null = null;
  while (waiting.length > 0) {
    const nowAtMs = waiting.reduce<EpochMs>(
      (first, { nextAttemptAtMs }) => (nextAttemptAtMs < first ? nextAttemptAtMs : first),
      (waiting[0] as Sending).nextAttemptAtMs,
    );
    const there = waiting.filter(({ createdAtMs }) => createdAtMs <= nowAtMs);
    const { terms } = there[0] as Sending;
    const formed = formGroups(there, { terms: terms as GroupTerms, lastAtMs, nowAtMs });
    if (formed.kind === 'wait') {
      const held = new Set(formed.rows);
      const until = { nextAttemptAtMs: formed.untilMs, groupUntilMs: formed.untilMs };
      waiting = waiting.map((one) => (held.has(one) ? { ...one, ...until } : one));
      continue;
    }
    const gone = new Set(formed.groups.flat());
    lines.push(...formed.groups.map((group) => lineOf(group, nowAtMs)));
    waiting = waiting.filter((one) => !gone.has(one));
    lastAtMs = nowAtMs;
  }
  return lines;
}

function lineOf(group: readonly Sending[], atMs: number): Line {
  const [{ channel, recipient }] = group as readonly [Sending, ...Sending[]];
  const alerts = new Set(group.map(({ alertId }) => alertId)).size;
  return { atMs, line: `${channel} ${recipient}${alerts > 1 ? ` about ${alerts} alerts` : ''}` };
}
