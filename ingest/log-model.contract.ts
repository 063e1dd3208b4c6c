// The log against a model of it, an array for each partition: whatever is appended in whatever batches,
// reads of any size from any offset give what the array has there.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payloadsOf, entry, type LogHarness } from './log.contract.ts';
import type { Log, Topic } from './log.ts';

const PARTITIONS = 2;

/** Few runs, because each makes a new store. */
const RUNS = 12;

const place = {
  topic: fc.constantFrom<Topic>('observations', 'dead-letters'),
  partition: fc.nat(PARTITIONS - 1),
};

/** Sizes around those at which reads are cut. */
const payload = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.nat(3_000).map((length) => 'x'.repeat(length)),
);

const append = fc.record({
  kind: fc.constant('append' as const),
  topic: place.topic,
  batches: fc.uniqueArray(
    fc.record({ partition: place.partition, payloads: fc.array(payload, { maxLength: 8 }) }),
    { selector: ({ partition }) => partition, maxLength: PARTITIONS },
  ),
});

const read = fc.record({
  kind: fc.constant('read' as const),
  ...place,
  offset: fc.nat(40),
  recordsMax: fc.integer({ min: 1, max: 12 }),
  bytesMax: fc.integer({ min: 1, max: 6_000 }),
});

type Command =
  | (typeof append extends fc.Arbitrary<infer Value> ? Value : never)
  | (typeof read extends fc.Arbitrary<infer Value> ? Value : never);

export function describeLogModel(name: string, harness: LogHarness): void {
  test(`${name} log, read in any steps, gives what an array would`, async () => {
    const commands = fc.array(fc.oneof(append, read), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(commands, async (list) => {
        const store = await harness.createStore(PARTITIONS);
        const log = await store.open();
        const model = createModel();
        try {
          for (const command of list) await compare(log, model, command);
        } finally {
          await log.close();
          await store.remove();
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
}

function createModel() {
  const arrays = new Map<string, string[]>();
  return (topic: Topic, partition: number): string[] => {
    const key = `${topic} ${partition}`;
    const array = arrays.get(key) ?? [];
    arrays.set(key, array);
    return array;
  };
}

async function compare(
  log: Log,
  model: ReturnType<typeof createModel>,
  command: Command,
): Promise<void> {
  const { topic } = command;
  if (command.kind === 'append') {
    await log.append(
      topic,
      command.batches.map(({ partition, payloads }) => ({
        partition,
        entries: payloads.map((text) => entry(text)),
      })),
    );
    for (const { partition, payloads } of command.batches) {
      const array = model(topic, partition);
      array.push(...payloads);
      expect(await log.bounds(topic, partition)).toEqual({ start: 0, end: array.length });
    }
    return;
  }
  const { partition, offset, recordsMax, bytesMax } = command;
  const records = await log.read(topic, partition, { offset, recordsMax, bytesMax });
  const expected = model(topic, partition).slice(offset);
  expect(records.length).toBeLessThanOrEqual(recordsMax);
  expect(records.length > 0).toBe(expected.length > 0);
  expect(payloadsOf(records)).toEqual(expected.slice(0, records.length));
  expect(records.map((record) => record.offset)).toEqual(records.map((_, index) => offset + index));
  const before = records.slice(0, -1).reduce((sum, record) => sum + record.payload.byteLength, 0);
  expect(before).toBeLessThan(bytesMax);
}
