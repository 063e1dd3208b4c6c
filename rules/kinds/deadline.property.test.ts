import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, RaisedFinding } from '../../core/finding.ts';
import {
  rulebookOf,
  ruleOf,
  runWorld,
  surroundings,
  WORLD_START_MS,
  type Arriving,
} from '../fact-world.fixture.ts';
import { verifyAlert } from '../verify.ts';

/** Six hours: four ticks a day, from a Monday at midnight. */
const TICK = 6 * 3_600_000;
const TICKS_PER_DAY = 4;
const NAMES = ['start', 'end', 'extended', 'restarted', 'stopped', 'resumed'] as const;

const worlds = fc.record({
  days: fc.integer({ min: 1, max: 5 }),
  workdays: fc.boolean(),
  rolls: fc.boolean(),
  excludeFirstDay: fc.boolean(),
  steps: fc.array(
    fc.record({
      after: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 30 })),
      name: fc.oneof(
        { weight: 1, arbitrary: fc.constant('start' as const) },
        { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
      ),
    }),
    { maxLength: 12 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;
type Step = { tick: number; name: (typeof NAMES)[number] };

const rulebookFor = ({ days, workdays, rolls, excludeFirstDay }: World) => {
  const unit = workdays ? 'workday' : 'day';
  return rulebookOf(
    ruleOf('deadline', {
      start: ['start'],
      end: ['end'],
      period: { amount: days, unit },
      excludeFirstDay,
      rollOver: rolls ? 'next-workday' : 'none',
      extensions: [{ milestone: 'extended', add: { amount: 2, unit } }],
      restarts: ['restarted'],
      suspensions: [{ from: 'stopped', to: 'resumed' }],
      warnings: [{ left: '1d', level: 3 }],
      escalations: [{ after: '2d', level: 1 }],
    }),
  );
};

const stepsOf = ({ steps }: World): Step[] => {
  let tick = 0;
  return steps.map(({ after, name }) => ({ tick: (tick += after), name }));
};

const arrivalsOf = (world: World): Arriving[] =>
  stepsOf(world).map(({ tick, name }) => ({
    subject: 'P0',
    atMs: WORLD_START_MS + tick * TICK,
    content: { kind: 'case-milestone', caseId: 'A1', milestone: name, authority: '测试' },
  }));

const linesOf = (findings: readonly Finding[]): string[] =>
  findings
    .map(({ atMs, kind, values }) => `${(atMs - WORLD_START_MS) / TICK} ${kind} ${values['stage']}`)
    .sort();

const isWeekend = (day: number) => day % 7 === 5 || day % 7 === 6;
const dayOfTick = (tick: number) => Math.floor(tick / TICKS_PER_DAY);

type Life = {
  id: number;
  start: number;
  extended: boolean;
  stretches: { from: number; to: number | undefined }[];
  since: number;
  ended: boolean;
};

/** Counts the days one by one and gives the tick at which the last one is over. */
function dueTick(life: Life, { days, workdays, rolls, excludeFirstDay }: World): number {
  const stood = (day: number) =>
    life.stretches.some(
      ({ from, to }) => to !== undefined && day >= dayOfTick(from) && day < dayOfTick(to),
    );
  let left = days + (life.extended ? 2 : 0);
  let day = dayOfTick(life.start) - (excludeFirstDay ? 0 : 1);
  while (left > 0) {
    day++;
    if (!stood(day) && !(workdays && isWeekend(day))) left--;
  }
  if (rolls) while (isWeekend(day)) day++;
  return (day + 1) * TICKS_PER_DAY;
}

/** Goes through time tick by tick and asks what ought to be open. */
function oracle(world: World): string[] {
  const lines: string[] = [];
  const steps = stepsOf(world);
  const open = new Set<string>();
  let life: Life | undefined;
  const wanted = (tick: number): Set<string> => {
    if (!life || life.ended || life.stretches.some(({ to }) => to === undefined)) return new Set();
    const due = dueTick(life, world);
    const moments = [
      ['left 1d', due - TICKS_PER_DAY],
      ['overdue', due],
      ['overdue by 2d', due + 2 * TICKS_PER_DAY],
    ] as const;
    const passed = moments.filter(([, at]) => at <= (life as Life).since);
    const later = moments.filter(([, at]) => at > (life as Life).since && at <= tick);
    return new Set([...passed.slice(-1), ...later].map(([name]) => name));
  };
  const close = (tick: number, keep: ReadonlySet<string>) => {
    for (const stage of open) {
      if (keep.has(stage)) continue;
      open.delete(stage);
      lines.push(`${tick} cleared ${stage}`);
    }
  };
  for (let tick = 0; tick < 900; tick++) {
    for (const [id, step] of steps.entries()) {
      if (step.tick !== tick) continue;
      const { name } = step;
      if (name === 'restarted' || (name === 'start' && (!life || life.ended))) {
        close(tick, new Set());
        life = { id, start: tick, extended: false, stretches: [], since: tick, ended: false };
      } else if (life && !life.ended) {
        const standing = life.stretches.find(({ to }) => to === undefined);
        const over = !standing && tick >= dueTick(life, world);
        if (name === 'end') life.ended = true;
        else if (name === 'extended' && !over) life.extended = true;
        else if (name === 'stopped' && !standing && !over) {
          life.stretches.push({ from: tick, to: undefined });
        } else if (name === 'resumed' && standing) {
          standing.to = tick;
          life.since = tick;
        }
      }
      close(tick, wanted(tick));
    }
    for (const stage of wanted(tick)) {
      if (open.has(stage)) continue;
      open.add(stage);
      lines.push(`${tick} raised ${stage}`);
    }
  }
  return lines.sort();
}

/** Stood still on the days to which the last one only rolled. */
const STOOD_WHILE_ROLLING: World = {
  days: 1,
  workdays: false,
  rolls: true,
  excludeFirstDay: false,
  steps: [
    { after: 12, name: 'start' },
    { after: 2, name: 'extended' },
    { after: 10, name: 'stopped' },
    { after: 12, name: 'resumed' },
  ],
};

describe('deadline', () => {
  test('says what counting days one by one says', () => {
    const told = { raised: 0, cleared: 0, 'overdue by': 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const lines = linesOf(runWorld(rulebookFor(world), arrivalsOf(world)));
        for (const word of ['raised', 'cleared', 'overdue by'] as const) {
          told[word] += lines.filter((line) => line.includes(word)).length;
        }
        expect(lines).toEqual(oracle(world));
      }),
      { numRuns: 1_000, examples: [[STOOD_WHILE_ROLLING]] },
    );
    for (const count of Object.values(told)) expect(count).toBeGreaterThan(500);
  });

  test('every alert proves itself from its milestones', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const rulebook = rulebookFor(world);
        const raised = runWorld(rulebook, arrivalsOf(world)).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const finding of raised) {
          expect(verifyAlert(finding, { rulebook, ...surroundings })).toMatchObject({
            proven: true,
            finding: { level: finding.level, values: finding.values },
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});
