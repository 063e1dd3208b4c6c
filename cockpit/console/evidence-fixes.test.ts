import { expect, test } from 'vitest';
import { detailOf, eveningAlerts } from '../fixtures/alerts.ts';
import { fixesOf } from './evidence-fixes.ts';

const [first] = eveningAlerts();
const together = detailOf({ ...first!.episode, rule: 'no-contact' }, 40);

test('fixes of both persons are drawn, each under its number in the table', () => {
  const fixes = fixesOf(together);
  expect(fixes.map(({ number, whose }) => `${number} ${whose}`)).toEqual([
    '2 own',
    '3 other',
    '4 own',
    '5 other',
    '6 own',
    '7 other',
  ]);
  for (const { number, at, accuracyM } of fixes) {
    const seen = together.evidence[number - 1];
    expect(seen).toMatchObject({ lng: at[0], lat: at[1], accuracyM });
  }
});

test('what has no place is not drawn', () => {
  const exit = eveningAlerts().find(({ detail }) => detail.ruleId === 'area-exit')!.detail;
  const blind = exit.evidence.map((seen) =>
    seen.kind === 'position' ? { ...seen, labels: ['noFix'] } : seen,
  );
  expect(fixesOf(exit).length).toBeGreaterThan(0);
  expect(fixesOf({ evidence: blind })).toEqual([]);
});
