// The same question put to files and to logs of 1 and 8 partitions gets the same answer; what an alert was
// counted to is told; and the rule is asked as it was in force.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHistory } from '../../connectors/replay/history.ts';
import { systemClock, epochMs } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import type { Log } from '../../ingest/log.ts';
import { loadRulebook, rulebookOf } from '../../rules/rulebook.ts';
import { encodeMark } from '../../rules/rulebook-mark.ts';
import { writeCityFiles, type CityFiles } from '../../sim/city/write-files.ts';
import { whyNotAnswerSchema } from '../api/rules.ts';
import { openFileSource } from '../backtest/file-source.ts';
import { openLogSource } from '../backtest/log-source.ts';
import { DEFAULT_PACK } from '../config.ts';
import { carryThroughLog } from '../replay/carry.ts';
import { replayFiles } from '../replay/replay-files.ts';
import { askWhyNot, type WhyNotAsked } from './ask.ts';

const START_MS = Date.UTC(2026, 2, 10, 2);
const MINUTE_MS = 60_000;
const areas = createAreas();
const locate = createLocator();
const rulebook = loadRulebook(DEFAULT_PACK);
const surroundings = { areas, calendar: createChinaCalendar() };

let folder = '';
let city: CityFiles;
const logs = new Map<number, Log>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-why-not-'));
  city = await writeCityFiles(
    { areas, locate },
    {
      seed: 'why-not',
      size: 300,
      bracelets: 40,
      startAtMs: START_MS,
      folder: join(folder, 'city'),
      lengthMs: 40 * MINUTE_MS,
    },
  );
  for (const partitions of [1, 8]) {
    const path = join(folder, `log-${partitions}.sqlite`);
    const log = openEmbeddedLog({ clock: systemClock }, { path, partitions });
    const carrier = await carryThroughLog({ rulebook, areas, onFindings: () => {} }, log);
    await replayFiles(await createHistory(files()), { locate, carrier });
    logs.set(partitions, log);
  }
}, 120_000);
afterAll(async () => {
  for (const log of logs.values()) await log.close();
  await rm(folder, { recursive: true });
});

const files = () => ({
  positions: city.positions,
  orders: city.orders,
  facts: city.facts,
  source: 'phone/replay',
});

const logSource = (log: Log) =>
  openLogSource({ log, name: 'log', register: () => Promise.resolve([]) });

const fromFiles = async (asked: WhyNotAsked) =>
  askWhyNot({ source: await openFileSource({ locate }, files()), surroundings, rulebook }, asked);
const fromLog = (log: Log, asked: WhyNotAsked) =>
  askWhyNot({ source: logSource(log), surroundings, rulebook }, asked);

async function personsOfCity(): Promise<string[]> {
  const lines = (await readFile(city.orders, 'utf8')).trim().split('\n');
  return [...new Set(lines.map((line) => (JSON.parse(line) as { subject: string }).subject))];
}

test('files and logs answer alike, and every answer has the form of the interface', async () => {
  const persons = (await personsOfCity()).filter((_, index) => index % 60 === 0);
  const codes = new Set<string>();
  for (const subject of persons.slice(0, 4)) {
    for (const ruleId of ['area-exit', 'terminal-silent', 'key-venue']) {
      const atMs = START_MS + 20 * MINUTE_MS;
      const asked = { ruleId, subject, atMs, windowMs: 30 * MINUTE_MS };
      const answer = await fromFiles(asked);
      whyNotAnswerSchema.parse(answer);
      for (const log of logs.values()) expect(await fromLog(log, asked)).toEqual(answer);
      for (const { code } of answer.gates) codes.add(code);
    }
  }
  expect(codes.size).toBeGreaterThan(2);
}, 60_000);

describe('a rule', () => {
  test('that is not known is said not to be, with the one that may be meant', async () => {
    const asked = { ruleId: 'area-exti', subject: 'DZ-1', atMs: START_MS };
    const { gates } = await fromLog(logs.get(1) as Log, asked);
    expect(gates.map(({ code }) => code)).toEqual(['rule-unknown']);
    expect(gates[0]?.says.en).toContain('did you mean area-exit?');
  });

  test('is asked as it was in force then, whatever it says now', async () => {
    const path = join(folder, 'marked.sqlite');
    const log = openEmbeddedLog({ clock: systemClock }, { path, partitions: 1 });
    try {
      const without = rulebookOf(
        rulebook.pack,
        rulebook.rules
          .filter(({ rule }) => rule.id !== 'curfew')
          .map((compiled) => ({
            compiled,
            source: rulebook.sources[compiled.version] as string,
          })),
      );
      const entries = [encodeMark(without, epochMs(START_MS - MINUTE_MS))];
      await log.append('observations', [{ partition: 0, entries }]);
      const asked = { subject: 'DZ-1', atMs: START_MS };
      const then = await fromLog(log, { ...asked, ruleId: 'curfew' });
      expect(then.gates[0]?.code).toBe('rule-not-in-force');
      const other = await fromLog(log, { ...asked, ruleId: 'area-exit' });
      expect(other.gates[0]?.code).toBe('person-unknown');
      const source = logSource(log);
      const now = await askWhyNot(
        { source, surroundings, rulebook, asNow: true },
        { ...asked, ruleId: 'curfew' },
      );
      expect(now.gates[0]?.code).toBe('person-unknown');
    } finally {
      await log.close();
    }
  });
});

test('what is raised again soon after is told to be counted to the first alert', async () => {
  const order = {
    kind: 'order',
    subject: 'DZ-1',
    source: 'case/register',
    atMs: START_MS - 86_400_000,
    action: 'start',
    orderId: 'O1',
    category: 'cc',
    county: '511722',
    area: ['511722'],
    bases: [
      {
        id: 'B1',
        article: '第二十六条',
        documentNumber: '1',
        approvedBy: 'x',
        sources: ['rail', 'bracelet'],
        fromMs: START_MS - 86_400_000,
        untilMs: START_MS + 86_400_000 * 90,
      },
    ],
    fromMs: START_MS - 86_400_000,
    untilMs: START_MS + 86_400_000 * 90,
  };
  const tamper = (minute: number, event: string) => ({
    kind: 'device',
    subject: 'DZ-1',
    source: 'bracelet/x',
    atMs: START_MS + minute * MINUTE_MS,
    event,
  });
  const facts = [
    tamper(0, 'tamper'),
    tamper(5, 'tamper-cleared'),
    tamper(15, 'tamper'),
    tamper(25, 'battery-low'),
  ];
  const paths = { orders: join(folder, 'o.ndjson'), facts: join(folder, 'f.ndjson') };
  await writeFile(paths.orders, `${JSON.stringify(order)}\n`);
  await writeFile(paths.facts, facts.map((fact) => `${JSON.stringify(fact)}\n`).join(''));
  const ask = async (minute: number) =>
    askWhyNot(
      {
        source: await openFileSource({ locate }, { ...paths, source: 'phone/replay' }),
        surroundings,
        rulebook,
      },
      {
        ruleId: 'device-tamper',
        subject: 'DZ-1',
        atMs: START_MS + minute * MINUTE_MS,
        windowMs: 6 * MINUTE_MS,
      },
    );
  const whole = await ask(0);
  expect(whole.raised).toMatchObject({ mergedInto: null, withdrawn: false });
  const again = await ask(15);
  expect(again.raised).toMatchObject({ mergedInto: whole.raised?.alertId });
  const later = await ask(25);
  expect(later.gates[0]?.code).toBe('condition-false');
});
