import { serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from './engine.ts';
import { createFactStream, everyKind, everyKindSurroundings } from './every-kind.fixture.ts';
import { decodeState, encodeState } from './state-bytes.ts';
import { recordsOf } from './stream.fixture.ts';

const deps = { rulebook: everyKind, ...everyKindSurroundings };

test('a state read back from its bytes goes on as if never written', async () => {
  let said = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(1_000_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (seed, share) => {
        const records = recordsOf(createFactStream(seed));
        const engine = createEngine(deps);
        const at = Math.floor(share * records.length);
        for (const record of records.slice(0, at)) engine.step(record);
        const other = createEngine(deps, decodeState(await encodeState(engine.snapshot())));
        for (const record of records.slice(at)) {
          const findings = engine.step(record);
          expect(other.step(record)).toEqual(findings);
          said += findings.length;
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(said).toBeGreaterThan(400);
});

test('a state of the form before is read as well', () => {
  const engine = createEngine(deps);
  const records = recordsOf(createFactStream(7));
  for (const record of records.slice(0, 200)) engine.step(record);
  const { subjects, ...snapshot } = engine.snapshot();
  const keys = engine.subjects();
  const old = decodeState(serialize({ ...snapshot, subjects: keys }));
  const other = createEngine(deps, old);
  for (const record of records.slice(200)) expect(other.step(record)).toEqual(engine.step(record));
  expect(keys.length).toBeGreaterThan(0);
  expect(subjects).not.toEqual(keys);
});

test('half a state is refused and says where it ends', async () => {
  const engine = createEngine(deps);
  for (const record of recordsOf(createFactStream(7))) engine.step(record);
  const bytes = await encodeState(engine.snapshot());
  for (const length of [bytes.length - 1, Math.floor(bytes.length / 2), 10]) {
    expect(() => decodeState(bytes.subarray(0, length))).toThrow(`${length} bytes, cut off at`);
  }
});
