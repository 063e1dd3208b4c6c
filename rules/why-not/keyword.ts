// Why a keyword rule did not raise: no term of its lists was found in any call, or none grave enough. Says
// which terms by their id, and never a word of what was said.

import type { ObservationOf } from '../../core/observation.ts';
import { text } from '../../core/text.ts';
import type { TermHit } from '../kinds/term-matcher.ts';
import type { RuleOf } from '../rule.ts';
import type { Gate } from './gate.ts';
import { factsOf, withinWindow, type Person } from './person.ts';
import { withParams, type Question } from './question.ts';
import { instantText } from './say.ts';

export function keywordGate(
  question: Question,
  person: Person,
  { params }: RuleOf<'keyword'>,
): Gate | undefined {
  const { lists, levelMin } = params;
  const matcher = question.surroundings.matcherOf?.(lists);
  const calls = withinWindow(question, factsOf(person, 'call')).filter(({ watched }) => watched);
  if (!matcher || calls.length === 0) return undefined;
  const hits = calls.flatMap(({ fact }) =>
    fact.segments.flatMap((segment) =>
      matcher.scan(segment.text).map((hit) => ({ ...hit, call: fact })),
    ),
  );
  if (hits.length === 0) {
    return {
      code: 'no-term',
      says: text(
        `${calls.length} 次通话中都没有发现词表（${lists.join('、')}）中的词语`,
        `none of the terms of ${lists.join(', ')} was found; calls looked at: ${calls.length}`,
      ),
      values: { calls: calls.length, terms: matcher.version },
    };
  }
  const [gravest] = hits.toSorted((a, b) => a.level - b.level || a.call.atMs - b.call.atMs);
  const { level, termId, call } = gravest as TermHit & { call: ObservationOf<'call'> };
  if (level <= levelMin) return undefined;
  const at = instantText(call.atMs);
  return {
    code: 'term-too-mild',
    says: text(
      `规则只看 ${levelMin} 级以上的词语，发现的最高为 ${level} 级`,
      `the rule heeds terms of level ${levelMin} and graver, the gravest found is of level ${level}`,
    ),
    nearest: text(
      `${at} 的通话中有词语 ${termId}（${level} 级）`,
      `the call of ${at} has the term ${termId} of level ${level}`,
    ),
    atMs: call.atMs,
    values: { hits: hits.length, level, levelMin, termId },
    relax: {
      says: text(`规则也看 ${level} 级词语`, `the rule heeded level ${level}`),
      apply: (other) => withParams(other, { levelMin: level }),
    },
  };
}
