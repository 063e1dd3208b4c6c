// The whole path on files: read, judge at the gate, evaluate, merge into alerts. No clock and no chance in
// it, so the same files and the same rules give the same alerts, byte for byte.

import type { History } from '../../connectors/replay/history.ts';
import { DELIVERY_FACTS_MAX } from '../../connectors/replay/merge-by-time.ts';
import type { Delivery } from '../../connectors/publish.ts';
import { isFrameKind, type FactArrival } from '../../core/observation.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import type { Locate } from '../../datasets/locator.ts';
import { createPipeline, type Processed } from '../../ingest/pipeline.ts';
import type { Carrier } from './carry.ts';

export type ReplayCounts = {
  /** Observations read from the files. */
  readonly observations: number;
  /** Judged fit and evaluated, by kind. */
  readonly admitted: Readonly<Record<string, number>>;
  /** Not taken, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Event time of the first and the last observation. */
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
};

export type JudgeOptions = {
  readonly locate: Locate;
  readonly partitions: number;
  /** Ends the replay early; what was evaluated until then counts. */
  readonly signal?: AbortSignal | undefined;
};

export type ReplayDeps = Pick<JudgeOptions, 'locate' | 'signal'> & {
  readonly carrier: Carrier;
  readonly onProgress?: (counts: ReplayCounts) => void;
};

/** Feeds a history through gate and engines. Rejects with UserError for files that are wrong as a whole. */
export async function replayFiles(history: History, deps: ReplayDeps): Promise<ReplayCounts> {
  const { carrier, onProgress } = deps;
  const counts = {
    observations: 0,
    admitted: {} as Record<string, number>,
    refused: {} as Record<string, number>,
    fromMs: undefined as number | undefined,
    untilMs: undefined as number | undefined,
  };
  const options = { ...deps, partitions: carrier.partitions };
  for await (const { processed, firstMs, lastMs, size } of judgeHistory(history, options)) {
    counts.observations += size;
    counts.fromMs ??= firstMs;
    counts.untilMs = lastMs;
    add(counts, processed);
    if (processed.batches.length > 0) await carrier.take(processed.batches);
    onProgress?.(counts);
  }
  if (counts.untilMs !== undefined) await carrier.end(epochMs(counts.untilMs));
  return counts;
}

/** A delivery as the gate judged it, with the event times of its first and last observation. */
export type Judged = ReturnType<typeof extentOf> & { readonly processed: Processed };

/** Takes a history through the gate. Rejects with UserError for files that are wrong as a whole. */
export async function* judgeHistory(
  history: History,
  { locate, partitions, signal }: JudgeOptions,
): AsyncGenerator<Judged> {
  const pipeline = createPipeline(
    // Files name persons by their keys: there is no register of devices to ask.
    { directory: { resolve: () => undefined }, orders: createOrderBook(), locator: locate },
    { partitions },
  );
  for await (const { delivery, receivedAtMs } of asListened(history.deliveries())) {
    signal?.throwIfAborted();
    const extent = extentOf(delivery);
    // Everything before the first of these was in an earlier delivery.
    const watermarkMs = epochMs(extent.firstMs - 1);
    const processed = pipeline.process(
      [delivery],
      receivedAtMs === undefined ? { watermarkMs } : { watermarkMs, receivedAtMs },
    );
    yield { ...extent, processed };
  }
}

type Listened = { readonly delivery: Delivery; readonly receivedAtMs?: EpochMs };

/**
 * Orders and leaves on record before the first report were known when reports began, and not before:
 * from then on silence counts, as it would if the product had been started on that day.
 */
async function* asListened(deliveries: AsyncIterable<Delivery>): AsyncGenerator<Listened> {
  let frame: FactArrival[] | undefined = [];
  for await (const delivery of deliveries) {
    if (frame === undefined) {
      yield { delivery };
      continue;
    }
    const reports = delivery.facts?.findIndex((fact) => !isFrame(fact)) ?? 0;
    if (reports < 0) {
      frame.push(...(delivery.facts ?? []));
      continue;
    }
    const { facts = [], positions } = delivery;
    frame.push(...facts.slice(0, reports));
    const rest = positions ? { positions } : { facts: facts.slice(reports) };
    yield* inParts(frame, epochMs(extentOf(rest).firstMs));
    frame = undefined;
    yield { delivery: rest };
  }
  if (frame) yield* inParts(frame, epochMs(frame.at(-1)?.atMs ?? 0));
}

const isFrame = ({ kind }: FactArrival): boolean => isFrameKind(kind);

function* inParts(facts: readonly FactArrival[], receivedAtMs: EpochMs): Generator<Listened> {
  for (let from = 0; from < facts.length; from += DELIVERY_FACTS_MAX) {
    yield { delivery: { facts: facts.slice(from, from + DELIVERY_FACTS_MAX) }, receivedAtMs };
  }
}

function extentOf({ positions, facts = [] }: Delivery) {
  const times = positions
    ? [positions.atMs[0] as number, positions.atMs[positions.length - 1] as number]
    : [facts[0]?.atMs ?? 0, facts.at(-1)?.atMs ?? 0];
  const [firstMs, lastMs] = times as [number, number];
  return { firstMs, lastMs, size: (positions?.length ?? 0) + facts.length };
}

function add(
  counts: { admitted: Record<string, number>; refused: Record<string, number> },
  { admittedByKind, receipts }: Processed,
): void {
  const sum = (into: Record<string, number>, from: Readonly<Record<string, number>>) => {
    for (const [key, count] of Object.entries(from)) into[key] = (into[key] ?? 0) + count;
  };
  sum(counts.admitted, admittedByKind);
  for (const { refused, dead, duplicates } of receipts) {
    sum(counts.refused, refused);
    sum(counts.refused, dead);
    if (duplicates > 0) sum(counts.refused, { duplicate: duplicates });
  }
}
