// The language of scenario scripts: one line for each thing that is done or must be seen, with its time.
// docs/alert-proof.md describes it. This reads text into steps; scenario-play.fixture.ts plays them.

import { assert } from '../core/errors.ts';

export type ScriptLine = {
  /** From the beginning, in milliseconds; both the same where the script names one instant. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly verb: string;
  readonly words: readonly string[];
  /** What the act must come to, behind `=>`. */
  readonly outcome: string | undefined;
  /** As written, without its time. */
  readonly text: string;
  readonly time: string;
};

export type Scenario = {
  readonly name: string;
  /** `starts 23:30`, `routing demo`, `poll 30s`, `officers …`: before the first timed line. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
  readonly lines: readonly ScriptLine[];
};

/** What is done to the world. */
export const ACTS = [
  'raise',
  'again',
  'clear',
  'withdraw',
  'regrade',
  'reinstate',
  'press',
  'reply',
  'see',
  'fail',
  'report',
  'account',
  'provider',
  'kill',
  'start',
  'jump',
  'officer',
  'end',
] as const;

/** What must be seen. */
export const SIGHTS = ['phone', 'sms', 'push', 'operators', 'alert'] as const;

const SETTINGS = ['starts', 'routing', 'poll', 'officers'] as const;

export type Act = (typeof ACTS)[number];
export type Sight = (typeof SIGHTS)[number];

/** Reads the scenarios of one file. Throws with file and line for what it does not understand. */
export function parseScenarios(source: string, file: string): Scenario[] {
  const scenarios: { name: string; settings: Map<string, string[]>; lines: ScriptLine[] }[] = [];
  for (const [index, raw] of source.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    if (line.trim() === '') continue;
    const refuse = (because: string): never => {
      throw new Error(`${file}:${index + 1}: ${because}\n  ${raw}`);
    };
    if (!/^\s/.test(line)) {
      scenarios.push({ name: line, settings: new Map(), lines: [] });
      continue;
    }
    const scenario = scenarios.at(-1) ?? refuse('a scenario begins with its name, not indented');
    const [first = '', ...rest] = line.trim().split(/\s+/);
    if ((SETTINGS as readonly string[]).includes(first)) {
      if (scenario.lines.length > 0) refuse('settings come before the first timed line');
      scenario.settings.set(first, rest);
      continue;
    }
    const [fromMs, untilMs] = readTimes(first) ?? refuse(`"${first}" is not a time such as 2m05s`);
    const [verb = '', ...words] = rest;
    if (![...ACTS, ...SIGHTS].some((known) => known === verb)) {
      refuse(`"${verb}" is none of ${[...ACTS, ...SIGHTS].join(', ')}`);
    }
    if ((ACTS as readonly string[]).includes(verb) && fromMs !== untilMs) {
      refuse('what is done is done at one instant');
    }
    const arrow = words.indexOf('=>');
    scenario.lines.push({
      fromMs,
      untilMs,
      verb,
      words: arrow < 0 ? words : words.slice(0, arrow),
      outcome: arrow < 0 ? undefined : words.slice(arrow + 1).join(' '),
      text: rest.join(' '),
      time: first,
    });
  }
  for (const { name, lines } of scenarios) {
    assert(
      lines.some(({ verb }) => verb === 'end'),
      `${file}: "${name}" says when it ends`,
    );
  }
  return scenarios;
}

function readTimes(word: string): [number, number] | undefined {
  const [from, until = from, ...more] = word.split('..').map(readDuration);
  return from === undefined || until === undefined || more.length > 0 || from > until
    ? undefined
    : [from, until];
}

/** `1h02m30s`, `500ms`, `-10m` as milliseconds. */
export function readDuration(word: string): number | undefined {
  const found = /^([+-]?)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(word);
  if (!found || !/\d/.test(word)) return undefined;
  const [, sign, hours = 0, minutes = 0, seconds = 0, rest = 0] = found;
  const ms = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  return (sign === '-' ? -1 : 1) * (ms + Number(rest));
}

/** The same; throws for what is none. */
export function durationOf(word: string): number {
  const ms = readDuration(word);
  assert(ms !== undefined, `"${word}" is a duration such as 2m05s`);
  return ms;
}

/** `2m05s` for milliseconds. */
export function writeDuration(ms: number): string {
  const whole = Math.round(ms);
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60];
  const seconds = (whole % 60_000) / 1_000;
  return (
    [
      hours > 0 ? `${hours}h` : '',
      minutes > 0 ? `${minutes}m` : '',
      seconds > 0 ? `${seconds}s` : '',
    ].join('') || '0s'
  );
}

export const isAct = ({ verb }: ScriptLine): boolean => (ACTS as readonly string[]).includes(verb);
