// The bench of the rules: the real engine with one rule and one track. Nothing of it is kept, and nobody is
// told. A day of a real person is read under the pseudonymous key, by analysts, within their region.

import { UserError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { DAY_MS, parseInstant } from '../core/local-time.ts';
import type { Logger } from '../core/logger.ts';
import type { FrameFact } from '../core/observation.ts';
import { classOf } from '../core/order.ts';
import { createOrderBook } from '../core/order-book.ts';
import { positionAt } from '../core/position-batch.ts';
import { DEFAULT_ACCURACY_M } from '../core/position-codes.ts';
import { isWithin } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import { text } from '../core/text.ts';
import { epochMs } from '../core/time.ts';
import type { Log } from '../ingest/log.ts';
import { createEngine } from '../rules/engine.ts';
import type { Surroundings } from '../rules/kind.ts';
import { parseRule, type Rulebook } from '../rules/rulebook.ts';
import { aloneIn, inForce, type Locate } from '../rules/test-rule.ts';
import { benchTrack } from '../rules/track-test.ts';
import type { Account } from '../warehouse/accounts.ts';
import type { z } from 'zod';
import type { benchSchema, Benched } from './api/bench.ts';
import { explainWhyNot } from '../rules/why-not.ts';
import { reasonsOf } from './why-not/ask.ts';
import { readPastDay } from './past-day.ts';

export type RuleBench = {
  /**
   * Runs the text of the rule `ruleId` on the track. Throws UserError `rule-invalid` for a text that is
   * no rule, `bad-input` for one of another rule, `forbidden` and `not-found` for a day.
   */
  run(given: Asked, by: Pick<Account, 'id' | 'role' | 'region'>): Promise<Benched>;
};

type Asked = z.infer<typeof benchSchema> & { readonly ruleId: string };
type Past = Extract<Asked['track'], { kind: 'past' }>;

export type RuleBenchDeps = {
  readonly log: Log;
  readonly logger: Logger;
  readonly surroundings: Surroundings;
  readonly locate: Locate;
  readonly files: () => Rulebook;
  /** Every version of the person's orders and leaves on record. */
  readonly register: (subject: SubjectKey) => Promise<readonly FrameFact[]>;
};

export function createRuleBench(deps: RuleBenchDeps): RuleBench {
  const { surroundings, locate } = deps;
  return {
    async run({ ruleId, text: source, track }, by) {
      const compiled = parseRule('rule.yaml', source, deps.files().pack);
      const { version, rule } = compiled;
      if (rule.id !== ruleId) {
        throw new UserError('bad-input', text('规则编号不符', 'the text is of another rule'), {
          detail: `"${rule.id}" instead of "${ruleId}"`,
        });
      }
      if (track.kind === 'drawn') {
        const { findings, test, whyNot } = benchTrack(compiled, track, { ...surroundings, locate });
        const { points, person } = track;
        const told = findings.map((finding) => tell(finding, points));
        return {
          version,
          findings: told,
          points,
          person: { class: person.class, county: person.county },
          whyNot: whyNot ? reasonsOf(whyNot) : null,
          test: { ...test, steps: [...test.steps], expect: [...test.expect] },
        };
      }
      const day = await openDay(deps, track, by);
      const engine = createEngine({ rulebook: aloneIn(compiled), ...surroundings });
      const findings = day.inputs
        .flatMap((input) => engine.step(input))
        .filter(
          ({ subject, atMs }) =>
            subject === track.subject && atMs >= day.fromMs && atMs < day.untilMs,
        );
      const raises = findings.some(({ kind }) => kind === 'raised');
      const question = {
        compiled: inForce(compiled),
        subject: track.subject,
        atMs: day.untilMs - 1,
        fromMs: day.fromMs,
        untilMs: day.untilMs - 1,
        inputs: day.inputs,
        surroundings,
      };
      return {
        version,
        findings: findings.map((finding) => tell(finding, day.points)),
        points: day.points,
        person: day.person,
        whyNot: raises ? null : reasonsOf(explainWhyNot(question)),
        test: null,
      };
    },
  };
}

/** The day of a person in the account's region; which of the reasons it is not there is not told apart. */
async function openDay(
  deps: RuleBenchDeps,
  { subject, date }: Past,
  by: Pick<Account, 'id' | 'role' | 'region'>,
) {
  if (by.role !== 'analyst') {
    throw new UserError(
      'forbidden',
      text('只有分析员可以用历史轨迹试验', 'only analysts run a rule on a past day'),
      { hint: text('请改用绘制的轨迹。', 'Draw a track instead.') },
    );
  }
  const fromMs = parseInstant(date) as number;
  const untilMs = fromMs + DAY_MS;
  const register = await deps.register(subject);
  const orders = createOrderBook(register);
  const order =
    orders.orderAt(subject, epochMs(untilMs - 1)) ?? orders.orderAt(subject, epochMs(fromMs));
  if (!order || !isWithin(order.county, by.region)) throw notThere();
  const { inputs, positions, isCovered } = await readPastDay(
    { log: deps.log, register },
    { subject, fromMs, untilMs },
  );
  // Data about a person were looked at; by whom is on record, whose is not.
  deps.logger.info('bench.past-day', { account: by.id });
  const isHeard = inputs.some(({ facts = [] }) => facts.some(({ atMs }) => atMs >= fromMs));
  if (!isCovered && positions.length === 0 && !isHeard) throw notThere();
  const points = positions
    .flatMap((batch) => Array.from({ length: batch.length }, (_, row) => positionAt(batch, row)))
    .filter(({ labels }) => !labels.includes('noFix'))
    .map(({ atMs, lng, lat, accuracyM, fix }) => ({
      atMs: Number(atMs),
      lng,
      lat,
      accuracyM: accuracyM ?? DEFAULT_ACCURACY_M[fix],
      fix,
    }))
    .toSorted((a, b) => a.atMs - b.atMs);
  const person = { class: classOf(order), county: order.county };
  return { inputs, points, person, fromMs, untilMs };
}

const notThere = () =>
  new UserError(
    'not-found',
    text('您的数据范围内没有这个人这一天的记录', 'there is no such day within your data scope'),
    {
      hint: text(
        '请核对假名编号和日期；超过日志保留期的日期不能试验。',
        'Check key and date; days the log no longer keeps cannot be tried.',
      ),
    },
  );

type Place = { readonly atMs: number; readonly lng: number; readonly lat: number };

/** A finding with its evidence as places in the list of points. */
function tell(finding: Finding, points: readonly Place[]): Benched['findings'][number] {
  const evidence = 'evidence' in finding ? finding.evidence : [];
  const seen = evidence.flatMap((one) => (one.kind === 'position' ? [one] : []));
  return {
    kind: finding.kind,
    atMs: finding.atMs,
    level: 'level' in finding ? finding.level : null,
    because: reasonOf(finding),
    values: finding.values,
    evidence: points.flatMap(({ atMs, lng, lat }, index) =>
      seen.some((one) => one.atMs === atMs && isSame(one.lng, lng) && isSame(one.lat, lat))
        ? [index]
        : [],
    ),
  };
}

/** Tests of rules are written to about a metre. */
const isSame = (a: number, b: number): boolean => Math.abs(a - b) < 1e-5;

function reasonOf(finding: Finding): string | null {
  switch (finding.kind) {
    case 'suppressed':
      return finding.because;
    case 'corrected':
      return finding.because.reason;
    case 'cleared':
      return finding.because ?? null;
    case 'raised':
      return null;
  }
}
