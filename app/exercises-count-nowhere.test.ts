// The same day twice, once with drills and canaries in it: everything that counts alerts counts the same.

import { expect, test } from 'vitest';
import { createCanaryChannel } from '../alerts/canary/canary-channel.ts';
import { sendCanaries } from '../alerts/canary/run-canary.ts';
import { createDrillDesk } from '../alerts/drills/drill-desk.ts';
import { tendDrills } from '../alerts/drills/run-drills.ts';
import {
  cleared,
  DAZHOU_CITY,
  DAZHU,
  raised,
  START_MS,
  XUANHAN,
} from '../alerts/findings.fixture.ts';
import { answer, openStage, startProgram, type Stage } from '../alerts/scenario.fixture.ts';
import type { AlertEvent } from '../core/alert-event.ts';
import type { Finding } from '../core/finding.ts';
import { createCountingIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { DAZHOU } from '../core/region.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { decodeLines } from '../ingest/log.ts';
import { periodBefore, readPeriod } from '../models/report/period.ts';
import { loadRulebook } from '../rules/rulebook.ts';
import { Chunk } from '../warehouse/chunk.ts';
import { DEFAULT_PACK } from './config.ts';
import { readAlertBoard } from './live/alert-board.ts';
import { computeReport } from './reports/report-desk.ts';
import { listRules } from './rule-list.ts';

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const rulebook = loadRulebook(DEFAULT_PACK);
const rules = { current: () => rulebook, files: () => rulebook };

/** Plays a day, and gives everything anybody counts of it. */
async function day({ exercises }: { exercises: boolean }) {
  const stage = await openStage();
  const { records, log, clock } = stage;
  const program = await startProgram(stage, { further: [createCanaryChannel()] });
  const drills = createDrillDesk({
    records,
    clock,
    ids: createCountingIds(),
    ruleIds: () => ['area-exit'],
    onChanged: () => {},
  });
  const exercise = async () => {
    if (!exercises) return;
    await sendCanaries(stage, { everyMs: 600_000 });
    for (const region of [XUANHAN, DAZHU]) {
      const asked = { level: 2 as const, ruleId: 'area-exit', region, purpose: '演练' };
      const { id, alertId } = await drills.start(asked, CITY);
      await tendDrills({ records, log, clock, logger: silentLogger, onChanged: () => {} }, LONGEST);
      await program.settle();
      await program.desk.acknowledge(alertId, { ...CITY, note: '' });
      await program.desk.feedback(alertId, { ...CITY, result: 'true', note: '' });
      await drills.end(id, CITY);
    }
  };
  try {
    await exercise();
    await program.pass(1, 60);
    const exit = raised('cc-000002');
    await program.find(exit, raised('cc-000003', { region: DAZHU }));
    await program.pass(3, 60);
    await answer(stage, 'sms', 'xuanhan');
    await program.desk.feedback(exit.alertId, { ...COUNTY, result: 'drift', note: '' });
    await exercise();
    await program.find(cleared(exit, 10), raised('cc-000004', { ruleId: 'terminal-silent' }));
    await program.desk.close(exit.alertId, { ...COUNTY, note: '' });
    await program.pass(1, 60);
    if (exercises) {
      // One that still runs, and is never taken.
      const asked = { level: 1 as const, ruleId: 'area-exit', region: XUANHAN, purpose: '演练' };
      await drills.start(asked, CITY);
      await tendDrills({ records, log, clock, logger: silentLogger, onChanged: () => {} }, LONGEST);
    }
    await program.pass(20, 300);
    return await countsOf(stage, program.opened.length, await program.desk.list(OPEN, ALL));
  } finally {
    await stage.remove();
  }
}

const LONGEST = { longestMs: 7_200_000 };
const OPEN = { status: 'open', limit: 50 } as const;

async function countsOf(
  { records: { db }, log, clock }: Stage,
  opened: number,
  list: { open: unknown },
) {
  const deps = { db, clock, calendar: createChinaCalendar(), roster: undefined, budget: 30 };
  const today = readPeriod({ from: '2026-11-22', to: '2026-11-22' }, START_MS);
  const { places: _places, ...board } = {
    places: null,
    ...(await readAlertBoard(db, clock.now(), new Map())),
  };
  const chunk = new Chunk();
  const real = { findings: [] as string[], events: [] as string[] };
  for (const topic of ['findings', 'alert-events'] as const) {
    for (let partition = 0; partition < log.partitions; partition++) {
      for (const record of await log.read(topic, partition, { offset: 0, recordsMax: 1_000 })) {
        chunk.take(topic, partition, record);
        const lines = decodeLines<Finding | AlertEvent>(record.payload);
        const ids = lines.filter((line) => line.exercise === undefined).map(({ id }) => id);
        (topic === 'findings' ? real.findings : real.events).push(...ids);
      }
    }
  }
  return {
    board: { ...board, levels: [...board.levels], openByRegion: [...board.openByRegion] },
    open: list.open,
    opened,
    rules: (await listRules({ db, clock, rules })).map(({ id, alerts, feedback }) => ({
      id,
      alerts,
      feedback,
    })),
    report: await computeReport(deps, { period: today, region: DAZHOU, asOfMs: clock.now() }),
    before: periodBefore(today),
    warehouse: chunk.blocks().map(({ target, rows }) => ({ target, rows })),
    real: { findings: real.findings.length, events: real.events.length },
  };
}

test('drills and canaries are on no wall, in no report, no precision, no rule list and no warehouse', async () => {
  const [plain, exercised] = [await day({ exercises: false }), await day({ exercises: true })];
  expect(plain.report.total.now.raised).toBe(3);
  expect(plain.warehouse).toEqual([
    { target: 'finding', rows: plain.real.findings },
    { target: 'alert_event', rows: plain.real.events },
  ]);
  // The real alerts went the same way, and nothing else is counted.
  expect(exercised).toEqual(plain);
}, 20_000);
