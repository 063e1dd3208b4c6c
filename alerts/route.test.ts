import { describe, expect, test } from 'vitest';
import type { Level } from '../core/finding.ts';
import { regionCode } from '../core/region.ts';
import type { DutyOfficer, Roster } from './duty-officers.ts';
import { DAZHOU_CITY, XUANHAN } from './findings.fixture.ts';
import { policyDetails, policyOf, stillAwaited } from './policy.ts';
import { route } from './route.ts';

const officer = (id: string, bureau: string, hasPhone = true): DutyOfficer => ({
  id,
  bureau: regionCode(bureau),
  hasPhone,
});

const rosterOf = (lines: Record<string, DutyOfficer[][]>): Roster => ({
  linesOf: (bureau) => lines[bureau] ?? [],
  leadersOf: () => [],
});

const CITY = officer('city', DAZHOU_CITY);
const COUNTY = officer('county', XUANHAN);
const MUTE = officer('mute', XUANHAN, false);
const LEADER = officer('leader', XUANHAN);
const PROVINCE = officer('province', '510000');

const full = { [DAZHOU_CITY]: [[CITY]], [XUANHAN]: [[COUNTY], [LEADER]] };

describe('the level table with a roster gives', () => {
  // level, intrusive, roster | channel, who is told by it, who on the console only, who must acknowledge
  test.each<[string, Level, boolean, Record<string, DutyOfficer[][]>, string]>([
    ['level 1', 1, true, full, 'phone city county · - · city county'],
    ['level 2', 2, true, full, 'sms county · - · county'],
    ['level 3', 3, true, full, 'push county · - · county'],
    ['level 1, not to be loud', 1, false, full, 'push city county · - · city county'],
    ['two in a line', 2, true, { [XUANHAN]: [[COUNTY, LEADER]] }, 'sms county leader · - · county'],
    [
      'a first line without telephone',
      2,
      true,
      { [XUANHAN]: [[MUTE], [LEADER]] },
      'sms leader · mute · county',
    ],
    [
      'a county without telephone',
      2,
      true,
      { [DAZHOU_CITY]: [[CITY]], [XUANHAN]: [[MUTE]] },
      'sms city · mute · city · 511722→511700',
    ],
    [
      'level 1 in a county with nobody',
      1,
      true,
      { [DAZHOU_CITY]: [[CITY]] },
      'phone city · - · city · 511722→511700',
    ],
    [
      'level 1 in a city with nobody',
      1,
      true,
      { [XUANHAN]: [[COUNTY]], 510000: [[PROVINCE]] },
      'phone province county · - · city county · 511700→510000',
    ],
    [
      'nobody anywhere',
      1,
      true,
      {},
      'phone  · - · city county · 511700→operators 511722→operators',
    ],
    [
      'nobody with a telephone anywhere',
      2,
      true,
      { [XUANHAN]: [[MUTE]] },
      'sms  · mute · county · 511722→operators',
    ],
  ])('for %s', (_, level, intrusive, lines, expected) => {
    const graded = { level, intrusive, because: 'level-table' as const };
    const routed = route(graded, XUANHAN, rosterOf(lines));
    const names = (officers: readonly DutyOfficer[]) => officers.map(({ id }) => id).join(' ');
    const standIns = routed.standIns.map(({ of, by }) => `${of}→${by ?? 'operators'}`).join(' ');
    const parts = [
      `${routed.channel} ${names(routed.told)}`,
      names(routed.pushedOnly) || '-',
      routed.awaits.join(' '),
    ];
    expect([...parts, ...(standIns ? [standIns] : [])].join(' · ')).toBe(expected);
  });
});

test('the policy reads back from the event it is frozen in', () => {
  const graded = { level: 1 as const, intrusive: true, because: 'level-table' as const };
  const routed = route(graded, XUANHAN, rosterOf(full));
  const details = policyDetails(routed, new Set(['county']));
  expect(details).toEqual({
    channel: 'phone',
    acknowledge: 'every-side',
    awaits: 'city county',
    recipients: 'city county',
    quieted: 'county',
  });
  expect(policyOf({ details })).toEqual({ acknowledge: 'every-side', awaits: ['city', 'county'] });
});

describe('still awaited are', () => {
  test.each([
    ['every-side', ['city', 'county'], [], ['city', 'county']],
    ['every-side', ['city', 'county'], ['county'], ['city']],
    ['every-side', ['city', 'county'], ['city', 'county'], []],
    ['every-side', ['city'], ['county'], ['city']],
    ['anyone', ['county'], [], ['county']],
    ['anyone', ['county'], ['city'], []],
  ] as const)('of %s %j after %j: %j', (acknowledge, awaits, given, expected) => {
    expect(stillAwaited({ acknowledge, awaits }, given)).toEqual(expected);
  });
});
