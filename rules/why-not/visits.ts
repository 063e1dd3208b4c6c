// Why a rule that counts visits did not raise: how many visits the engine itself found at most.

import { text } from '../../core/text.ts';
import type { VisitsParams } from '../kinds/count-params.ts';
import type { Gate } from './gate.ts';
import { findingsOf, isWithin, withParams, type Question } from './question.ts';
import { spanText } from './say.ts';

/** Visits are not facts; the engine is asked how many it would have been content with. */
export function visitsGate(question: Question, { visitsMin, within }: VisitsParams): Gate {
  const speaks = (count: number) =>
    findingsOf(withParams(question, { visitsMin: count })).some(({ atMs }) =>
      isWithin(question, atMs),
    );
  let visits = visitsMin - 1;
  while (visits > 0 && !speaks(visits)) visits--;
  const span = spanText(within);
  return {
    code: 'count-short',
    says: text(
      `${span.zh}内需到访 ${visitsMin} 次，最多时只有 ${visits} 次`,
      `${visitsMin} visits within ${span.en} are wanted, there were ${visits} at most`,
    ),
    nearest:
      visits > 0
        ? undefined
        : text(
            '没有一次停留得到确认（时间不够、误差范围跨越边界，或定位方式不作为依据）',
            'no stay was proven: too short, not surely inside, or by fixes of a kind that does not count',
          ),
    values: { visits, visitsMin },
    relax:
      visits > 0
        ? {
            says: text(`门槛降到 ${visits} 次`, `${visits} been enough`),
            apply: (other) => withParams(other, { visitsMin: visits }),
          }
        : undefined,
  };
}
