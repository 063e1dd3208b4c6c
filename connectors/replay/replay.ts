// ② Publishes a recorded history again, at any speed of the given clock: for drills, for demonstrations
// and to bring old data in. Paused, stopped and taken up again at the observation where it stood.

import { assert, OperatingError, UserError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';
import { ioClock, sleep } from '../../core/time.ts';
import { slicePositions } from '../files/sort-positions.ts';
import type { Connector, ConnectorDeps, Delivery } from '../publish.ts';
import { createHistory, type History, type HistoryOptions, type HistoryPart } from './history.ts';
import { firstRowAt } from './merge-by-time.ts';
import { createPace, StoppedError } from './pace.ts';

export type ReplayOptions = HistoryOptions & {
  /** Event time per clock time; `max` waits for nothing but the log. */
  readonly speed: number | 'max';
  /** Observations published by an earlier replay of the same files; these are passed over. */
  readonly startAfter?: number;
  /** Called after every delivery. */
  readonly onProgress?: (progress: ReplayProgress) => void;
};

export type ReplayProgress = {
  readonly state: 'reading' | 'playing' | 'paused' | 'finished' | 'stopped' | 'failed';
  readonly bytesRead: number;
  readonly bytesTotal: number;
  /** Observations published or passed over: where a later replay takes up again. */
  readonly observations: number;
  readonly positions: number;
  readonly facts: number;
  /** Lines that could not be read. */
  readonly errors: number;
  /** Event time of the last observation published. */
  readonly eventAtMs: number | undefined;
};

export type Replay = Connector & {
  pause(): void;
  resume(): void;
  progress(): ReplayProgress;
  /** What was wrong in each file. */
  readonly history: History;
  /**
   * Resolves when the history ends or is stopped. Rejects with UserError for files that are wrong as a
   * whole, with OperatingError when the log does not take a delivery after PUBLISH_ATTEMPTS_MAX attempts.
   */
  readonly done: Promise<ReplayProgress>;
};

const PUBLISH_ATTEMPTS_MAX = 5;
const RETRY_PAUSE_MS = 200;

/** How much clock time one delivery of a paced replay may span. */
const SLICE_MS = 250;

const PARTS: readonly HistoryPart[] = ['orders', 'facts', 'positions'];

/** Starts at once. Throws UserError when a file is not there. */
export async function openReplay(deps: ConnectorDeps, options: ReplayOptions): Promise<Replay> {
  const { speed, startAfter = 0, onProgress } = options;
  assert(speed === 'max' || speed > 0, 'a replay runs forward');
  const history = await createHistory(options);
  const pace = createPace(deps.clock, speed);
  const counts = {
    observations: 0,
    positions: 0,
    facts: 0,
    eventAtMs: undefined as number | undefined,
  };
  let state: ReplayProgress['state'] = 'reading';

  const progress = (): ReplayProgress => {
    const { read, total } = history.bytes();
    const errors = PARTS.reduce((sum, part) => sum + history.report(part).errors, 0);
    const shown = state === 'playing' && pace.isPaused ? 'paused' : state;
    return { state: shown, bytesRead: read, bytesTotal: total, ...counts, errors };
  };

  const refused = createRefusals(deps, history, options.source);
  const play = async () => {
    for await (const delivery of history.deliveries()) {
      state = 'playing';
      const wanted = withoutFirst(delivery, startAfter - counts.observations);
      counts.observations += sizeOf(delivery) - sizeOf(wanted);
      for (const slice of slicesOf(wanted, speed)) {
        await pace.until(endOf(slice));
        await publishWithPatience(deps, slice, pace.signal);
        counts.observations += sizeOf(slice);
        counts.positions += slice.positions?.length ?? 0;
        counts.facts += slice.facts?.length ?? 0;
        counts.eventAtMs = endOf(slice);
      }
      refused.tell();
      onProgress?.(progress());
    }
  };

  const run = async (): Promise<ReplayProgress> => {
    try {
      await play();
      state = 'finished';
    } catch (error) {
      state = error instanceof StoppedError ? 'stopped' : 'failed';
      if (state === 'failed') throw error;
    } finally {
      refused.tell();
    }
    onProgress?.(progress());
    return progress();
  };
  const done = run();
  // Whoever started the replay may only want to stop it; a bug is nobody's to overlook.
  done.catch((error: unknown) => {
    if (!(error instanceof UserError || error instanceof OperatingError)) throw error;
  });

  return {
    history,
    done,
    progress,
    pause: pace.pause,
    resume: pace.resume,
    async stop() {
      pace.stop();
      await done.catch(() => {});
    },
  };
}

const sizeOf = ({ positions, facts }: Delivery): number =>
  (positions?.length ?? 0) + (facts?.length ?? 0);

/** Event time of the last observation of a delivery. */
const endOf = ({ positions, facts }: Delivery): number =>
  positions ? (positions.atMs[positions.length - 1] as number) : (facts?.at(-1)?.atMs ?? 0);

/** The delivery without its first `count` observations. */
function withoutFirst(delivery: Delivery, count: number): Delivery {
  if (count <= 0) return delivery;
  const { positions, facts } = delivery;
  if (count >= sizeOf(delivery)) return {};
  if (positions) return { positions: slicePositions(positions, count, positions.length) };
  return { facts: facts?.slice(count) ?? [] };
}

/** Positions cut so that none is published long after its time. */
function* slicesOf(delivery: Delivery, speed: number | 'max'): Generator<Delivery> {
  const { positions } = delivery;
  if (!positions || speed === 'max') {
    if (sizeOf(delivery) > 0) yield delivery;
    return;
  }
  for (let row = 0; row < positions.length;) {
    const end = firstRowAt(positions, row, (positions.atMs[row] as number) + SLICE_MS * speed);
    yield { positions: slicePositions(positions, row, Math.max(end, row + 1)) };
    row = Math.max(end, row + 1);
  }
}

/** Publishes, again after a pause while the log is away. */
async function publishWithPatience(
  deps: ConnectorDeps,
  delivery: Delivery,
  signal: AbortSignal,
  clock: Clock = ioClock,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await deps.publish(delivery);
      return;
    } catch (error) {
      const isPassing = error instanceof OperatingError && error.retry !== 'never';
      if (!isPassing || attempt === PUBLISH_ATTEMPTS_MAX) throw error;
      deps.logger.warn('replay.publish-failed', { attempt, code: error.code });
      await sleep(clock, RETRY_PAUSE_MS * 2 ** attempt, signal);
    }
  }
}

/** Tells what could not be read, by reason, as it grows. */
function createRefusals(deps: ConnectorDeps, history: History, source: string) {
  const told = new Map<string, number>();
  return {
    tell() {
      for (const part of PARTS) {
        for (const [reason, count] of history.report(part).byReason) {
          const key = `${part} ${reason}`;
          const more = count - (told.get(key) ?? 0);
          told.set(key, count);
          if (more > 0) deps.refuse(source, reason, more);
        }
      }
    },
  };
}
