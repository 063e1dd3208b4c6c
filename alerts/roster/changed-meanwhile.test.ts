// A roster that changes while alerts are open: those open keep their people, the next one has the new ones.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCalendar } from '../../core/calendar.ts';
import { HOUR_MS } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { epochMs } from '../../core/time.ts';
import { anOfficer, DAZHOU_CITY, raised, START_MS, XUANHAN } from '../findings.fixture.ts';
import { openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import { parseRoster } from './load-roster.ts';
import { createRosterOnDuty } from './on-duty.ts';
import { createRosterDesk } from './roster-desk.ts';

/** The story begins at nine in the morning. */
const plan = parseRoster(
  'roster.yaml',
  `id: test
bureaus:
  - bureau: '511722'
    lines:
      - name: duty
        rotations:
          - { id: day, teams: [li], startsOn: '2026-11-01', hours: { from: '08:30', until: '08:30' } }
      - name: leader
        rotations:
          - { id: week, teams: [chief], startsOn: '2026-11-01', hours: { from: '08:30', until: '08:30' } }
  - bureau: '511700'
    lines:
      - name: duty
        rotations:
          - { id: all, teams: [city], startsOn: '2026-11-01', hours: { from: '08:30', until: '08:30' } }
`,
);

const calendar = createCalendar({
  version: 'test',
  holidays: [],
  makeUpWorkdays: [],
  until: '2026-12-31',
});

let stage: Stage;
let program: Program;

beforeEach(async () => {
  stage = await openStage({
    officers: [
      anOfficer('li', XUANHAN, { phoneVerifiedAtMs: epochMs(START_MS) }),
      anOfficer('wang', XUANHAN, { phoneVerifiedAtMs: epochMs(START_MS) }),
      anOfficer('chief', XUANHAN, { role: 'leader' }),
      anOfficer('vice', XUANHAN, { role: 'leader' }),
      anOfficer('city', DAZHOU_CITY),
    ],
  });
  program = await startProgram(stage, { dutyOfficers: createRosterOnDuty(plan, calendar) });
});

afterEach(() => stage.remove());

test('an alert under way goes on to the people it was opened with, the next one to who took over', async () => {
  const { records, clock } = stage;
  await program.find(raised('S-1', { ruleId: 'offence', level: 1 }));
  expect(program.sent()).toEqual(['phone city', 'phone li', 'push city', 'push li']);
  const desk = createRosterDesk({
    records,
    clock,
    logger: silentLogger,
    file: plan,
    calendar,
    coverageMs: HOUR_MS,
    leaderConfirmsSwaps: false,
  });
  const by = {
    accountId: 'ac_chief',
    role: 'county-officer' as const,
    region: XUANHAN,
    officerId: 'chief',
  };
  const period = { fromMs: clock.now(), untilMs: clock.now() + 8 * HOUR_MS };
  const place = { kind: 'override' as const, bureau: XUANHAN, reason: '临时顶班', ...period };
  await desk.change({ ...place, line: 'duty', officer: 'wang', insteadOf: 'li' }, by);
  await desk.change({ ...place, line: 'leader', officer: 'vice', insteadOf: 'chief' }, by);
  // After two and five minutes without an answer: the leaders as they were when it opened.
  await program.pass(6, 30);
  const followed = program.sent().filter((line) => line.startsWith('phone'));
  expect(followed).toContain('phone chief');
  expect(followed.filter((line) => line.endsWith('wang'))).toEqual([]);
  await program.find(raised('S-2', { ruleId: 'offence', level: 1, atMin: 6 }));
  expect(program.sent()).toEqual(['phone city', 'phone wang', 'push city', 'push wang']);
});
