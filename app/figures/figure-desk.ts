// Answers questions about metrics for many who ask at once: from roll-ups held in memory where they cover the
// question; else the same question of the same scope is answered once, and what never changes is kept.

import type { Clock } from '../../core/time.ts';
import { createKeptRows } from '../../warehouse/kept-rows.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { createRollupMemory } from '../../warehouse/rollup-memory.ts';
import type { MetricAnswerBody } from '../api/metrics.ts';
import { answerMetrics, type Question } from './answer.ts';
import { readCoverage } from './coverage.ts';
import { createFreshCoverage } from './fresh-coverage.ts';
import type { FigureScope } from './scope.ts';
import { createSharedAnswers } from './share-answers.ts';

export type FigureDesk = {
  /** Rejects like answerMetrics. */
  answer(
    question: Question,
    who: { readonly scope: FigureScope; readonly hidesSmall: boolean },
  ): Promise<MetricAnswerBody>;
  /** Nothing is read any more without a question. */
  close(): void;
};

export function createFigureDesk(deps: {
  readonly olap: Olap;
  readonly records: RecordsDb;
  readonly clock: Clock;
}): FigureDesk {
  const { olap, records, clock } = deps;
  const kept = createKeptRows();
  const memory = createRollupMemory({ olap, records });
  const answers = createSharedAnswers<MetricAnswerBody>(clock);
  // In this order, so that what is held in memory goes at least as far as the answer says.
  const coverages = createFreshCoverage({ clock }, async (id) => {
    const coverage = await readCoverage(olap, id);
    await memory.refresh(id);
    return coverage;
  });
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
            memory,
            coverageOf: coverages.of,
          },
        ),
      );
    },
    close: () => coverages.close(),
  };
}
