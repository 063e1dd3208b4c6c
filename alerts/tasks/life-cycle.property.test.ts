// What follows the answer, against a model written down on its own: random acts of random people, one after the
// other and two at once, on real records. The desk refuses what the model refuses, and then is where it is.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import {
  anOfficer,
  DAZHOU_CITY,
  DAZHU,
  raised,
  saveOfficers,
  XUANHAN,
} from '../findings.fixture.ts';
import { openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import { ANSWER_DEFAULTS } from './task-options.ts';

const OFFICERS = [
  anOfficer('city', DAZHOU_CITY),
  anOfficer('city-chief', DAZHOU_CITY, { role: 'leader' }),
  anOfficer('xuanhan', XUANHAN),
  anOfficer('xuanhan-b', XUANHAN),
  anOfficer('xuanhan-chief', XUANHAN, { role: 'leader' }),
  anOfficer('dazhu', DAZHU),
];

type Who = { readonly officer: string; readonly region: typeof XUANHAN; readonly leads: boolean };

const WHO: readonly Who[] = [
  { officer: 'city', region: DAZHOU_CITY, leads: false },
  { officer: 'city-chief', region: DAZHOU_CITY, leads: true },
  { officer: 'xuanhan', region: XUANHAN, leads: false },
  { officer: 'xuanhan-b', region: XUANHAN, leads: false },
  { officer: 'xuanhan-chief', region: XUANHAN, leads: true },
];

/** Everything a model of the life of one alert must know. */
type Model = {
  status: 'new' | 'acknowledged' | 'closed';
  /** Withdrawn by an objection that was upheld. */
  withdrawn: boolean;
  found: boolean;
  holder: string | undefined;
  offer: { bureau: string; officer: string | null; by: string } | undefined;
  handled: Set<string>;
  closer: string | undefined;
  closedAtMs: number;
  objected: boolean;
  acts: number;
  dueAtMs: number;
};

const bureauOf = (officer: string | undefined) =>
  OFFICERS.find(({ id }) => id === officer)?.region as string;

const fresh = (): Model => ({
  status: 'new',
  withdrawn: false,
  found: false,
  holder: undefined,
  offer: undefined,
  handled: new Set(),
  closer: undefined,
  closedAtMs: 0,
  objected: false,
  acts: 0,
  dueAtMs: 0,
});

type Act =
  | { kind: 'acknowledge' | 'feedback' | 'close' | 'accept' | 'decline' | 'take-back' | 'reopen' }
  | { kind: 'assign'; to: string }
  | { kind: 'hand-over'; bureau: typeof XUANHAN; to: string | null }
  | { kind: 'object' }
  | { kind: 'decide'; upheld: boolean }
  | { kind: 'wait'; hours: number };

/** What the rules of docs/after-the-answer.md say of an act: true when it is done, and the model then moved. */
function plays(model: Model, who: Who, act: Act, nowMs: number): boolean {
  const { officer, region, leads } = who;
  const isHolder = model.holder === officer;
  const bureauHas = model.holder !== undefined && bureauOf(model.holder) === region;
  const open = model.status !== 'closed';
  const did = (): true => {
    model.acts++;
    return true;
  };
  const restart = () => void (model.dueAtMs = nowMs + ANSWER_DEFAULTS.dueMs[2]);
  switch (act.kind) {
    case 'wait':
      return true;
    case 'acknowledge':
      if (model.status !== 'new') return false;
      model.status = 'acknowledged';
      model.handled.add(officer);
      if (model.holder === undefined) {
        model.holder = officer;
        restart();
      }
      return did();
    case 'feedback':
      if (model.status !== 'acknowledged') return false;
      model.found = true;
      model.handled.add(officer);
      return did();
    case 'close':
      if (!open) return false;
      if (!model.withdrawn && (model.status === 'new' || !model.found)) return false;
      model.status = 'closed';
      model.closer = officer;
      model.closedAtMs = nowMs;
      model.offer = undefined;
      model.handled.add(officer);
      return did();
    case 'assign': {
      if (!open || model.withdrawn || model.offer || bureauOf(act.to) !== region) return false;
      if (model.holder !== undefined && !bureauHas) return false;
      if (model.holder === act.to) return false;
      if (model.holder !== undefined && !isHolder && !leads && act.to !== officer) return false;
      if (model.holder === undefined) restart();
      model.holder = act.to;
      model.handled.add(act.to);
      return did();
    }
    case 'hand-over': {
      const bureau = act.to === null ? act.bureau : bureauOf(act.to);
      if (!open || model.withdrawn || model.holder === undefined || model.offer) return false;
      if (!bureauHas || !(isHolder || leads)) return false;
      if (bureau !== XUANHAN && bureau !== DAZHOU_CITY) return false;
      if (act.to === null ? bureau === bureauOf(model.holder) : act.to === model.holder)
        return false;
      model.offer = { bureau, officer: act.to, by: officer };
      return did();
    }
    case 'accept':
    case 'decline': {
      const { offer } = model;
      if (!open || !offer || offer.bureau !== region) return false;
      if (offer.officer !== null && offer.officer !== officer) return false;
      model.offer = undefined;
      if (act.kind === 'accept') {
        model.holder = officer;
        model.handled.add(officer);
      }
      return did();
    }
    case 'take-back': {
      if (!open || !model.offer) return false;
      if (!(model.offer.by === officer || isHolder || (leads && bureauHas))) return false;
      model.offer = undefined;
      return did();
    }
    case 'reopen': {
      if (open || model.withdrawn) return false;
      if (nowMs - model.closedAtMs > ANSWER_DEFAULTS.reopenWithinMs) return false;
      if (!(model.closer === officer || leads || region === DAZHOU_CITY)) return false;
      model.status = 'acknowledged';
      model.found = false;
      restart();
      return did();
    }
    case 'object':
      if (model.withdrawn || model.objected) return false;
      model.objected = true;
      return did();
    case 'decide': {
      const handled = model.handled.has(officer) || model.holder === officer;
      if (!model.objected || handled) return false;
      model.objected = false;
      if (act.upheld) {
        model.withdrawn = true;
        model.offer = undefined;
      }
      return did();
    }
  }
}

let answers = 0;

/** Does it on the desk: true when it was done, false when it was refused. */
async function does(
  { desk, tasks, objections, pass }: Program,
  stage: Stage,
  id: string,
  { who, act, acts }: { who: Who; act: Act; acts?: number },
): Promise<boolean> {
  const by = {
    accountId: who.officer,
    role: who.region === DAZHOU_CITY ? ('city-officer' as const) : ('county-officer' as const),
    region: who.region,
    note: '说明',
    acts,
  };
  const run = async (): Promise<unknown> => {
    switch (act.kind) {
      case 'wait':
        // Only so far that what becomes due is taken in order.
        stage.clock.advance(act.hours * 3_600_000);
        return pass(0);
      case 'acknowledge':
        return desk.acknowledge(id, by);
      case 'feedback':
        // Never the same words twice: those would be no new answer.
        return desk.feedback(id, { ...by, note: `第 ${++answers} 次`, result: 'true' });
      case 'close':
        return desk.close(id, by);
      case 'assign':
        return tasks.assign(id, { ...by, officer: act.to });
      case 'hand-over':
        return tasks.handOver(id, { ...by, bureau: act.bureau, officer: act.to });
      case 'accept':
        return tasks.accept(id, by);
      case 'decline':
        return tasks.decline(id, by);
      case 'take-back':
        return tasks.takeBack(id, by);
      case 'reopen':
        return tasks.reopen(id, by);
      case 'object': {
        const raisedAtMs = stage.clock.now();
        return objections.record(id, { ...by, what: '不在现场', receivedHow: 'phone', raisedAtMs });
      }
      case 'decide': {
        const { objections: list } = await desk.get(id, { kind: 'within', region: who.region });
        const objectionId = list.find(({ state }) => state === 'open')?.id ?? list[0]?.id ?? 'none';
        const decision = act.upheld ? 'upheld' : 'rejected';
        return objections.decide(id, { ...by, objectionId, decision, reason: '理由' });
      }
    }
  };
  try {
    await run();
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.says.zh, 'a refusal says why').not.toBe('');
    return false;
  }
}

const to = fc.constantFrom(...OFFICERS.map(({ id }) => id));
const plain = (...kinds: Extract<Act, { kind: string }>['kind'][]) =>
  fc.constantFrom(...kinds).map((kind) => ({ kind }) as Act);

const actArbitrary: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: plain('acknowledge', 'feedback', 'close') },
  { weight: 4, arbitrary: plain('accept', 'decline', 'take-back', 'reopen') },
  { weight: 3, arbitrary: to.map((id): Act => ({ kind: 'assign', to: id })) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        bureau: fc.constantFrom(XUANHAN, DAZHOU_CITY, DAZHU),
        to: fc.option(to, { nil: null }),
      })
      .map((given): Act => ({ kind: 'hand-over', ...given })),
  },
  { weight: 2, arbitrary: plain('object') },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 0, max: 3 })
      .map((chance): Act => ({ kind: 'decide', upheld: chance === 0 })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1, 30, 24 * 31).map((hours): Act => ({ kind: 'wait', hours })),
  },
);

const stepArbitrary = fc.record({ who: fc.constantFrom(...WHO), act: actArbitrary });

const EVERYONE = { kind: 'within', region: DAZHOU_CITY } as const;

async function onStage(play: (program: Program, stage: Stage, id: string) => Promise<void>) {
  const stage = await openStage({ officers: [] });
  await saveOfficers(stage.records.db, OFFICERS);
  try {
    const program = await startProgram(stage);
    const finding = raised('cc-000001');
    await program.find(finding);
    await play(program, stage, finding.alertId);
  } finally {
    await stage.remove();
  }
}

describe('the life of an alert after the answer', () => {
  test('is as the model says, whatever people do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 30 }), (steps) =>
        onStage(async (program, stage, id) => {
          const model = fresh();
          for (const step of steps) {
            const done = await does(program, stage, id, step);
            const expected = plays(model, step.who, step.act, stage.clock.now());
            expect(done, `${step.who.officer} ${JSON.stringify(step.act)}`).toBe(expected);
            const detail = await program.desk.get(id, EVERYONE);
            expect({
              status: detail.status,
              withdrawn: detail.withdrawnAtMs !== null,
              found: detail.feedback !== null,
              holder: detail.task?.officer?.id,
              offer: detail.task?.offer
                ? {
                    bureau: detail.task.offer.bureau as string,
                    officer: detail.task.offer.officer?.id ?? null,
                    by: detail.task.offer.by.id,
                  }
                : undefined,
              objected: detail.objections.some(({ state }) => state === 'open'),
              acts: detail.acts,
              dueAtMs: detail.task?.dueAtMs ?? 0,
            }).toEqual({
              status: model.status,
              withdrawn: model.withdrawn,
              found: model.found,
              holder: model.holder,
              offer: model.offer,
              objected: model.objected,
              acts: model.acts,
              dueAtMs: model.dueAtMs,
            });
            // One act, one event: but for the withdrawal, which is told of beside the decision.
            const acts = detail.timeline.filter(
              ({ actor, kind }) => actor !== 'alerts' && kind !== 'corrected',
            );
            expect(acts.length).toBe(model.acts);
          }
        }),
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  test('of two who act at once on what they saw, one is told; nothing is lost', async () => {
    const acting = stepArbitrary.filter(({ act }) => act.kind !== 'wait');
    await fc.assert(
      fc.asyncProperty(
        fc.array(acting, { minLength: 4, maxLength: 10 }),
        acting,
        acting,
        (before, one, other) =>
          onStage(async (program, stage, id) => {
            for (const step of before) await does(program, stage, id, step);
            const { acts } = await program.desk.get(id, EVERYONE);
            const done = await Promise.all(
              [one, other].map((step) => does(program, stage, id, { ...step, acts })),
            );
            const after = await program.desk.get(id, EVERYONE);
            expect(after.acts - acts).toBe(done.filter(Boolean).length);
            expect(done.filter(Boolean).length).toBeLessThanOrEqual(1);
            expect(after.feedbacks.length).toBe(
              after.timeline.filter(({ kind }) => kind === 'feedback').length,
            );
          }),
      ),
      { numRuns: 15 },
    );
  }, 120_000);
});
