// The scripts themselves: what is not understood is refused with its line, and what differs is shown.

import { expect, test } from 'vitest';
import { playScenario } from './scenario-play.fixture.ts';
import { parseScenarios, readDuration, writeDuration } from './scenario-script.fixture.ts';

const playText = (source: string) => {
  const [scenario] = parseScenarios(source, 'a test');
  if (!scenario) throw new Error('there is a scenario');
  return playScenario(scenario);
};

test.each([
  ['1h02m30s', 3_750_000],
  ['90s', 90_000],
  ['-10m', -600_000],
  ['500ms', 500],
  ['soon', undefined],
  ['', undefined],
])('%s is read as %s ms', (word, ms) => {
  expect(readDuration(word)).toBe(ms);
});

test.each([
  [0, '0s'],
  [125_400, '2m5.4s'],
  [3_600_000, '1h'],
])('%d ms are written as %s', (ms, word) => {
  expect(writeDuration(ms)).toBe(word);
});

test.each([
  ['x\n  0s ring A\n  1s end', /a test:2: "ring" is none of raise, .*\n {4}0s ring A/],
  ['x\n  soon raise A offence\n  1s end', /a test:2: "soon" is not a time/],
  ['x\n  0s..5s raise A offence\n  1s end', /a test:2: what is done is done at one instant/],
  ['x\n  0s end\n  poll 1s', /a test:3: settings come before/],
  ['  0s end', /a test:1: a scenario begins with its name/],
  ['x\n  0s raise A offence', /"x" says when it ends/],
])('a script with a mistake is refused with its place: %j', (source, says) => {
  expect(() => parseScenarios(source, 'a test')).toThrow(says);
});

test('what differs is shown side by side, what is missing and what is too much', async () => {
  const difference = await playText(`the county is called, it says, and answers
   0s       raise A offence
   0s..5s   phone xuanhan A
   0s..5s   phone dazhu A
  20s       press xuanhan 1 => stale
  30s       alert A acknowledged
   3m       end`);
  expect(difference).toBe(`the county is called, it says, and answers
  script                       | seen
> 0s raise A offence           |
✗                              | 0s phone city A
  0s..5s phone xuanhan A       | 0s phone xuanhan A
✗ 0s..5s phone dazhu A         |
✗ 20s press xuanhan 1 => stale | => taken
✗ 30s alert A acknowledged     | alert A new awaits:city level:1 repeats:0 episode:A stands opened:so notified:so answered:so
✗                              | 2m phone city-leader A
> 3m end                       |`);
});
