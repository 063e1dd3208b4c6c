// Questions put to random streams, for tests of explanations.

import type { Fact } from '../core/observation.ts';
import { selectPositions } from '../core/position-batch.ts';
import type { EngineInput } from './engine.ts';

/** What the records hold of one person, in their order. */
export const inputsAbout = (records: readonly EngineInput[], subject: string): EngineInput[] =>
  records.map(({ facts, positions, ...rest }) => {
    const own = facts?.filter((fact: Fact) => fact.subject === subject);
    const rows = positions
      ? Int32Array.from({ length: positions.length }, (_, row) => row).filter(
          (row) => positions.subjects.at(positions.subject[row] as number) === subject,
        )
      : new Int32Array();
    return {
      ...rest,
      ...(own && own.length > 0 ? { facts: own } : {}),
      ...(positions && rows.length > 0 ? { positions: selectPositions(positions, rows) } : {}),
    };
  });
