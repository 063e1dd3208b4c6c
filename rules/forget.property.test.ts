// A state without a person knows nothing of the person, and says of everybody else what it would have said.

import { serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesKey, placeholderFor } from '../core/forgotten.ts';
import { secureIds } from '../core/ids.ts';
import { subjectKey } from '../core/subject.ts';
import { createEngine, type EngineInput } from './engine.ts';
import { createFactStream, everyKind, everyKindSurroundings } from './every-kind.fixture.ts';
import { withoutPersons } from './forget.ts';
import { recordsOf } from './stream.fixture.ts';

const deps = { rulebook: everyKind, ...everyKindSurroundings };

const subjectsOf = (records: readonly EngineInput[]) => [
  ...new Set(
    records.flatMap(({ facts = [], positions }) => [
      ...facts.map(({ subject }) => subject as string),
      ...(positions
        ? Array.from({ length: positions.subjects.length }, (_, at) => positions.subjects.at(at))
        : []),
    ]),
  ),
];

/** The records without what is about the person. */
const withoutOf = (records: readonly EngineInput[], gone: string): EngineInput[] =>
  records.map((record) =>
    record.facts
      ? { ...record, facts: record.facts.filter(({ subject }) => subject !== gone) }
      : record,
  );

test('rules of every kind, forgotten at any moment', () => {
  let othersSpoke = 0;
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.double({ min: 0.1, max: 0.95, noNaN: true }), (seed, at) => {
      const records = recordsOf(createFactStream(seed, { persons: 4 }));
      const cut = Math.floor(records.length * at);
      const keys = subjectsOf(records.slice(0, cut));
      const gone = subjectKey(keys[seed % Math.max(1, keys.length)] ?? 'cc-none');
      const whole = createEngine(deps);
      for (const record of records.slice(0, cut)) whole.step(record);
      const saved = whole.snapshot();
      const person = { subject: gone, placeholder: placeholderFor(gone, secureIds) };
      const state = withoutPersons(structuredClone(saved), [person]);

      const bytes = serialize(state);
      expect(createEngine(deps, structuredClone(state)).subjects()).not.toContain(gone);
      // As V8 writes a text of two letters: its mark, its length, the letters.
      expect(bytes.includes(Buffer.from([0x22, gone.length, ...Buffer.from(gone)]))).toBe(false);
      // Instants and places of the person lie there as doubles.
      const own = records
        .slice(0, cut)
        .flatMap(({ facts = [], positions }) => [
          ...facts.flatMap((fact) => (fact.subject === gone ? [fact.id] : [])),
          ...(positions
            ? Array.from({ length: positions.length }, (_, row) =>
                positions.subjects.at(positions.subject[row] as number) === gone
                  ? doubleBytes(positions.lng[row] as number)
                  : undefined,
              ).filter((one) => one !== undefined)
            : []),
        ]);
      const others = new Set(
        records.flatMap(({ positions }) =>
          positions
            ? Array.from({ length: positions.length }, (_, row) =>
                positions.subjects.at(positions.subject[row] as number) === gone
                  ? ''
                  : doubleBytes(positions.lng[row] as number).toString('hex'),
              )
            : [],
        ),
      );
      for (const one of own) {
        if (typeof one !== 'string' && others.has(one.toString('hex'))) continue;
        expect(bytes.includes(one)).toBe(false);
      }

      const rest = withoutOf(records.slice(cut), gone);
      const textOf = (engine: ReturnType<typeof createEngine>) =>
        rest
          .flatMap((record) => engine.step(record))
          .filter(({ subject }) => subject !== gone)
          .map((finding) => JSON.stringify(finding));
      const said = textOf(createEngine(deps, structuredClone(saved)));
      const saidWithout = textOf(createEngine(deps, state));
      othersSpoke += said.length;
      expect(saidWithout.filter((line) => !namesKey(line, person.placeholder))).toEqual(
        said.filter((line) => !namesKey(line, gone)),
      );
    }),
    { numRuns: 12 },
  );
  expect(othersSpoke).toBeGreaterThan(100);
});

const doubleBytes = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
