// What can be said about a notice: whatever is tried in whatever order, nobody decides about themselves, nothing is
// taken back, and what was referred stays so.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMs } from '../../core/time.ts';
import {
  answerOf,
  assertMayAnswer,
  NOTICE_ANSWERS,
  READER_NOTICE,
  type NoticeAnswer,
  type NoticeState,
} from './notice-answers.ts';

const tries = fc.array(
  fc.record({
    by: fc.constantFrom('ac_reader', 'ac_auditor', 'ac_other'),
    answer: fc.constantFrom(...NOTICE_ANSWERS),
    reason: fc.constantFrom('已核实', '', '  ', null),
  }),
  { maxLength: 12 },
);

const after = (notice: NoticeState, answer: NoticeAnswer): NoticeState => ({
  ...notice,
  seenAtMs: notice.seenAtMs ?? epochMs(1),
  answer: answer === 'acknowledged' ? notice.answer : answer,
});

const RANK = { acknowledged: 1, explained: 2, referred: 3 } as const;
const rankOf = (answer: NoticeAnswer | null) => (answer === null ? 0 : RANK[answer]);

test('answers only ever go further, never by the person it is about, and none without a reason', () => {
  fc.assert(
    fc.property(tries, (given) => {
      let notice: NoticeState = {
        kind: READER_NOTICE,
        actor: 'ac_reader',
        seenAtMs: null,
        answer: null,
      };
      for (const one of given) {
        const before = answerOf(notice);
        try {
          assertMayAnswer(notice, one);
        } catch {
          // Only what should be refused is: the answer stands already, is one's own, or says no reason.
          const decides = one.answer !== 'acknowledged';
          expect(
            one.by === 'ac_reader' ||
              (decides && (one.reason ?? '').trim() === '') ||
              (decides && rankOf(one.answer) <= rankOf(before)),
          ).toBe(true);
          continue;
        }
        expect(one.by).not.toBe('ac_reader');
        if (one.answer !== 'acknowledged') expect(one.reason?.trim()).toBe('已核实');
        notice = after(notice, one.answer);
        expect(rankOf(answerOf(notice))).toBeGreaterThanOrEqual(rankOf(before));
        if (one.answer !== 'acknowledged') {
          expect(rankOf(answerOf(notice))).toBeGreaterThan(rankOf(before));
        }
      }
    }),
  );
});

test('a notice about the trail itself is taken note of and no more', () => {
  const notice = { kind: 'audit.broken', actor: null, seenAtMs: null, answer: null };
  const given = { by: 'ac_auditor', reason: '已核实' };
  expect(() => assertMayAnswer(notice, { ...given, answer: 'acknowledged' })).not.toThrow();
  expect(() => assertMayAnswer(notice, { ...given, answer: 'explained' })).toThrow('about nobody');
});
