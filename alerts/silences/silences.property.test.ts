// Whatever is silenced, approved or not, ended or not: while a silence hides an alert nothing is sent about
// it, and once no silence is left everything that nobody has taken has been told.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding, Level } from '../../core/finding.ts';
import { cleared, corrected, DAZHOU_CITY, MINUTE, raised, START_MS } from '../findings.fixture.ts';
import { appendFindings, openStage, startProgram } from '../scenario.fixture.ts';

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const SECOND = { ...CITY, accountId: 'ac_second' };
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const RULES = ['area-exit', 'offence', 'terminal-silent'];
const HOURS_MIN = 4 * 60;
const STEP_MIN = 10;

const silence = fc.record({
  atMin: fc.nat({ max: 60 }),
  lastsMin: fc.integer({ min: 20, max: 120 }),
  levels: fc.uniqueArray(fc.constantFrom<Level>(1, 2, 3), { minLength: 2 }),
  rules: fc.constantFrom(RULES, RULES, RULES.slice(0, 1)),
  coversOpen: fc.boolean(),
  approvedAfterMin: fc.option(fc.nat({ max: 20 }), { nil: undefined, freq: 6 }),
  endedAfterMin: fc.option(fc.nat({ max: 60 }), { nil: undefined, freq: 2 }),
});

const alert = fc.record({
  atMin: fc.nat({ max: 150 }),
  subject: fc.constantFrom('cc-000001', 'cc-000002'),
  ruleId: fc.constantFrom(...RULES),
  lastsMin: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
  correctedAfterMin: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
  level: fc.option(fc.constantFrom<Level>(1, 2, 3), { nil: undefined }),
  acknowledgedAfterMin: fc.option(fc.nat({ max: 60 }), { nil: undefined, freq: 2 }),
});

type Act = { readonly atMin: number; run(): Promise<unknown> };

test('hidden means silent, and nothing that was hidden is lost', async () => {
  let hiddenEver = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(silence, { minLength: 1, maxLength: 4 }),
      fc.uniqueArray(alert, {
        minLength: 1,
        maxLength: 6,
        selector: ({ subject, ruleId, atMin }) => `${subject} ${ruleId} ${atMin}`,
      }),
      async (silences, alerts) => {
        const stage = await openStage();
        try {
          const program = await startProgram(stage);
          const find = (finding: Finding) => appendFindings(stage.log, [finding]);
          const acts: Act[] = [];
          for (const one of silences) {
            let id = '';
            acts.push({
              atMin: one.atMin,
              run: async () => {
                const made = await program.silences.propose(
                  {
                    matcher: { levels: one.levels, rules: one.rules },
                    coversOpen: one.coversOpen,
                    reason: '演练期间不通知',
                    untilMs: stage.clock.now() + one.lastsMin * MINUTE,
                  },
                  CITY,
                );
                id = made.id;
              },
            });
            const { approvedAfterMin: approved, endedAfterMin: ended } = one;
            if (approved !== undefined) {
              acts.push({
                atMin: one.atMin + approved,
                run: () => program.silences.approve(id, { ...SECOND, reason: '' }).catch(isRefused),
              });
            }
            if (ended !== undefined) {
              acts.push({
                atMin: one.atMin + ended,
                run: () => program.silences.end(id, { ...SECOND, reason: '' }).catch(isRefused),
              });
            }
          }
          for (const one of alerts) {
            const { atMin, lastsMin, correctedAfterMin: afterMin, level } = one;
            const finding = raised(one.subject, { ruleId: one.ruleId, atMin });
            acts.push({ atMin, run: () => find(finding) });
            if (lastsMin !== undefined) {
              const end = atMin + lastsMin;
              acts.push({ atMin: end, run: () => find(cleared(finding, end)) });
            }
            if (afterMin !== undefined) {
              const change = level === undefined ? {} : { outcome: 'regraded' as const, level };
              const corrects = corrected(finding, { atMin: atMin + afterMin, ...change });
              acts.push({ atMin: atMin + afterMin, run: () => find(corrects) });
            }
            if (one.acknowledgedAfterMin !== undefined) {
              acts.push({
                atMin: atMin + one.acknowledgedAfterMin,
                run: () =>
                  program.desk.acknowledge(finding.alertId, { ...CITY, note: '' }).catch(isRefused),
              });
            }
          }
          const quiet = new Map<string, number>();
          const noticesOf = async (alertId: string) =>
            (await program.desk.get(alertId, ALL)).notices.filter(
              ({ state }) => state !== 'cancelled',
            ).length;
          for (let minute = 0; minute <= HOURS_MIN; minute += STEP_MIN) {
            const due = acts.filter(({ atMin }) => atMin <= minute && atMin > minute - STEP_MIN);
            for (const { run } of due.toSorted((a, b) => a.atMin - b.atMin)) {
              await run();
              await program.settle();
            }
            await program.settle();
            const rows = await stage.records.db.selectFrom('alert').selectAll().execute();
            for (const { id, silencedBy, withdrawnAtMs } of rows) {
              if (silencedBy === null || withdrawnAtMs !== null) {
                quiet.delete(id);
                continue;
              }
              hiddenEver++;
              const notices = await noticesOf(id);
              const before = quiet.get(id);
              // A correction to less grave is told to those who know of the alert; nothing else is said.
              if (before !== undefined && rows.every(({ corrections }) => corrections === 0))
                expect(notices, `at ${minute}`).toBe(before);
              quiet.set(id, notices);
            }
            stage.clock.advance(STEP_MIN * MINUTE);
          }
          expect(stage.clock.now()).toBeGreaterThan(START_MS + HOURS_MIN * MINUTE);
          const rows = await stage.records.db.selectFrom('alert').selectAll().execute();
          expect(rows.filter(({ silencedBy }) => silencedBy !== null)).toEqual([]);
          for (const { id, status, withdrawnAtMs } of rows) {
            if (status === 'new' && withdrawnAtMs === null)
              expect(await noticesOf(id)).toBeGreaterThan(0);
          }
        } finally {
          await stage.remove();
        }
      },
    ),
    { numRuns: 10 },
  );
  expect(hiddenEver).toBeGreaterThan(5);
}, 60_000);

/** An officer who is told that there is nothing to do is content. */
function isRefused(error: unknown): void {
  if ((error as Error).name !== 'UserError') throw error;
}
