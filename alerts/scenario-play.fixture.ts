// Plays a scenario on a virtual stage and compares what was seen with what the script says. Every call, every
// SMS and every error for the operators must be in the script; pushes and warnings must be once it names one.

import { join } from 'node:path';
import type { AlertEvent } from '../core/alert-event.ts';
import { assert } from '../core/errors.ts';
import { parseInstant } from '../core/local-time.ts';
import { decodeLines } from '../ingest/log.ts';
import { OFFICERS, START_MS } from './findings.fixture.ts';
import { loadRouting } from './routing/load-routing.ts';
import { act, officerOf, type Play, type Row } from './scenario-acts.fixture.ts';
import { durationOf, isAct, type Scenario, type ScriptLine } from './scenario-script.fixture.ts';
import { checkAlert, compareSights, EVERYWHERE } from './scenario-sights.fixture.ts';
import { openVirtualStage } from './virtual-stage.fixture.ts';

/** Plays; gives both timelines side by side when they differ, nothing when they agree. */
export async function playScenario(scenario: Scenario): Promise<string | undefined> {
  const stage = await openVirtualStage(stageOptions(scenario));
  const play: Play = { stage, alerts: new Map(), rows: [] };
  try {
    await stage.start();
    for (const line of inOrder(scenario.lines)) {
      await stage.pass(Math.max(0, line.fromMs - stage.elapsedMs()));
      if (line.verb === 'alert') await checkAlert(play, line);
      if (isAct(line)) await act(play, line);
      await stage.settle();
    }
    await compareSights(play, { lines: scenario.lines, graceMs: graceMs(scenario) });
    await checkEnd(play);
  } finally {
    await stage.remove();
  }
  return play.rows.some(({ mark }) => mark === '✗')
    ? sideBySide(scenario.name, play.rows)
    : undefined;
}

/** How often loops look by themselves: a long story is looked at more rarely, unless it says `poll`. */
function pollMsOf({ settings, lines }: Scenario): number {
  const [poll] = settings.get('poll') ?? [];
  if (poll !== undefined) return durationOf(poll);
  const endMs = Math.max(...lines.map(({ untilMs }) => untilMs));
  return Math.max(1, Math.round(endMs / POLLS / 1_000)) * 1_000;
}

const POLLS = 120;

/** What is named at one instant may be seen a poll later, and a little more. */
const graceMs = (scenario: Scenario): number => pollMsOf(scenario) + 1_000;

/** By time, acts and what is looked at in the order of the script. */
const inOrder = (lines: readonly ScriptLine[]): ScriptLine[] =>
  lines
    .filter((line) => isAct(line) || line.verb === 'alert')
    .toSorted((a, b) => a.fromMs - b.fromMs);

/** `routing plan`, `routing groups`. */
const ROUTING: Readonly<Record<string, string>> = { plan: 'routing', groups: 'routing-groups' };

function stageOptions(scenario: Scenario) {
  const { settings } = scenario;
  const [starts] = settings.get('starts') ?? [];
  const [kind] = settings.get('routing') ?? [];
  const pollMs = pollMsOf(scenario);
  const officers = settings
    .get('officers')
    ?.filter((id) => id !== 'nobody')
    .map(officerOf);
  const startAtMs = starts === undefined ? START_MS : parseInstant(`2026-11-27 ${starts}`);
  assert(startAtMs !== undefined, `"${starts}" is a time of day`);
  return {
    startAtMs,
    pollMs,
    officers: officers ?? [...OFFICERS, ...['city-leader', 'xuanhan-leader'].map(officerOf)],
    ...(kind === undefined
      ? {}
      : {
          routing: {
            plan: loadRouting(join(import.meta.dirname, `scenarios/${ROUTING[kind] ?? kind}.yaml`)),
            calendar: undefined,
          },
        }),
  };
}

/** What holds at the end of every scenario. */
async function checkEnd(play: Play): Promise<void> {
  const { stage, rows } = play;
  const wrong: string[] = await wrongInLog(play);
  if (stage.failure() !== undefined) wrong.push(`the program ended: ${String(stage.failure())}`);
  for (const one of stage.seen) {
    // A push may be shown twice under one id.
    if (one.kind !== 'sent' || one.channel === 'push' || one.channel === 'canary') continue;
    const effects = stage.channels[one.channel].effectsOf(one.notice.id);
    if (effects !== 1) wrong.push(`${one.channel} ${one.notice.recipient} had ${effects} effects`);
  }
  const atMs = Infinity;
  rows.push(...wrong.map((got) => ({ atMs, mark: '✗' as const, wanted: '', got })));
}

/** The log holds each event of each alert once, in the order of the timeline. */
async function wrongInLog({ stage, alerts }: Play): Promise<string[]> {
  const { end } = await stage.log.bounds('alert-events', 0);
  const records = await stage.log.read('alert-events', 0, { offset: 0, recordsMax: end });
  const logged = records.flatMap(({ payload }) => decodeLines<AlertEvent>(payload));
  const wrong: string[] = [];
  for (const [label, { alertId }] of alerts) {
    const alert = await stage.desk.get(alertId, EVERYWHERE).catch(() => undefined);
    const timeline = alert?.timeline.map(({ id }) => id) ?? [];
    const inLog = logged.filter((event) => event.alertId === alertId).map(({ id }) => id);
    if (timeline.join(' ') !== inLog.join(' ')) {
      wrong.push(`${label} has ${timeline.length} events, the log ${inLog.length}`);
    }
  }
  return wrong;
}

function sideBySide(name: string, rows: readonly Row[]): string {
  const sorted = rows.toSorted((a, b) => a.atMs - b.atMs);
  const width = Math.max(...sorted.map(({ wanted }) => wanted.length), 'script'.length);
  return [
    name,
    `  ${'script'.padEnd(width)} | seen`,
    ...sorted.map(({ mark, wanted, got }) => `${mark} ${wanted.padEnd(width)} | ${got}`.trimEnd()),
  ].join('\n');
}
