import { expect, test } from 'vitest';
import { eveningAlerts } from '../fixtures/alerts.ts';
import { text } from '../../core/text.ts';
import { correctionSentence } from './correction-sentence.ts';
import { timelineItems } from './timeline-items.ts';

const details = eveningAlerts().map(({ detail }) => detail);
const withdrawn = details.find(({ withdrawnAtMs }) => withdrawnAtMs !== null);
const regraded = details.find(
  ({ withdrawnAtMs, correctedBecause }) => withdrawnAtMs === null && correctedBecause !== null,
);
const at = () => text('10:20', 'at 10:20');

const saysOf = (detail: typeof withdrawn) => detail && correctionSentence(detail, at);

test('a withdrawn alert says when and why, and that nothing is asked', () => {
  expect(saysOf(withdrawn)).toEqual({
    zh: '此预警已于10:20撤回：补办了外出审批。原预警及证据保留备查，无须核查处置。',
    en: 'Withdrawn at 10:20: a leave was recorded later. The alert and its evidence are kept; nothing is asked of you.',
  });
});

test('a regraded alert says from what to what', () => {
  expect(saysOf(regraded)?.zh).toBe('此预警已于10:20更正，由二级调整为三级：监管信息补录或变更。');
});

test('an alert that stands again says that it had been withdrawn', () => {
  const again = {
    ...withdrawn!,
    withdrawnAtMs: null,
    correctedBecause: 'met-again' as const,
    corrections: [
      { ...withdrawn!.corrections[0]!, outcome: 'regraded', was: 'withdrawn' } as const,
    ],
  };
  expect(correctionSentence(again, at)?.zh).toBe(
    '此预警曾被撤回，已于10:20恢复：此后的数据再次符合预警条件。',
  );
});

test('an alert as it was raised says nothing', () => {
  const plain = details.find(({ correctedBecause }) => correctedBecause === null);
  expect(saysOf(plain)).toBeUndefined();
});

test('the timeline says what the alert was corrected to, and why', () => {
  const titleOf = (detail: typeof withdrawn) =>
    timelineItems(detail!)
      .filter(({ title }) => /撤回|调整/.test(title.zh))
      .map(({ title, more }) => [title.zh, more.at(-1)?.zh]);
  expect(titleOf(withdrawn)).toEqual([['预警撤回', '补办了外出审批']]);
  expect(titleOf(regraded)).toEqual([['预警由二级调整为三级', '监管信息补录或变更']]);
});
