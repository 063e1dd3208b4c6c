// A simulated bracelet that speaks JT/T 808 over a real socket: it reports, keeps what is not
// acknowledged, and sends it again after reconnecting.

import { RESULT, type PlatformAnswer } from '../connectors/jt808/body-answer.ts';
import type { DeviceModel } from '../connectors/jt808/device-model.ts';
import type { TerminalBody } from '../connectors/jt808/message.ts';
import { ok } from '../core/outcome.ts';
import type { Random } from '../core/random.ts';
import { elapsedMs, ioClock } from '../core/time.ts';
import { createBacklog, type BacklogCounts, type StoredPoint } from './terminal-backlog.ts';
import { createLine, type LineOptions, type LineStage } from './terminal-line.ts';
import { pointsPerMessage, toLocation, type TerminalPoint } from './terminal-point.ts';

export type TerminalDeps = { readonly random: Random };

export type TerminalOptions = LineOptions & {
  readonly model: DeviceModel;
  readonly timing?: Partial<TerminalTiming>;
};

export type TerminalTiming = {
  /** First pause after a failure; each further one is twice as long, up to the longest. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /** How long an answer may take before the connection is given up. */
  readonly answerMsMax: number;
  readonly heartbeatMs: number;
};

const TIMING: TerminalTiming = {
  retryMsMin: 500,
  retryMsMax: 30_000,
  answerMsMax: 20_000,
  heartbeatMs: 60_000,
};

/** Points the memory of the device holds. */
const POINTS_MAX = 20_000;
const MESSAGES_IN_FLIGHT_MAX = 16;
const TICK_MS = 100;

export type TerminalStatus = BacklogCounts & {
  readonly stage: LineStage;
  /** Measured and not acknowledged yet. */
  readonly pending: number;
  /** Times it dialled. */
  readonly dials: number;
};

export type Terminal = {
  /** Takes measurements in, oldest first; they are sent as soon as the platform can be reached. */
  report(points: readonly TerminalPoint[]): void;
  /** Out of coverage a terminal stores; back in it, it sends what it stored as blind-zone uploads. */
  setCoverage(isCovered: boolean): void;
  status(): TerminalStatus;
  /** Hangs up. What is not acknowledged is lost, as when a device is switched off for good. */
  stop(): Promise<void>;
};

/** A terminal with a ticker of its own. For many, see terminal-fleet.ts. */
export function createTerminal(deps: TerminalDeps, options: TerminalOptions): Terminal {
  const terminal = createTickedTerminal(deps, options);
  const ticker = startTicker(() => terminal.tick(elapsedMs()));
  return {
    ...terminal,
    stop() {
      ticker.cancel();
      return terminal.stop();
    },
  };
}

/** Calls `tick` every 100 ms of real time until cancelled. */
export function startTicker(tick: () => void): { cancel(): void } {
  const run = () => {
    tick();
    timer = ioClock.after(TICK_MS, run);
  };
  let timer = ioClock.after(0, run);
  return { cancel: () => timer.cancel() };
}

/** A terminal whose owner calls `tick` often, with monotonic milliseconds. */
export type TickedTerminal = Terminal & { tick(nowMs: number): void };

export function createTickedTerminal(deps: TerminalDeps, options: TerminalOptions): TickedTerminal {
  const { model } = options;
  const timing = { ...TIMING, ...options.timing };
  const batchPointsMax = pointsPerMessage(model);
  const backlog = createBacklog<TerminalPoint>({ pointsMax: POINTS_MAX });
  let isCovered = true;
  let isStopped = false;
  let dials = 0;
  let failures = 0;
  /** Nothing is tried before this. */
  let pausedUntilMs = 0;

  const pause = () => {
    const pauseMs = Math.min(timing.retryMsMax, timing.retryMsMin * 2 ** failures++);
    pausedUntilMs = elapsedMs() + pauseMs * (0.5 + deps.random.next() / 2);
  };

  /** Sends what waits, as far as the platform keeps up with answering. */
  const pump = () => {
    if (line.stage !== 'ready' || elapsedMs() < pausedUntilMs) return;
    while (backlog.inFlight < MESSAGES_IN_FLIGHT_MAX) {
      const points = backlog.take(batchPointsMax);
      if (points.length === 0) return;
      backlog.sent(line.send(bodyFor(points, model)), points);
    }
  };

  const onAnswer = ({ toSerial, result }: PlatformAnswer) => {
    if (result === RESULT.failed) {
      backlog.putBack(toSerial);
      pause();
    } else {
      failures = 0;
      backlog.settle(toSerial, result === RESULT.ok ? 'taken' : 'rejected');
    }
    pump();
  };

  const line = createLine(options, {
    onReady: () => {
      failures = 0;
      pump();
    },
    onAnswer,
    onClosed: () => {
      backlog.putAllBack();
      if (isCovered) pause();
    },
  });

  return {
    report(points) {
      for (const point of points) backlog.record(point, !isCovered);
      pump();
    },
    setCoverage(covered) {
      if (covered === isCovered) return;
      isCovered = covered;
      pausedUntilMs = 0;
      if (!covered) void line.hangUp();
    },
    tick(nowMs) {
      if (isStopped || !isCovered || nowMs < pausedUntilMs) return;
      if (line.stage === 'away') {
        dials++;
        line.dial();
        return;
      }
      const isWaiting = line.stage !== 'ready' || backlog.inFlight > 0;
      if (isWaiting && nowMs - line.activeMs > timing.answerMsMax) void line.hangUp();
      else if (line.stage === 'ready' && nowMs - line.sentMs > timing.heartbeatMs) {
        line.send({ kind: 'heartbeat' });
      } else pump();
    },
    status() {
      const { recorded, taken, rejected, forgotten } = backlog.counts;
      const pending = recorded - taken - rejected - forgotten;
      return { ...backlog.counts, stage: line.stage, pending, dials };
    },
    stop() {
      isStopped = true;
      return line.hangUp();
    },
  };
}

/** A live point travels alone, several or stored ones as a batch. */
function bodyFor(points: readonly StoredPoint<TerminalPoint>[], model: DeviceModel): TerminalBody {
  const [first] = points;
  if (first && points.length === 1 && !first.blindZone) {
    return { kind: 'location', location: toLocation(first.point, model) };
  }
  return {
    kind: 'location-batch',
    blindZone: first?.blindZone ?? false,
    items: points.map(({ point }) => ok(toLocation(point, model))),
  };
}
