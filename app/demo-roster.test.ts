// The demonstration's roster: whole, of people who exist, and with the demo's accounts on duty at all times.

import { expect, test } from 'vitest';
import { findDoubleDuty, findGaps, findStrangers } from '../alerts/roster/coverage.ts';
import { dutySpans, onDutyAt } from '../alerts/roster/duty-spans.ts';
import { loadRoster } from '../alerts/roster/load-roster.ts';
import { DAY_MS, HOUR_MS, parseInstant } from '../core/local-time.ts';
import { DAZHOU, regionName, regionsWithin } from '../core/region.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { DUTY_PEOPLE } from './demo-duty-people.ts';

const plan = loadRoster('sim/demo-roster.yaml');
const calendar = createChinaCalendar();
const fromMs = parseInstant('2026-02-01 00:00') as number;
const untilMs = fromMs + 60 * DAY_MS;

const BUREAUS = [DAZHOU, ...regionsWithin(DAZHOU).map(({ code }) => code)];
const deskOf = (bureau: string) =>
  bureau === DAZHOU ? 'officer-city' : `officer-${regionName(bureau).en.toLowerCase()}`;

const officers = [
  ...DUTY_PEOPLE.map(({ id, region }) => ({ id, bureau: region })),
  ...BUREAUS.flatMap((bureau) => [
    { id: deskOf(bureau), bureau },
    { id: `officer-${regionName(bureau).en.toLowerCase()}-leader`, bureau },
  ]),
].map((officer) => ({ ...officer, hasPhone: true, isVerified: true, isActive: true }));

test('nobody is missing at any minute, nobody is unknown, nobody is in two places', () => {
  const asked = { plan, calendar, officers, fromMs, untilMs };
  expect(findGaps(asked)).toEqual([]);
  expect(findStrangers(asked)).toEqual([]);
  expect(findDoubleDuty(asked)).toEqual([]);
  expect(new Set(DUTY_PEOPLE.map(({ phone }) => phone)).size).toBe(DUTY_PEOPLE.length);
});

test('without the duty rooms people in turns still cover every minute, none around the clock', () => {
  for (const bureau of BUREAUS) {
    const asked = { bureau, line: 'duty' as const, fromMs, untilMs };
    const spans = dutySpans(plan, calendar, asked).filter(
      ({ officer }) => officer !== deskOf(bureau),
    );
    let coveredMs = fromMs;
    for (const span of spans) {
      expect(span.fromMs).toBeLessThanOrEqual(coveredMs);
      coveredMs = Math.max(coveredMs, span.untilMs);
      expect(span.untilMs - span.fromMs).toBeLessThanOrEqual(15 * HOUR_MS);
    }
    expect(coveredMs).toBe(untilMs);
    expect(new Set(spans.map(({ officer }) => officer)).size).toBe(4);
  }
});

test('the officer behind each demo account is on duty at every hour', () => {
  for (const bureau of BUREAUS) {
    for (let atMs = fromMs; atMs < fromMs + 7 * DAY_MS; atMs += HOUR_MS) {
      expect(onDutyAt(plan, calendar, { bureau, line: 'duty', atMs })).toContain(deskOf(bureau));
    }
  }
});
