// Answers questions about metrics for many who ask at once: the same question of the same scope is answered once,
// and what never changes is kept.

import type { Clock } from '../../core/time.ts';
import { createKeptRows } from '../../warehouse/kept-rows.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { MetricAnswerBody } from '../api/metrics.ts';
import { answerMetrics, type Question } from './answer.ts';
import { readCoverage, type Coverage } from './coverage.ts';
import type { FigureScope } from './scope.ts';
import { createSharedAnswers } from './share-answers.ts';

export type FigureDesk = {
  /** Rejects like answerMetrics. */
  answer(
    question: Question,
    who: { readonly scope: FigureScope; readonly hidesSmall: boolean },
  ): Promise<MetricAnswerBody>;
};

export function createFigureDesk(deps: {
  readonly olap: Olap;
  readonly records: RecordsDb;
  readonly clock: Clock;
}): FigureDesk {
  const { olap, records, clock } = deps;
  const kept = createKeptRows();
  const answers = createSharedAnswers<MetricAnswerBody>(clock);
  const coverages = createSharedAnswers<Coverage>(clock);
  return {
    answer({ purpose: _purpose, ...asked }, who) {
      return answers(JSON.stringify([asked, who]), () =>
        answerMetrics(
          olap,
          { purpose: '', ...asked },
          {
            ...who,
            records,
            kept,
            coverageOf: (id) => coverages(id, () => readCoverage(olap, id)),
          },
        ),
      );
    },
  };
}
