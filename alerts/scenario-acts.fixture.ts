// What a script does to the world: findings, answers, providers, kills, the clock, the roster.

import { assert, UserError } from '../core/errors.ts';
import type { Finding, Level, RaisedFinding } from '../core/finding.ts';
import { regionCode, type RegionCode } from '../core/region.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import type { FakeBehaviour } from './channels/channel.fixture.ts';
import type { Receipt } from './channels/channel.ts';
import { Crash } from './faults.fixture.ts';
import {
  anOfficer,
  cleared,
  corrected,
  DAZHOU_CITY,
  DAZHU,
  MINUTE,
  raised,
  START_MS,
  XUANHAN,
} from './findings.fixture.ts';
import { appendFindings } from './scenario.fixture.ts';
import { durationOf, type Act, type ScriptLine } from './scenario-script.fixture.ts';
import type { VirtualStage } from './virtual-stage.fixture.ts';

/** A row of the comparison: one side is empty where something is missing or too much. */
export type Row = {
  readonly atMs: number;
  readonly mark: '>' | ' ' | '✗';
  readonly wanted: string;
  readonly got: string;
};

export type Play = {
  readonly stage: VirtualStage;
  /** Alerts by the names the script gives them. */
  readonly alerts: Map<string, RaisedFinding>;
  readonly rows: Row[];
};

/** Does what a line says, and notes whether it came to what the line says. */
export async function act(play: Play, line: ScriptLine): Promise<void> {
  const said = await DO[line.verb as Act](play, line);
  const isAsSaid = line.outcome === undefined || line.outcome === said;
  play.rows.push({
    atMs: line.fromMs,
    mark: isAsSaid ? '>' : '✗',
    wanted: `${line.time} ${line.text}`,
    got: isAsSaid ? '' : `=> ${said ?? ''}`,
  });
}

const BUREAUS: Readonly<Record<string, RegionCode>> = {
  city: DAZHOU_CITY,
  xuanhan: XUANHAN,
  dazhu: DAZHU,
  province: regionCode('510000'),
};

function bureauOf(name: string): RegionCode {
  const bureau = BUREAUS[name.split('-')[0] as string];
  assert(bureau, `"${name}" begins with ${Object.keys(BUREAUS).join(', ')}`);
  return bureau;
}

/** Named by what they are: `city-leader`, `xuanhan-mute` without a telephone; any other name is a duty officer. */
export const officerOf = (id: string) =>
  anOfficer(id, bureauOf(id), {
    ...(id.endsWith('-leader') ? { role: 'leader' } : {}),
    ...(id.endsWith('-mute') ? { phone: null } : {}),
  });

type Actor = (play: Play, line: ScriptLine) => Promise<string | void>;

const DO: Readonly<Record<Act, Actor>> = {
  async raise({ stage, alerts }, { words: [label = '', ruleId = '', ...rest] }) {
    const {
      about = label,
      in: county = 'xuanhan',
      level,
      ago = '0s',
      late,
      raKey,
      ra,
      drill,
    } = options(rest);
    const finding = raised(`cc-${about.toLowerCase()}`, {
      ruleId,
      key: label,
      atMin: minutesSince(-durationOf(ago)),
      region: bureauOf(county),
      late: late !== undefined,
      ...(level === undefined ? {} : { level: Number(level) as Level }),
      ...(raKey === undefined ? {} : { subjectClass: 'raKey' as const }),
      ...(ra === undefined ? {} : { subjectClass: 'raOrdinary' as const }),
      ...(drill === undefined ? {} : { exercise: 'drill' as const }),
    });
    alerts.set(label, finding);
    await appendFindings(stage.log, [finding]);
  },
  again: (play, { words: [label = ''] }) => find(play, alertOf(play, label)),
  clear: (play, { words: [label = '', , ago = '0s'] }) =>
    find(play, cleared(alertOf(play, label), minutesSince(-durationOf(ago)))),
  withdraw: (play, { words: [label = ''] }) =>
    find(play, corrected(alertOf(play, label), { atMin: minutesSince(0) })),
  regrade: (play, { words: [label = '', , level] }) =>
    find(
      play,
      corrected(alertOf(play, label), {
        atMin: minutesSince(0),
        outcome: 'regraded',
        level: Number(level) as Level,
      }),
    ),
  reinstate: (play, { words: [label = ''] }) =>
    find(
      play,
      corrected(alertOf(play, label), {
        atMin: minutesSince(0),
        outcome: 'regraded',
        was: 'withdrawn',
        reason: 'met-again',
      }),
    ),
  press: (play, { words: [officer = '', key = '', ...rest] }) =>
    report(play, ['phone', officer, 'answered', 'answer', key, ...rest]),
  reply: (play, { words: [officer = '', answer = '', ...rest] }) =>
    report(play, ['sms', officer, 'answered', 'answer', answer, ...rest]),
  see: (play, { words: [officer = ''] }) =>
    report(play, ['push', officer, 'delivered', 'from', officer]),
  fail: (play, { words: [officer = '', reason = '', ...rest] }) =>
    report(play, ['phone', officer, 'failed', 'reason', reason, ...rest]),
  report: (play, { words }) => report(play, words),
  async account({ stage, alerts }, { words: [side = '', verb = '', label = '', result = 'true'] }) {
    const by = {
      accountId: `ac_${side}`,
      role: side === 'city' ? ('city-officer' as const) : ('county-officer' as const),
      region: bureauOf(side),
      note: '',
    };
    const id = alerts.get(label)?.alertId ?? label;
    return outcomeOf(async () => {
      if (verb === 'acknowledges') await stage.desk.acknowledge(id, by);
      else if (verb === 'closes') await stage.desk.close(id, by);
      else if (verb === 'reports') {
        await stage.desk.feedback(id, { ...by, result: result as 'true' });
      } else assert(false, `an account acknowledges, reports or closes; not "${verb}"`);
      return 'done';
    });
  },
  async provider({ stage }, { words: [kind = '', behaviour = '', delay] }) {
    const channel = kind as ChannelKind;
    if (behaviour === 'slow') stage.delayMs[channel] = durationOf(delay ?? '30s');
    else if (behaviour === 'fast') stage.delayMs[channel] = 0;
    else stage.channels[channel].behaviour = behaviour as FakeBehaviour;
  },
  async kill({ stage }, { words }) {
    await stage.kill(words.length === 0 ? undefined : words.slice(1).join(' '));
  },
  async start({ stage }) {
    const wasRunning = stage.isRunning();
    await stage.start();
    return wasRunning ? 'twice' : 'started';
  },
  async jump({ stage }, { words: [by = ''] }) {
    stage.jump(durationOf(by));
  },
  async officer({ stage }, { words: [id = '', verb = ''] }) {
    const { db } = stage.records;
    if (verb === 'joins') await db.insertInto('officer').values(officerOf(id)).execute();
    else if (verb === 'leaves') {
      await db.updateTable('officer').set({ active: 0 }).where('id', '=', id).execute();
    } else assert(false, `an officer joins or leaves; not "${verb}"`);
  },
  end: async () => {},
};

async function find({ stage }: Play, finding: Finding): Promise<void> {
  await appendFindings(stage.log, [finding]);
}

/** `<channel> <officer> <state> [about <alert>] [seq n] [answer x] [reason r] [from n] [message m]` */
async function report(play: Play, words: readonly string[]): Promise<string> {
  const [channel = '', officer = '', state = '', ...rest] = words;
  const { about, seq, answer, reason, from, message, nth } = options(rest);
  const notices = play.stage.seen.flatMap((one) =>
    one.kind === 'sent' &&
    one.channel === channel &&
    one.notice.recipient === officer &&
    (about === undefined || one.notice.alertId === alertOf(play, about).alertId)
      ? [one.notice]
      : [],
  );
  const notice = nth === undefined ? notices.at(-1) : notices[Number(nth) - 1];
  return outcomeOf(() =>
    play.stage.channels[channel as ChannelKind].report(notice?.id ?? 'nt_none', {
      state: state as Receipt['state'],
      ...(seq === undefined ? {} : { sequence: Number(seq) }),
      ...(answer === undefined ? {} : { answer }),
      ...(reason === undefined ? {} : { reason }),
      ...(from === undefined ? {} : { from }),
      ...(message === undefined ? {} : { messageId: message }),
    }),
  );
}

/** What became of an act: its answer, the code of a mistake, `lost` when no program is there. */
async function outcomeOf(run: () => Promise<string>): Promise<string> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    if (error instanceof Crash) return 'lost';
    throw error;
  }
}

export const alertOf = ({ alerts }: Play, label: string): RaisedFinding => {
  const alert = alerts.get(label);
  assert(alert, `"${label}" was raised before`);
  return alert;
};

const minutesSince = (shiftMs: number): number => (Date.now() + shiftMs - START_MS) / MINUTE;

/** Words as names and values; a name at the end, or before another, stands for itself. */
function options(words: readonly string[]): Record<string, string | undefined> {
  const flags = ['late', 'raKey', 'ra', 'drill'];
  const found: Record<string, string> = {};
  for (let at = 0; at < words.length; at++) {
    const name = words[at] as string;
    if (flags.includes(name)) found[name] = name;
    else found[name] = words[++at] ?? '';
  }
  return found;
}
