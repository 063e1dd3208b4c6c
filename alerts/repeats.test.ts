// Repeats of one rule about one person make the alert graver, once; told as scripts and held as properties.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs } from '../core/time.ts';
import {
  cleared,
  corrected,
  DAZHOU_CITY,
  MINUTE,
  raised,
  START_MS,
  XUANHAN,
} from './findings.fixture.ts';
import { createManualClock } from '../core/time.ts';
import { PIPELINE_DEFAULTS, step } from './pipeline.ts';
import { crossedAtMs, isStillRaised, REPEAT_DEFAULTS, type RecentRaise } from './repeats.ts';
import { PLAIN_ROUTING } from './routing/routing-plan.ts';
import { openStage, startProgram, type Program, type Stage } from './scenario.fixture.ts';
import { EMPTY_STATE, type SubjectState } from './subject-state.ts';
import { ruleTexts } from './findings.fixture.ts';

const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const HOUR = 60;

const onStage = async (play: (program: Program, stage: Stage) => Promise<void>) => {
  const stage = await openStage();
  try {
    await play(await startProgram(stage), stage);
  } finally {
    await stage.remove();
  }
};

const exit = (atMin: number) => raised('cc-000001', { atMin });
const bracelet = (atMin: number) => raised('cc-000001', { ruleId: 'terminal-silent', atMin });

const gradedOf = async (program: Program, id: string) => {
  const { level, raisedLevel, repeats, timeline } = await program.desk.get(id, ALL);
  const regraded = timeline.filter(({ kind }) => kind === 'regraded');
  return {
    level,
    raisedLevel,
    repeats,
    because: regraded.map(({ details }) => `${details['because']} ${details['toLevel']}`),
  };
};

describe('merged into one alert', () => {
  test('the third repeat in a day makes level 2 level 1: city and county are called, both must answer', () =>
    onStage(async (program) => {
      await program.find(exit(0), exit(10), exit(20));
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      await program.find(exit(30));
      expect(program.sent()).toEqual(['phone city', 'phone xuanhan', 'push city', 'push xuanhan']);
      const { alertId } = exit(0);
      expect(await gradedOf(program, alertId)).toEqual({
        level: 1,
        raisedLevel: 2,
        repeats: 3,
        because: ['repeats 1'],
      });
      expect((await program.desk.get(alertId, ALL)).awaiting).toEqual(['city', 'county']);
      const call = (await program.desk.get(alertId, ALL)).notices.find(
        ({ channel }) => channel === 'phone',
      );
      expect(call?.text.zh).toContain('多次出现，现为一级预警');
    }));

  test('once: later repeats are counted and told to nobody', () =>
    onStage(async (program) => {
      await program.find(bracelet(0), bracelet(5), bracelet(10), bracelet(15));
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      await program.find(bracelet(20), bracelet(25), bracelet(30), bracelet(35));
      expect(program.sent()).toEqual([]);
      expect(await gradedOf(program, bracelet(0).alertId)).toMatchObject({ level: 2, repeats: 7 });
    }));

  test('its events are counted at the level of the rule', () =>
    onStage(async (program) => {
      await program.find(exit(0), exit(10), exit(20), exit(30));
      const { timeline } = await program.desk.get(exit(0).alertId, ALL);
      // With the program's own deed among them.
      expect(timeline.map(({ kind }) => kind)).toContain('regraded');
      expect(new Set(timeline.map(({ level }) => level))).toEqual(new Set([2]));
    }));

  test('what somebody has already stays with them, and the phone rings all the same', () =>
    onStage(async (program) => {
      await program.find(exit(0), exit(10));
      await program.desk.acknowledge(exit(0).alertId, { ...COUNTY, note: '' });
      program.sent();
      await program.find(exit(20), exit(30));
      expect(program.sent()).toContain('phone city');
      expect((await program.desk.get(exit(0).alertId, ALL)).status).toBe('acknowledged');
    }));
});

describe('of alerts one after the other', () => {
  const episodes = [0, 3, 6, 9].map((hour) => exit(hour * HOUR));
  const ends = episodes.map((finding, at) => cleared(finding, at * 3 * HOUR + 5));
  const last = episodes[3] as (typeof episodes)[number];

  test('the fourth opens a level graver, also when those before are closed', () =>
    onStage(async (program) => {
      for (const [at, finding] of episodes.entries()) {
        if (finding === last) break;
        await program.find(finding, ends[at] as (typeof ends)[number]);
        await program.desk.acknowledge(finding.alertId, { ...COUNTY, note: '' });
        await program.desk.feedback(finding.alertId, { ...COUNTY, result: 'true', note: '' });
        await program.desk.close(finding.alertId, { ...COUNTY, note: '' });
      }
      program.sent();
      await program.find(last);
      expect(program.sent()).toEqual(['phone city', 'phone xuanhan', 'push city', 'push xuanhan']);
      expect(await gradedOf(program, last.alertId)).toEqual({
        level: 1,
        raisedLevel: 2,
        repeats: 0,
        because: ['repeats 1'],
      });
    }));

  test('a day later they count no more', () =>
    onStage(async (program) => {
      const tomorrow = exit(24 * HOUR + 1);
      await program.find(...episodes.slice(0, 3).flatMap((one, at) => [one, ends[at] as never]));
      await program.find(tomorrow);
      expect(await gradedOf(program, tomorrow.alertId)).toMatchObject({ level: 2, because: [] });
    }));

  test('one of them withdrawn: the alert goes back, and who was told hears of it', () =>
    onStage(async (program) => {
      await program.find(...episodes.flatMap((one, at) => [one, ends[at] as never]));
      program.sent();
      await program.find(corrected(episodes[1] as never, { atMin: 10 * HOUR }));
      expect(await gradedOf(program, last.alertId)).toMatchObject({
        level: 2,
        because: ['repeats 1', 'repeats-withdrawn 2'],
      });
      expect(program.sent()).toContain('sms city');
      // The city was called; it hears by SMS, and nobody is called.
      expect(program.sent().filter((one) => one.startsWith('phone'))).toEqual([]);
    }));
});

test('a repeat withdrawn takes the level back, standing again gives it back', () =>
  onStage(async (program) => {
    await program.find(exit(0), exit(10), exit(20), exit(30));
    const { alertId } = exit(0);
    await program.find(corrected(exit(20), { atMin: 40 }));
    expect(await gradedOf(program, alertId)).toMatchObject({ level: 2 });
    await program.find(exit(45));
    expect(await gradedOf(program, alertId)).toMatchObject({ level: 1 });
  }));

test('a correction of the level counts from the level of the rule', () =>
  onStage(async (program) => {
    await program.find(bracelet(0), bracelet(10), bracelet(20), bracelet(30));
    const { alertId } = bracelet(0);
    expect(await gradedOf(program, alertId)).toMatchObject({ level: 2 });
    await program.find(corrected(bracelet(0), { atMin: 40, outcome: 'regraded', level: 2 }));
    expect(await gradedOf(program, alertId)).toMatchObject({ level: 1 });
  }));

test('withdrawn as a whole and standing again, the alert is as grave as it was', () =>
  onStage(async (program) => {
    const all = [exit(0), exit(10), exit(20), exit(30)];
    const { alertId } = exit(0);
    await program.find(...all);
    await program.find(...all.map((one) => corrected(one, { atMin: 40 })));
    expect((await program.desk.get(alertId, ALL)).withdrawnAtMs).not.toBeNull();
    const back = { outcome: 'regraded', was: 'withdrawn', reason: 'met-again', atMin: 50 } as const;
    await program.find(...all.map((one) => corrected(one, back)));
    const { level, withdrawnAtMs } = await program.desk.get(alertId, ALL);
    expect(withdrawnAtMs).toBeNull();
    expect(level).toBeLessThanOrEqual(2);
  }));

test('a silence of level 3 does not hide what repeats make level 2', () =>
  onStage(async (program, stage) => {
    await program.silences.propose(
      {
        matcher: { levels: [3], rules: ['terminal-silent'] },
        coversOpen: false,
        reason: '基站检修',
        untilMs: stage.clock.now() + HOUR * MINUTE,
      },
      COUNTY,
    );
    await program.find(bracelet(0), bracelet(10), bracelet(20));
    expect(program.sent()).toEqual([]);
    await program.find(bracelet(30));
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    expect((await program.desk.get(bracelet(0).alertId, ALL)).silencedBy).toBeNull();
  }));

describe('the count', () => {
  const limit = { count: 3, withinMs: 24 * HOUR * MINUTE };
  const recentOf = (minutes: readonly number[]): RecentRaise[] =>
    minutes.map((atMin) => ({
      id: `r${atMin}`,
      ruleId: 'area-exit',
      openedAtMs: epochMs(START_MS + atMin * MINUTE),
      withdrawnAtMs: null,
    }));

  test('finds every day with enough of them that holds the finding, and no other', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 60 * HOUR }), { minLength: 1, maxLength: 8 }),
        (minutes) => {
          const [at = 0] = minutes;
          const finding = { ruleId: 'area-exit', atMs: epochMs(START_MS + at * MINUTE) };
          // The model: some four of them, this one among them, lie within less than a day.
          const sorted = minutes.toSorted((a, b) => a - b);
          const isCrossed = sorted.some((first, index) => {
            const fourth = sorted[index + 3];
            return (
              fourth !== undefined && fourth - first < 24 * HOUR && first <= at && at <= fourth
            );
          });
          expect(crossedAtMs(recentOf(minutes), finding, limit) !== undefined).toBe(isCrossed);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a rule may have its own limit, or none', () => {
    const options = {
      ...PIPELINE_DEFAULTS,
      repeatsOfRule: { 'area-exit': undefined, 'terminal-silent': { count: 1, withinMs: MINUTE } },
    };
    const play = (findings: readonly ReturnType<typeof raised>[]) => {
      let state: SubjectState = EMPTY_STATE;
      for (const finding of findings) {
        const context = {
          nowAtMs: epochMs(createManualClock(START_MS).now()),
          roster: { linesOf: () => [], leadersOf: () => [] },
          ruleTexts,
          routing: { plan: PLAIN_ROUTING, calendar: undefined },
          options,
        };
        [state] = step(state, finding, context);
      }
      return state.alerts.map(({ level }) => level);
    };
    expect(play([0, 1, 2, 3, 4].map((atMin) => exit(atMin)))).toEqual([2]);
    expect(play([bracelet(0), bracelet(1)])).toEqual([3]);
    expect(
      play([
        bracelet(0),
        { ...bracelet(0), ...raised('cc-000001', { ruleId: 'terminal-silent', key: 'b' }) },
      ]),
    ).toEqual([2]);
  });

  test('what is under way stays as it is when the limit is taken away', () => {
    const alert = { ruleId: 'area-exit', repeatsRaisedAtMs: epochMs(START_MS) };
    expect(isStillRaised(alert, [], REPEAT_DEFAULTS)).toBe(false);
    expect(isStillRaised(alert, [], { repeats: undefined })).toBe(true);
  });
});
