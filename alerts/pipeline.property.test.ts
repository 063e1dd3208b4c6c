// Delivery at least once, in any grouping, with parts repeated, from partitions that run apart: the rows at
// the end are those of delivery once.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CorrectedFinding, Finding, RaisedFinding } from '../core/finding.ts';
import { createManualClock, epochMs } from '../core/time.ts';
import { cleared, corrected, raised, START_MS, suppressed } from './findings.fixture.ts';
import { ruleTexts } from './findings.fixture.ts';
import { DAZHOU_CITY, XUANHAN } from './findings.fixture.ts';
import type { Roster } from './duty-officers.ts';
import { PIPELINE_DEFAULTS, step } from './pipeline.ts';
import { PLAIN_ROUTING } from './routing/routing-plan.ts';
import { EMPTY_STATE, type Effect, type SubjectState } from './subject-state.ts';
import { appendFindings, openStage, startProgram, type Stage } from './scenario.fixture.ts';

const RULES = ['area-exit', 'offence', 'terminal-silent', 'ticket-outside'];

/**
 * What the rules may say about one person: raises in time order, some cleared, some suppressed. A rule says
 * one thing of one minute, as the ids are made of both.
 */
const findingsOf = (subject: string, isCorrected = false): fc.Arbitrary<Finding[]> =>
  fc
    .uniqueArray(
      fc.record({
        ruleId: fc.constantFrom(...RULES),
        atMin: fc.integer({ min: 0, max: 300 }),
        lastsMin: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
        late: fc.boolean(),
        isSuppressed: fc.nat({ max: 4 }).map((roll) => roll === 0),
        /** Minutes until it is withdrawn or graded anew, and until it stands again. */
        corrections: fc.option(
          fc.record({
            afterMin: fc.integer({ min: 0, max: 200 }),
            level: fc.option(fc.constantFrom(1, 2, 3), { nil: undefined }),
            againMin: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
          }),
          { nil: undefined, freq: 2 },
        ),
      }),
      { maxLength: 8, selector: ({ ruleId, atMin }) => `${ruleId}@${atMin}` },
    )
    .map((facts) =>
      facts
        // What repeats make graver takes back what nobody has sent by then, which depends on the moment.
        .filter((fact, at) => isCorrected || sameRuleBefore(facts, fact, at) < REPEATS_LEFT)
        .flatMap(({ ruleId, atMin, lastsMin, late, isSuppressed, corrections }): Finding[] => {
          if (isSuppressed) return [suppressed(subject, atMin)];
          const raise: RaisedFinding = raised(subject, { ruleId, atMin, late });
          return [
            raise,
            ...(lastsMin === undefined ? [] : [cleared(raise, atMin + lastsMin)]),
            ...(corrections && isCorrected ? correctionsOf(raise, atMin, corrections) : []),
          ];
        })
        .toSorted((a, b) => a.atMs - b.atMs),
    );

/** So many times a rule may speak in a story whose notices are compared. */
const REPEATS_LEFT = 3;

const sameRuleBefore = (
  facts: readonly { readonly ruleId: string }[],
  { ruleId }: { readonly ruleId: string },
  at: number,
): number => facts.slice(0, at).filter((fact) => fact.ruleId === ruleId).length;

/** One correction, and perhaps a second that brings the alert back. */
function correctionsOf(
  raise: RaisedFinding,
  atMin: number,
  of: { afterMin: number; level: 1 | 2 | 3 | undefined; againMin: number | undefined },
): CorrectedFinding[] {
  const { afterMin, level, againMin } = of;
  const first =
    level === undefined
      ? corrected(raise, { atMin: atMin + afterMin })
      : corrected(raise, { atMin: atMin + afterMin, outcome: 'regraded', level });
  if (level !== undefined || againMin === undefined) return [first];
  const back = { outcome: 'regraded', was: 'withdrawn', reason: 'met-again' } as const;
  return [first, corrected(raise, { atMin: atMin + afterMin + againMin, ...back })];
}

const SUBJECTS = ['cc-000001', 'cc-000002', 'ra-000003'];

const storyOf = (isCorrected: boolean) =>
  fc.record({
    perSubject: fc.tuple(...SUBJECTS.map((subject) => findingsOf(subject, isCorrected))),
    /** Which subject's next finding comes next. */
    order: fc.array(fc.nat({ max: SUBJECTS.length - 1 }), { minLength: 40, maxLength: 40 }),
    /** After so many findings, the last so many come again, as from rules that restarted. */
    repeats: fc.array(fc.record({ after: fc.nat({ max: 40 }), count: fc.nat({ max: 12 }) }), {
      maxLength: 4,
    }),
    /** Order and repetition of the two receipts of each call; 0 is delivered, 1 answered. */
    receipts: fc.array(fc.nat({ max: 1 }), { maxLength: 5 }).map((some) => [...some, 1, 0]),
  });

function weave(perSubject: readonly Finding[][], order: readonly number[]): Finding[] {
  const queues = perSubject.map((findings) => [...findings]);
  const woven = order.flatMap((subject) => queues[subject]?.splice(0, 1) ?? []);
  return [...woven, ...queues.flat()];
}

function stutter(
  findings: readonly Finding[],
  repeats: readonly { after: number; count: number }[],
): Finding[] {
  return findings.flatMap((finding, index) => {
    const again = repeats
      .filter(({ after }) => after === index)
      .flatMap(({ count }) => findings.slice(Math.max(0, index + 1 - count), index + 1));
    return [finding, ...again];
  });
}

/** Every row that matters, without the numbers the database gives. */
async function rowsOf({ records: { db } }: Stage) {
  const alerts = await db.selectFrom('alert').selectAll().orderBy('id').execute();
  const raises = await db.selectFrom('alertRaise').selectAll().orderBy('id').execute();
  const events = await db.selectFrom('alertEvent').select(['id', 'kind']).orderBy('id').execute();
  const notices = await db
    .selectFrom('outbox')
    .select(['id', 'state', 'step', 'textZh', 'attempts', 'answeredAtMs', 'deliveredAtMs'])
    .orderBy('id')
    .execute();
  const corrections = await db.selectFrom('alertCorrection').selectAll().orderBy('id').execute();
  const kept = await db.selectFrom('suppressedFinding').select('id').orderBy('id').execute();
  return { alerts, raises, events, notices, corrections, kept };
}

type Play = { readonly findings: readonly Finding[]; readonly settleEvery: number };

async function play({ findings, settleEvery }: Play, receipts: readonly number[]) {
  const stage = await openStage();
  try {
    const program = await startProgram(stage);
    for (let at = 0; at < findings.length; at += settleEvery) {
      await appendFindings(stage.log, findings.slice(at, at + settleEvery));
      await program.settle();
    }
    // Who answers first is part of the story; how often and in what order it is reported is not.
    for (const recipient of ['city', 'xuanhan', 'city']) {
      for (const { id } of stage.phone.sent.filter((notice) => notice.recipient === recipient)) {
        for (const receipt of receipts) {
          await (receipt === 0
            ? stage.phone.report(id, { state: 'delivered', sequence: 1 })
            : stage.phone.report(id, { state: 'answered', answer: '1', sequence: 2 }));
        }
      }
    }
    await program.settle();
    return await rowsOf(stage);
  } finally {
    await stage.remove();
  }
}

test('any interleaving and repetition of findings and receipts ends in the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(false), async ({ perSubject, order, repeats, receipts }) => {
      const once = await play({ findings: perSubject.flat(), settleEvery: 1_000 }, [0, 1]);
      const woven = stutter(weave(perSubject, order), repeats);
      expect(await play({ findings: woven, settleEvery: 7 }, receipts)).toEqual(once);
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('so do corrections; only who was told by then, and so hears of one, depends on the moment', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(true), async ({ perSubject, order, repeats }) => {
      const once = await play({ findings: perSubject.flat(), settleEvery: 1_000 }, []);
      const woven = stutter(weave(perSubject, order), repeats);
      const again = await play({ findings: woven, settleEvery: 7 }, []);
      expect(withoutNotices(again)).toEqual(withoutNotices(once));
    }),
    { numRuns: 20 },
  );
}, 120_000);

const withoutNotices = ({
  notices: _sent,
  events,
  ...rows
}: Awaited<ReturnType<typeof rowsOf>>) => ({
  ...rows,
  events: events.filter(({ kind }) => kind !== 'notified'),
});

const roster: Roster = {
  linesOf: (bureau) =>
    bureau === DAZHOU_CITY || bureau === XUANHAN ? [[{ id: bureau, bureau, hasPhone: true }]] : [],
  leadersOf: () => [],
};

test('whatever comes, no alert is lost, none calls for level 3, and level 1 on time always calls', () => {
  const clock = createManualClock(START_MS);
  fc.assert(
    fc.property(findingsOf('cc-000001'), (findings) => {
      let state: SubjectState = EMPTY_STATE;
      const out: Effect[] = [];
      for (const finding of findings) {
        clock.advance(1_000);
        const context = {
          nowAtMs: epochMs(clock.now()),
          roster,
          ruleTexts,
          routing: { plan: PLAIN_ROUTING, calendar: undefined },
          options: PIPELINE_DEFAULTS,
        };
        const [next, effects] = step(state, finding, context);
        state = next;
        out.push(...effects);
      }
      for (const finding of findings) {
        if (finding.kind !== 'raised') continue;
        const raise = state.raises.find(({ id }) => id === finding.alertId);
        const alert = state.alerts.find(({ id }) => id === raise?.alertId);
        expect(alert?.level).toBeLessThanOrEqual(finding.level);
        if (finding.level === 1 && !finding.late) {
          const calls = out.filter(
            (effect) =>
              effect.kind === 'notice' &&
              effect.notice.channel === 'phone' &&
              effect.notice.alertId === alert?.id,
          );
          expect(calls.length).toBe(2);
        }
      }
      const levels = new Map(state.alerts.map(({ id, level }) => [id, level]));
      for (const effect of out) {
        if (effect.kind !== 'notice' || effect.notice.channel === 'push') continue;
        expect(levels.get(effect.notice.alertId)).not.toBe(3);
      }
    }),
    { numRuns: 300 },
  );
});
