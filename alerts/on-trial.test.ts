import { expect, test } from 'vitest';
import { epochMs } from '../core/time.ts';
import { cleared, raised, ruleTexts, START_MS, suppressed } from './findings.fixture.ts';
import { PIPELINE_DEFAULTS, step, type StepContext } from './pipeline.ts';
import { PLAIN_ROUTING } from './routing/routing-plan.ts';
import { EMPTY_STATE } from './subject-state.ts';

const context: StepContext = {
  nowAtMs: epochMs(START_MS),
  roster: {
    linesOf: (bureau) => [[{ id: bureau, bureau, hasPhone: true }]],
    leadersOf: () => [],
  },
  ruleTexts,
  routing: { plan: PLAIN_ROUTING, calendar: undefined },
  options: PIPELINE_DEFAULTS,
};

test('what a rule on trial says opens, repeats, clears and records nothing', () => {
  const finding = raised('cc-000001', { level: 1 });
  const [open] = step(EMPTY_STATE, finding, context);
  expect(open.alerts.length).toBe(1);
  for (const said of [finding, cleared(finding, 5), suppressed('cc-000001', 6)]) {
    const onTrial = { ...said, shadow: true as const };
    expect(step(EMPTY_STATE, onTrial, context)).toEqual([EMPTY_STATE, []]);
    expect(step(open, onTrial, context)).toEqual([open, []]);
  }
});

test('an alert whose rule ended says so in its timeline', () => {
  const finding = raised('cc-000001');
  const [open] = step(EMPTY_STATE, finding, context);
  const events = (because?: 'rule-changed') =>
    step(open, { ...cleared(finding, 5), ...(because ? { because } : {}) }, context)[1].flatMap(
      (effect) => (effect.kind === 'event' ? [effect.event.details['because']] : []),
    );
  expect(events()).toEqual([undefined]);
  expect(events('rule-changed')).toEqual(['rule-changed']);
});
