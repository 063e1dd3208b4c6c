// Lets what arrives settle before it is judged: holds every observation until the watermark has passed its
// instant and gives it on in the order in which things happened, so that the order of arrival within the
// allowed lateness makes no difference to any rule. Off unless asked for: everything waits for the lateness.
// Stands between the log and the engine. What is held is in the log already, and part of the state that is
// saved with an offset, so nothing is lost and nothing judged twice. docs/adr/0012.

import { positionAt } from '../core/position-batch.ts';
import type { Fact, Observation, Position } from '../core/observation.ts';
import { batchOf, rankOf } from './claim-inputs.ts';
import type { EngineInput } from './engine.ts';

/** As it lies in snapshots: what is held, in the order of the log. */
export type SavedSettling = { readonly held: readonly Observation[]; readonly watermarkMs: number };

export type Settling = {
  /** What the engine is to take now that a record of the log is read. */
  take(input: EngineInput): EngineInput[];
  /** Takes out what is held about persons who are forgotten. */
  drop(persons: ReadonlySet<string>): void;
  /** Held now, and judged before their time because there were too many. */
  status(): { readonly held: number; readonly hurried: number };
  snapshot(): SavedSettling;
};

export type SettlingOptions = {
  /** False: everything is judged as it comes, and what was held before at once. */
  readonly settles: boolean;
  /** More is not held; the oldest are judged as if they had come late enough. */
  readonly heldMax?: number;
};

const HELD_MAX = 200_000;
const BUCKET_MS = 1_000;

/** Goes on from `saved` if given. */
export function createSettling(
  { settles, heldMax = HELD_MAX }: SettlingOptions,
  saved?: SavedSettling,
): Settling {
  /** By the second in which they happened, each in the order of the log. */
  const buckets = new Map<number, Observation[]>();
  let count = 0;
  let hurried = 0;
  let watermarkMs = saved?.watermarkMs ?? 0;

  const hold = (observation: Observation) => {
    const bucket = Math.floor(observation.atMs / BUCKET_MS);
    const held = buckets.get(bucket);
    if (held) held.push(observation);
    else buckets.set(bucket, [observation]);
    count++;
  };
  for (const observation of saved?.held ?? []) hold(observation);

  /** Takes out what happened up to an instant, in order. */
  const release = (untilMs: number): Observation[] => {
    const released: Observation[] = [];
    for (const [bucket, held] of buckets) {
      if (bucket * BUCKET_MS > untilMs) continue;
      const later = held.filter(({ atMs }) => atMs > untilMs);
      released.push(...held.filter(({ atMs }) => atMs <= untilMs));
      if (later.length > 0) buckets.set(bucket, later);
      else buckets.delete(bucket);
    }
    count -= released.length;
    return released.sort(byTime);
  };

  const hurry = (): Observation[] => {
    const oldest: Observation[] = [];
    if (count <= heldMax) return oldest;
    for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
      if (count <= heldMax) break;
      oldest.push(...release(bucket * BUCKET_MS + BUCKET_MS - 1));
    }
    hurried += oldest.length;
    return oldest;
  };

  return {
    take(input) {
      if (!settles && count === 0) return [input];
      const { facts = [], positions, gap } = input;
      const inputs: EngineInput[] = [];
      // Known first: of time in which nobody listened no silence may be told.
      if (gap) inputs.push({ watermarkMs, gap });
      if (!settles) return [...inputs, ...inputsOf(release(Infinity), { watermarkMs }), input];
      for (const fact of facts) hold(fact);
      for (let row = 0; row < (positions?.length ?? 0); row++) {
        hold(positionAt(positions as NonNullable<typeof positions>, row));
      }
      const untilMs = Math.max(watermarkMs, input.watermarkMs);
      inputs.push(...inputsOf(release(untilMs), { watermarkMs }), { watermarkMs: untilMs });
      watermarkMs = untilMs;
      // They are ahead of the watermark, which waits for the others.
      for (const one of inputsOf(hurry(), { watermarkMs })) inputs.push({ ...one, watermarkMs });
      return inputs;
    },
    drop(persons) {
      for (const [bucket, held] of buckets) {
        const kept = held.filter(({ subject }) => !persons.has(subject));
        count -= held.length - kept.length;
        if (kept.length > 0) buckets.set(bucket, kept);
        else buckets.delete(bucket);
      }
    },
    status: () => ({ held: count, hurried }),
    snapshot: () => ({ held: [...buckets.values()].flat(), watermarkMs }),
  };
}

/** Runs of facts and runs of positions, each with the watermark just before it. */
function inputsOf(
  observations: readonly Observation[],
  after: { watermarkMs: number },
): EngineInput[] {
  const inputs: EngineInput[] = [];
  for (let from = 0; from < observations.length;) {
    const first = observations[from] as Observation;
    const isPosition = first.kind === 'position';
    let until = from;
    while (until < observations.length && isPosition === isFix(observations[until])) until++;
    const run = observations.slice(from, until);
    const watermarkMs = Math.max(after.watermarkMs, first.atMs - 1);
    inputs.push(
      isPosition
        ? { watermarkMs, positions: batchOf(run as Position[]) }
        : { watermarkMs, facts: run as Fact[] },
    );
    from = until;
  }
  return inputs;
}

const isFix = (observation: Observation | undefined): boolean => observation?.kind === 'position';

/** A total order that depends on content only, like that of ingest at one instant. */
const byTime = (a: Observation, b: Observation): number =>
  a.atMs - b.atMs ||
  rankOf(a) - rankOf(b) ||
  a.sequence - b.sequence ||
  (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
