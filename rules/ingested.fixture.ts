// A small world taken through ingest: what arrives is cut into flushes, judged by the real pipeline, and
// comes out as the log records the rules read. What arrives may come twice, and in any order within a flush.

import type { FactArrival, Observation } from '../core/observation.ts';
import { createOrderBook } from '../core/order-book.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { LABEL, type Label } from '../core/position-codes.ts';
import { createRandom, type Random } from '../core/random.ts';
import { epochMs } from '../core/time.ts';
import type { Delivery } from '../connectors/publish.ts';
import { createPipeline } from '../ingest/pipeline.ts';
import type { EngineInput } from './engine.ts';
import type { Happening } from './happening.fixture.ts';
import { inputOf } from './run.ts';

export type Arrivals = {
  /** Where the flushes are cut. */
  readonly seed: number;
  readonly partitions?: number;
  /** This share of what arrives arrives once more, at once or with a later flush. */
  readonly twice?: number;
  /** What arrives together is in any order; each person's facts keep theirs. */
  readonly shuffled?: boolean;
};

/** The records of each partition, and how much was admitted and known already. */
export function ingested(
  happenings: readonly Happening[],
  { seed, partitions = 1, twice = 0, shuffled = false }: Arrivals,
) {
  const pipeline = createPipeline(
    {
      orders: createOrderBook(),
      directory: { resolve: () => undefined },
      locator: (lng) => (lng > 107.735 ? 511_723 : 511_722),
    },
    { partitions },
  );
  const random = createRandom(`disorder ${seed}`);
  const records: EngineInput[][] = Array.from({ length: partitions }, () => []);
  const told = { admitted: 0, duplicates: 0 };
  let again: Observation[] = [];
  for (const flush of flushesOf(happenings, createRandom(`flushes ${seed}`))) {
    const [first] = flush as [Happening];
    const fresh = flush.flatMap(({ observation }) => observation ?? []);
    const arriving = [...again, ...fresh];
    const repeated = fresh.filter(() => random.chance(twice));
    again = repeated.filter(() => random.chance(0.5));
    const deliveries = [...arriving, ...repeated].map(deliveryOf);
    const { batches, receipts } = pipeline.process(
      shuffled ? shuffle(deliveries, random) : deliveries,
      {
        receivedAtMs: epochMs(first.arrivesMs),
        watermarkMs: epochMs(first.seenToMs),
      },
    );
    for (const { partition, entries } of batches) records[partition]?.push(...entries.map(inputOf));
    for (const { admitted, duplicates } of receipts) {
      told.admitted += admitted;
      told.duplicates += duplicates;
    }
    const tick = { watermarkMs: first.seenToMs, gap: first.gap };
    if (fresh.length === 0) for (const partition of records) partition.push(tick);
  }
  return { records, told };
}

/** Cut at random, and where something comes late or the platform was away. */
function flushesOf(happenings: readonly Happening[], random: Random): Happening[][] {
  const flushes: Happening[][] = [];
  let mayGrow = false;
  for (const happening of happenings) {
    const { observation, arrivesMs } = happening;
    const isPlain = observation !== undefined && observation.atMs === arrivesMs;
    if (mayGrow && isPlain && random.chance(0.85)) flushes.at(-1)?.push(happening);
    else flushes.push([happening]);
    mayGrow = observation !== undefined;
  }
  return flushes;
}

function deliveryOf(observation: Observation): Delivery {
  if (observation.kind !== 'position') {
    const { id: _made, receivedAtMs: _stamped, ...arrival } = observation;
    return { facts: [arrival as FactArrival] };
  }
  const builder = createPositionBuilder(1);
  const labels = observation.labels.reduce((bits, label) => bits | LABEL[label as Label], 0);
  builder.add({ ...observation, labels });
  return { positions: builder.drain() };
}

/** Positions anywhere between the facts; the facts among themselves by person only. */
function shuffle(deliveries: readonly Delivery[], random: Random): Delivery[] {
  const queues = new Map<string, Delivery[]>();
  for (const [index, delivery] of deliveries.entries()) {
    const name = delivery.facts?.[0]?.subject ?? `position ${index}`;
    queues.set(name, [...(queues.get(name) ?? []), delivery]);
  }
  const shuffled: Delivery[] = [];
  while (shuffled.length < deliveries.length) {
    const name = random.pick([...queues.keys()]);
    const [next, ...rest] = queues.get(name) as Delivery[];
    shuffled.push(next as Delivery);
    if (rest.length > 0) queues.set(name, rest);
    else queues.delete(name);
  }
  return shuffled;
}
