import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadChanges, writeAct, writeChange } from '../../alerts/roster/change-store.ts';
import type { RosterChange } from '../../alerts/roster/plan-changes.ts';
import { UserError } from '../../core/errors.ts';
import { DAY_MS, parseInstant } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { configSchema, type Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { checkRoster, showRoster } from './roster.ts';

/** 2026-09-28 10:00 in China, the Monday before National Day. */
const clock = createManualClock(epochMs(Date.parse('2026-09-28T02:00:00Z')));

const ROSTER = `id: test
bureaus:
  - bureau: '511722'
    lines:
      - name: duty
        rotations:
          - id: by-day
            teams: [officer-li, officer-wang]
            startsOn: '2026-09-28'
            hours: { from: '08:30', until: '17:30' }
            days: workdays
          - id: by-night
            teams: [officer-zhao]
            startsOn: '2026-09-28'
            hours: { from: '17:30', until: '08:30' }
          - id: rest-days
            teams: [[officer-zhao, officer-sun]]
            startsOn: '2026-09-01'
            hours: { from: '08:30', until: '17:30' }
            days: rest-days
`;

let folder: string;
let config: Config;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-roster-'));
  config = configSchema.parse({ dataFolder: folder, logLevel: 'silent' });
  const deps = { logger: createLogger('silent'), random: createRandom('roster') };
  const records = await openRecords(deps, recordsOptions(config));
  const officer = (id: string, phone: string | null, verified: boolean) => ({
    id,
    name: id,
    role: 'county-officer' as const,
    region: regionCode('511722'),
    phone,
    phoneVerifiedAtMs: verified ? clock.now() : null,
    active: 1 as const,
  });
  await records.db
    .insertInto('officer')
    .values([
      officer('officer-li', '0818-0000011', true),
      officer('officer-wang', '0818-0000012', true),
      officer('officer-zhao', '0818-0000013', true),
      officer('officer-sun', '0818-0000014', false),
    ])
    .execute();
  await records.close();
});

afterAll(() => rm(folder, { recursive: true }));

const save = async (content: string) => {
  const file = join(folder, 'roster.yaml');
  await writeFile(file, content);
  return file;
};

async function check(content: string, days = 10): Promise<string[]> {
  const printed: string[] = [];
  const file = await save(content);
  const proven = await checkRoster(config, { file, days }, (line) => printed.push(line), clock);
  return [proven ? 'proven' : 'refused', ...printed.flatMap((line) => line.trim().split('\n'))];
}

describe('roster check', () => {
  test('a roster over a holiday, its make-up days and nights is proven from its first morning', async () => {
    const printed = await check(ROSTER.replaceAll("'2026-09-28'", "'2026-09-01'"));
    expect(printed[0]).toBe('proven');
    expect(printed.at(-1)).toContain('每一分钟都有人可以联系');
  });

  test('a gap is named with bureau, level and time', async () => {
    const printed = await check(ROSTER);
    expect(printed).toContain(
      '✗ 宣汉县 Xuanhan · 一级 level 1 · 2026-09-28 00:00 – 2026-09-28 08:30: 无人值班 nobody on duty',
    );
    expect(printed.filter((line) => line.startsWith('✗'))).toHaveLength(3);
  });

  test('who cannot be telephoned leaves a gap for the levels that telephone, and is named', async () => {
    const alone = ROSTER.replaceAll("'2026-09-28'", "'2026-09-01'").replace(
      '[[officer-zhao, officer-sun]]',
      '[officer-sun]',
    );
    const printed = await check(alone);
    expect(printed).toContain(
      '✗ 宣汉县 Xuanhan · 二级 level 2 · 2026-10-01 08:30 – 2026-10-01 17:30: officer-sun 号码未验证 number not tried yet',
    );
    expect(printed.join('\n')).not.toContain('三级');
  });

  test('a leave that nobody takes over is a gap, and none once somebody does', async () => {
    const whole = ROSTER.replaceAll("'2026-09-28'", "'2026-09-01'");
    const absent = `${whole}absences:
  - { officer: officer-zhao, from: '2026-09-29 17:30', until: '2026-09-30 08:30', note: 年休假 }
`;
    expect((await check(absent))[0]).toBe('refused');
    const taken = `${absent}overrides:
  - { bureau: '511722', from: '2026-09-29 17:30', until: '2026-09-30 08:30', officer: officer-wang }
`;
    expect((await check(taken))[0]).toBe('proven');
  });

  test('an unknown officer and a person in two lines at once are named', async () => {
    const twice = `${ROSTER.replaceAll("'2026-09-28'", "'2026-09-01'")}      - name: leader
        rotations:
          - id: always
            teams: [officer-zhao, officer-zho]
            startsOn: '2026-09-01'
            hours: { from: '00:00', until: '00:00' }
            turnDays: 40
`;
    const printed = await check(twice, 2);
    expect(printed).toContain('✗ officer-zho: 系统中没有此人 not in the records');
    expect(printed.join('\n')).toContain(
      '! officer-zhao: 同时在两处值班 on duty twice: 511722 duty · 511722 leader',
    );
  });

  test.each([
    ["startsOn: '2026-02-30'", "'2026-09-28'", "'2026-02-30'", /roster\.yaml:9:\d+: .*no such day/],
    ['hours 25:00', "'08:30', until: '17:30'", "'25:00', until: '17:30'", /a time of day reads/],
    ['an unknown key', 'days: workdays', 'day: workdays', /roster\.yaml:11:13: .*"day"/],
    ['a bureau nobody knows', "'511722'", "'99'", /roster\.yaml:3:13/],
    [
      'an unknown key, with the one that is meant',
      'teams: [officer-zhao]',
      'team: [officer-zhao]',
      /roster\.yaml:\d+:\d+: .*没有"team"这一项，是否为"teams"\? .*did you mean "teams"/,
    ],
    [
      'a key that is missing',
      "            startsOn: '2026-09-28'\n            hours: { from: '17:30'",
      "            hours: { from: '17:30'",
      /startsOn: 缺少此项，请补上 is missing; add it/,
    ],
    [
      'a kind of day nobody knows',
      'days: workdays',
      'days: weekdays',
      /只能是 all、workdays、rest-days must be one of/,
    ],
  ])('%s is refused with its line', async (_what, from, to, says) => {
    await expect(check(ROSTER.replace(from, to))).rejects.toThrow(says);
    await expect(check(ROSTER.replace(from, to))).rejects.toBeInstanceOf(UserError);
  });
});

test('roster show prints the turns, the night over midnight and the holiday among them', async () => {
  const printed: string[] = [];
  const file = await save(ROSTER);
  await showRoster(config, { file, days: 4 }, (line) => printed.push(line), clock);
  expect(printed).toEqual([
    '宣汉县 Xuanhan · 值班员 duty',
    '  2026-09-28 08:30 – 2026-09-28 17:30  officer-li  by-day',
    '  2026-09-28 17:30 – 2026-09-29 08:30  officer-zhao  by-night',
    '  2026-09-29 08:30 – 2026-09-29 17:30  officer-wang  by-day',
    '  2026-09-29 17:30 – 2026-09-30 08:30  officer-zhao  by-night',
    '  2026-09-30 08:30 – 2026-09-30 17:30  officer-li  by-day',
    '  2026-09-30 17:30 – 2026-10-01 08:30  officer-zhao  by-night',
    '  2026-10-01 08:30 – 2026-10-01 17:30  officer-sun  rest-days',
    '  2026-10-01 08:30 – 2026-10-01 17:30  officer-zhao  rest-days',
    '  2026-10-01 17:30 – 2026-10-02 00:00  officer-zhao  by-night',
  ]);
});

describe('what people changed in the records', () => {
  const WHOLE = ROSTER.replaceAll("'2026-09-28'", "'2026-09-01'");
  const at = (written: string) => parseInstant(written) as number;
  const by = { actedBy: 'ac_test', reason: '测试' };

  const withRecords = async <Result>(run: (records: Records) => Promise<Result>) => {
    const deps = { logger: createLogger('silent'), random: createRandom('roster') };
    const records = await openRecords(deps, recordsOptions(config));
    try {
      return await run(records);
    } finally {
      await records.close();
    }
  };

  test('is checked and shown: a leave leaves a gap until it is withdrawn', async () => {
    const leave = {
      kind: 'leave' as const,
      bureau: regionCode('511722'),
      officer: 'officer-zhao',
      fromMs: at('2026-09-29 17:30'),
      untilMs: at('2026-09-30 08:30'),
    };
    await withRecords((records) =>
      records.transaction((trx) => writeChange(trx, leave, { ...by, atMs: clock.now() })),
    );
    expect(await check(WHOLE)).toContain(
      '✗ 宣汉县 Xuanhan · 一级 level 1 · 2026-09-29 17:30 – 2026-09-30 08:30: 无人值班 nobody on duty',
    );
    await withRecords(async (records) => {
      const [change] = await loadChanges(records.db, { sinceMs: 0 });
      await records.transaction((trx) =>
        writeAct(trx, change as RosterChange, { ...by, act: 'withdrawn', atMs: clock.now() + 1 }),
      );
    });
    expect((await check(WHOLE))[0]).toBe('proven');
    const override = {
      kind: 'override' as const,
      bureau: regionCode('511722'),
      line: 'duty' as const,
      officer: 'officer-wang',
      insteadOf: 'officer-zhao',
      fromMs: at('2026-09-28 20:00'),
      untilMs: at('2026-09-28 22:00'),
    };
    await withRecords((records) =>
      records.transaction((trx) => writeChange(trx, override, { ...by, atMs: clock.now() })),
    );
    const printed: string[] = [];
    const file = await save(WHOLE);
    await showRoster(config, { file, days: 1 }, (line) => printed.push(line), clock);
    expect(printed).toContain('  2026-09-28 17:30 – 2026-09-28 20:00  officer-zhao  by-night');
    expect(printed).toContain('  2026-09-28 20:00 – 2026-09-28 22:00  officer-wang  change');
  });

  test('a number that was tried long ago is warned of', async () => {
    const printed: string[] = [];
    const file = await save(WHOLE);
    const later = createManualClock(clock.now() + 181 * DAY_MS);
    await checkRoster(config, { file, days: 3 }, (line) => printed.push(line), later);
    expect(printed.join('\n')).toContain(
      '! officer-zhao: 号码上次验证于 number last tried on 2026-09-28',
    );
  });
});

describe('local workdays', () => {
  const within = async (days: string) => {
    const file = join(folder, 'workdays.yaml');
    await writeFile(file, `id: local\ndays:\n${days}`);
    return { ...config, alerts: { ...config.alerts, workdays: file } };
  };
  const WHOLE = ROSTER.replaceAll("'2026-09-28'", "'2026-09-01'");

  test('move the turns; a line the national calendar has anyway is told', async () => {
    const local = await within(
      "  - { date: '2026-09-29', works: false, name: 本地放假 }\n  - { date: '2026-10-01', works: false, name: 国庆节 }\n",
    );
    const printed: string[] = [];
    const file = await save(WHOLE);
    await showRoster(local, { file, days: 2 }, (line) => printed.push(line), clock);
    expect(printed).toContain('  2026-09-29 08:30 – 2026-09-29 17:30  officer-sun  rest-days');
    await checkRoster(local, { file, days: 2 }, (line) => printed.push(line), clock);
    expect(printed).toContain(
      '! 2026-10-01 国庆节: 与国家日历一致，可删去 the national calendar says so already',
    );
  });

  test.each([
    [
      'a day that does not exist',
      "  - { date: '2026-02-30', works: true, name: x }",
      /workdays\.yaml:3:13: .*没有这一天 no such day/,
    ],
    [
      'a day twice',
      "  - { date: '2026-09-29', works: true, name: x }\n  - { date: '2026-09-29', works: false, name: y }",
      /workdays\.yaml:4:13: .*2026-09-29 出现两次/,
    ],
    [
      'an unknown key',
      "  - { date: '2026-09-29', work: true, name: x }",
      /workdays\.yaml:3:\d+: .*did you mean "works"/,
    ],
    [
      'a word for a truth',
      "  - { date: '2026-09-29', works: maybe, name: x }",
      /应为 true 或 false should be boolean/,
    ],
  ])('%s is refused with its line', async (_what, days, says) => {
    const local = await within(`${days}\n`);
    const file = await save(WHOLE);
    await expect(checkRoster(local, { file, days: 1 }, () => {}, clock)).rejects.toThrow(says);
  });
});

test('without a roster anywhere it says what to do', async () => {
  const show = () => showRoster(config, { days: 1 }, () => {}, clock);
  await expect(show()).rejects.toThrow('there is no duty roster in the configuration');
});
