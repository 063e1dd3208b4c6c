// Alerts that a leave recorded late takes back, in a backtest: they count as withdrawn, on the side that
// raised them, and no longer as alerts.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { loadRulebook, parseRule } from '../../rules/rulebook.ts';
import { backtestReportSchema } from '../api/backtest-report.ts';
import type { Change } from '../api/backtests.ts';
import { DEFAULT_PACK } from '../config.ts';
import { openFileSource } from './file-source.ts';
import { runBacktest, type Backtest } from './run-backtest.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOON = Date.UTC(2026, 10, 24, 4);
const CHENGDU = { lng: 104.066, lat: 30.572 };
const HOME = { lng: 107.722, lat: 31.352 };

const order = (subject: string) => ({
  kind: 'order',
  subject,
  source: 'case/register',
  atMs: NOON - DAY,
  action: 'start',
  orderId: `O-${subject}`,
  category: 'cc',
  county: '511722',
  area: ['511722'],
  bases: [
    {
      id: 'B1',
      article: '《中华人民共和国社区矫正法》第二十六条',
      documentNumber: '（2026）演示第1号',
      approvedBy: 'county-bureau',
      sources: ['phone'],
      fromMs: NOON - DAY,
      untilMs: NOON + 300 * DAY,
    },
  ],
  fromMs: NOON - DAY,
  untilMs: NOON + 300 * DAY,
});

/** On record an hour after the exit, from before it on. */
const leave = (subject: string) => ({
  kind: 'leave',
  subject,
  source: 'case/register',
  atMs: NOON + 60 * MINUTE,
  action: 'start',
  leaveId: `V-${subject}`,
  regions: ['510100'],
  reason: 'medical',
  approvedBy: 'county-bureau',
  documentNumber: '（2026）演示假1号',
  fromMs: NOON - 120 * MINUTE,
  untilMs: NOON + 3 * DAY,
});

/** An hour and a half, at home for the first ten minutes and then in Chengdu. */
const fixes = (subject: string) =>
  Array.from({ length: 90 }, (_, minute) => ({
    kind: 'position',
    subject,
    source: 'phone/app',
    atMs: NOON + minute * MINUTE,
    ...(minute < 10 ? HOME : CHENGDU),
    accuracyM: 20,
  }));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-backtest-corrections-'));
  const lines = (all: object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('');
  await writeFile(join(folder, 'positions.ndjson'), lines([...fixes('left'), ...fixes('allowed')]));
  const frame = [order('left'), order('allowed'), leave('allowed')];
  await writeFile(join(folder, 'orders.ndjson'), lines(frame));
});
afterAll(() => rm(folder, { recursive: true }));

const book = loadRulebook(DEFAULT_PACK);
const source = readFileSync(join(DEFAULT_PACK, 'area-exit.yaml'), 'utf8');

async function run(change: Partial<Backtest>) {
  const changes: Change[] = [];
  const report = await runBacktest(
    {
      source: await openFileSource(
        { locate: createLocator() },
        {
          positions: join(folder, 'positions.ndjson'),
          orders: join(folder, 'orders.ndjson'),
          source: 'phone/replay',
        },
      ),
      areas: createAreas(),
      folder: await mkdtemp(join(folder, 'run-')),
      onChange: (one) => void changes.push(one),
    },
    {
      candidate: parseRule(
        'area-exit.yaml',
        source.replace(/^number: \d+/m, 'number: 9').replace('{ cc: 2,', '{ cc: 1,'),
        book.pack,
      ),
      baseline: book.rules.find(({ rule }) => rule.id === 'area-exit'),
      fromMs: NOON,
      untilMs: NOON + 90 * MINUTE,
      minutesPerLevel: { 1: 45, 2: 20, 3: 5 },
      ...change,
    },
  );
  expect(backtestReportSchema.parse(report)).toEqual(report);
  return { report, changes };
}

test('what a leave recorded late takes back is no alert, on either side', async () => {
  const { report, changes } = await run({});
  expect(report.totals).toMatchObject({
    alerts: { baseline: 1, candidate: 1 },
    withdrawn: { baseline: 1, candidate: 1 },
    regraded: 1,
  });
  expect(report.samples.regraded.map(({ after }) => after.subject)).toEqual(['left']);
  expect(changes).toMatchObject([
    { kind: 'regraded', before: 2, after: 1, place: [104.066, 30.572] },
  ]);
  expect(JSON.stringify(changes)).not.toContain('"left"');
});

test('without a baseline only what stands is added; before the leave is known both stand', async () => {
  const { report } = await run({ baseline: undefined });
  expect(report.totals).toMatchObject({ added: 1, withdrawn: { baseline: 0, candidate: 1 } });
  const early = await run({ baseline: undefined, untilMs: NOON + 50 * MINUTE });
  expect(early.report.totals).toMatchObject({ added: 2, withdrawn: { candidate: 0 } });
});
