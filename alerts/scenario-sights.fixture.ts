// What a script says must be seen, compared with what was: notices that went out, errors for the operators,
// and what the desk says of an alert.

import type { RaisedFinding } from '../core/finding.ts';
import { UserError } from '../core/errors.ts';
import { contentId } from '../core/ids.ts';
import type { OutgoingNotice } from './channels/channel.ts';
import { DAZHOU_CITY } from './findings.fixture.ts';
import { alertOf, type Play } from './scenario-acts.fixture.ts';
import { isAct, writeDuration, type ScriptLine } from './scenario-script.fixture.ts';
import type { VirtualStage } from './virtual-stage.fixture.ts';

export const EVERYWHERE = { kind: 'within', region: DAZHOU_CITY } as const;

/** `alert A <state> …`: what the desk says of an alert at this instant. */
export async function checkAlert(play: Play, line: ScriptLine): Promise<void> {
  const { stage, alerts, rows } = play;
  await stage.settle();
  const [label = '', ...wanted] = line.words;
  const got = await describeAlert(stage, alerts, alertOf(play, label).alertId);
  const isThere = wanted.join(' ') === got.join(' ') || wanted.every((word) => got.includes(word));
  rows.push({
    atMs: line.fromMs,
    mark: isThere ? ' ' : '✗',
    wanted: `${line.time} ${line.text}`,
    got: isThere ? '=' : `alert ${label} ${got.join(' ')}`,
  });
}

/** Words that are true of an alert: `new`, `awaits:city`, `level:1`, `late`, `repeats:2`, `episode:A`. */
async function describeAlert(
  { desk }: VirtualStage,
  alerts: ReadonlyMap<string, RaisedFinding>,
  id: string,
): Promise<string[]> {
  try {
    const alert = await desk.get(id, EVERYWHERE);
    const nameOf = (alertId: string) =>
      [...alerts].find(([, finding]) => finding.alertId === alertId)?.[0] ?? alertId;
    const opener = [...alerts].find(
      ([, finding]) => contentId('ep', [finding.alertId]) === alert.episodeId,
    );
    return [
      alert.status,
      alert.awaiting.length === 0 ? 'awaits:nobody' : `awaits:${alert.awaiting.join('+')}`,
      `level:${alert.level}`,
      `repeats:${alert.repeats}`,
      `episode:${opener?.[0] ?? nameOf(alert.episodeId)}`,
      ...(alert.late ? ['late'] : []),
      ...(alert.clearedAtMs === null ? [] : ['cleared']),
      alert.withdrawnAtMs === null ? 'stands' : 'withdrawn',
      ...new Set(
        alert.timeline.map(
          ({ kind, details }) => `${kind}:${details['because'] ?? details['outcome'] ?? 'so'}`,
        ),
      ),
      ...alert.timeline.flatMap(({ details }) =>
        details['mutedBy'] === undefined ? [] : [`muted:${details['mutedBy']}`],
      ),
    ];
  } catch (error) {
    if (error instanceof UserError) return [error.code];
    throw error;
  }
}

const LOUD = ['phone', 'sms', 'operators'];

/** Pairs what was seen with what the script names; what is left over on either side is a difference. */
export async function compareSights(
  { stage, alerts, rows }: Play,
  { lines, graceMs }: { lines: readonly ScriptLine[]; graceMs: number },
): Promise<void> {
  const wanted = lines
    .filter((line) => !isAct(line) && line.verb !== 'alert')
    .map((line) => ({
      ...line,
      latestMs: line.untilMs === line.fromMs ? line.fromMs + graceMs : line.untilMs,
    }))
    .toSorted((a, b) => a.latestMs - b.latestMs);
  const names = new Map([...alerts].map(([label, { alertId }]) => [alertId, label]));
  const namesWarnings = new Set(
    wanted.filter(({ verb }) => verb === 'operators').map(({ words: [event] }) => event),
  );
  const isStrict = (verb: string) =>
    LOUD.includes(verb) || wanted.some((line) => line.verb === verb);
  const steps = await stage.records.db
    .selectFrom('noticeAttempt')
    .select(['alertId', 'code', 'attempt'])
    .where('what', '=', 'carried')
    .execute();
  /** `A`, or `A+B+C` for what spoke of several when it was handed over. */
  const labelOf = ({ id, alertId, attempt = 1 }: OutgoingNotice) =>
    [alertId, ...steps.filter((one) => one.code === id && one.attempt === attempt).map(idOf)]
      .map((of) => names.get(of) ?? '?')
      .toSorted()
      .join('+');
  const found = stage.seen.flatMap((one) => {
    if (one.kind === 'logged') {
      if (one.level === 'warn' && !namesWarnings.has(one.event)) return [];
      return [{ atMs: one.atMs, verb: 'operators', text: `operators ${one.event}` }];
    }
    const label = labelOf(one.notice);
    const { channel } = one;
    return [{ atMs: one.atMs, verb: channel, text: `${channel} ${one.notice.recipient} ${label}` }];
  });
  for (const { atMs, verb, text } of found) {
    const at = wanted.findIndex(
      (line) => line.fromMs <= atMs && atMs <= line.latestMs && fits(line.text, text),
    );
    const got = `${writeDuration(atMs)} ${text}`;
    const [line] = at < 0 ? [] : wanted.splice(at, 1);
    if (line) rows.push({ atMs, mark: ' ', wanted: `${line.time} ${line.text}`, got });
    else if (isStrict(verb)) rows.push({ atMs, mark: '✗', wanted: '', got });
  }
  for (const { time, text, fromMs } of wanted) {
    rows.push({ atMs: fromMs, mark: '✗', wanted: `${time} ${text}`, got: '' });
  }
}

const idOf = ({ alertId }: { readonly alertId: string }): string => alertId;

/** A script may leave out which alert a notice is about. */
const fits = (wanted: string, text: string): boolean =>
  wanted === text || wanted === text.split(' ').slice(0, 2).join(' ');
