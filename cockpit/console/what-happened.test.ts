import { expect, test } from 'vitest';
import { expectGolden } from '../../checks/golden.ts';
import { detailOf, eveningAlerts } from '../fixtures/alerts.ts';
import { describeObservation, sourceName } from './describe-observation.ts';
import { whatHappened } from './what-happened.ts';

const alerts = eveningAlerts().map(({ detail }) => detail);

test('each kind of alert is one sentence an officer can read out, in both languages', () => {
  const byRule = new Map(alerts.map((alert) => [`${alert.ruleId} ${alert.subjectClass}`, alert]));
  const lines = [...byRule.entries()].flatMap(([key, alert]) => {
    const { zh, en } = whatHappened(alert);
    return [key, `  ${zh}`, `  ${en}`];
  });
  expectGolden(new URL('golden/what-happened.txt', import.meta.url), `${lines.join('\n')}\n`);
});

test.each(['no-contact', 'leave-expiry', 'monitoring-term', 'key-venue-visits'] as const)(
  'an alert of %s is one sentence too',
  (rule) => {
    const episode = { ...eveningAlerts()[0]!.episode, rule, to: '510100' };
    const detail = detailOf(episode, 40);
    const { zh, en } = whatHappened(detail);
    const table = detail.evidence.map((one) => describeObservation(one));
    expectGolden(
      new URL(`golden/what-happened-${rule}.txt`, import.meta.url),
      `${[zh, en, ...table.flatMap((line) => [line.zh, line.en])].join('\n')}\n`,
    );
  },
);

test('each kind of evidence is one line of the table', () => {
  const seen = new Map(
    alerts.flatMap(({ evidence }) => evidence.map((one) => [`${one.kind} ${one.source}`, one])),
  );
  const lines = [...seen.values()].flatMap((one) => {
    const [source, said] = [sourceName(one), describeObservation(one)];
    return [one.kind, `  ${source.zh}: ${said.zh}`, `  ${source.en}: ${said.en}`];
  });
  expectGolden(new URL('golden/evidence.txt', import.meta.url), `${lines.join('\n')}\n`);
});

test('an alert of a rule nobody has words for yet still says what was seen', () => {
  const [first] = alerts;
  const evidence = first!.evidence.filter(({ kind }) => kind === 'order');
  const { zh, en } = whatHappened({ ...first!, evidence, values: {} });
  expect(zh).toContain(first!.title.zh);
  expect(en).toContain(first!.title.en);
});

test.each([
  [
    { zone: 'home', awayM: 1_600, fixes: 3, awayMs: 0 },
    '不在住处，距住处范围',
    'was not at home, ',
  ],
  [{ zone: 'venue-a', insideM: 60, fixes: 2, insideMs: 180_000 }, '（venue-a）', '(venue-a)'],
  [{ insideM: 60, fixes: 2, insideMs: 0 }, '连续 2 次定位', '2 fixes in a row'],
])('an alert about a place says which: %o', (values, zh, en) => {
  const said = whatHappened({ ...alerts[0]!, values });
  expect(said.zh).toContain(zh);
  expect(said.en).toContain(en);
  expect(said.zh).not.toContain('越出');
});

test('English sentences hold Chinese only inside proper names', () => {
  for (const alert of alerts) {
    const { en } = whatHappened(alert);
    const own = en.replaceAll(/“[^”]*”/g, '').replaceAll(/(?:by|of) [\u4e00-\u9fff]+/g, '');
    expect(own).not.toMatch(/[\u4e00-\u9fff]/);
  }
});
