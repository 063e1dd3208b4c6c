import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCalendar } from '../../core/calendar.ts';
import { parseInstant } from '../../core/local-time.ts';
import type { Records } from '../../warehouse/records.ts';
import { anOfficer, DAZHOU_CITY, saveOfficers, XUANHAN } from '../findings.fixture.ts';
import { openMemoryRecords } from '../scenario.fixture.ts';
import { loadChanges, writeAct, writeChange } from './change-store.ts';
import type { RosterChange } from './plan-changes.ts';
import { parseRoster } from './load-roster.ts';
import { createRosterOnDuty } from './on-duty.ts';

const calendar = createCalendar({
  version: 'test',
  holidays: ['2026-10-01'],
  makeUpWorkdays: ['2026-10-10'],
  until: '2026-12-31',
});

const plan = parseRoster(
  'roster.yaml',
  `id: test
bureaus:
  - bureau: '511722'
    lines:
      - name: duty
        rotations:
          - id: office
            teams: [li, wang]
            startsOn: '2026-09-30'
            hours: { from: '08:30', until: '17:30' }
            days: workdays
      - name: leader
        rotations:
          - id: week
            teams: [chief]
            startsOn: '2026-09-28'
            hours: { from: '08:30', until: '17:30' }
`,
);

let records: Records;

beforeAll(async () => {
  records = await openMemoryRecords();
  await saveOfficers(records.db, [
    anOfficer('li', XUANHAN),
    anOfficer('wang', XUANHAN, { phone: null }),
    anOfficer('chief', XUANHAN, { role: 'leader' }),
    anOfficer('vice', XUANHAN, { role: 'leader' }),
    anOfficer('gone', XUANHAN, { role: 'leader', active: 0 }),
    anOfficer('city', DAZHOU_CITY),
  ]);
});

afterAll(() => records.close());

const linesAt = async (time: string, bureau = XUANHAN): Promise<string[]> => {
  const roster = await createRosterOnDuty(plan, calendar).read(
    records.db,
    parseInstant(time) as number,
  );
  return roster.linesOf(bureau).map((line) => line.map(({ id }) => id).join(' '));
};

describe('the lines of a bureau', () => {
  test.each([
    ['a workday', '2026-09-30 10:00', ['li', 'chief', 'chief vice']],
    ['the second turn, after a holiday that counts for nobody', '2026-10-02 10:00', ['wang']],
    ['a make-up Saturday is a workday', '2026-10-10 10:00', ['wang']],
    ['a rest day: the leader on duty is the first to be asked', '2026-10-01 10:00', ['chief']],
    ['the night: every leader, at home', '2026-09-30 22:00', ['chief vice']],
  ])('%s', async (_what, time, first) => {
    expect((await linesAt(time)).slice(0, first.length)).toEqual(first);
  });

  test('of a bureau without a roster are its leaders, and nobody where there is none', async () => {
    expect(await linesAt('2026-09-30 10:00', DAZHOU_CITY)).toEqual([]);
  });

  test('say who can be telephoned', async () => {
    const roster = await createRosterOnDuty(plan, calendar).read(
      records.db,
      parseInstant('2026-10-02 10:00') as number,
    );
    expect(roster.linesOf(XUANHAN)[0]).toEqual([{ id: 'wang', bureau: XUANHAN, hasPhone: false }]);
  });
});

test('a change counts from the instant it is made, and no more once it is withdrawn', async () => {
  const at = (time: string) => parseInstant(time) as number;
  const by = { actedBy: 'ac_test', reason: '临时顶班' };
  const override = {
    kind: 'override' as const,
    bureau: XUANHAN,
    line: 'duty' as const,
    officer: 'wang',
    insteadOf: 'li',
    fromMs: at('2026-09-30 09:00'),
    untilMs: at('2026-09-30 17:00'),
  };
  await records.transaction((trx) =>
    writeChange(trx, override, { ...by, atMs: at('2026-09-30 10:00') }),
  );
  const [change] = await loadChanges(records.db, { sinceMs: at('2026-09-30 00:00') });
  await records.transaction((trx) =>
    writeAct(trx, change as RosterChange, {
      ...by,
      act: 'withdrawn',
      atMs: at('2026-09-30 14:00'),
    }),
  );
  const first = async (time: string) => (await linesAt(time))[0];
  expect(await first('2026-09-30 09:59')).toBe('li');
  expect(await first('2026-09-30 10:00')).toBe('wang');
  expect(await first('2026-09-30 13:59')).toBe('wang');
  expect(await first('2026-09-30 14:00')).toBe('li');
});
