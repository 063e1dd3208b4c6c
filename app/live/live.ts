// ⑨ What screens see as it happens: follows the log and the records, keeps the present in memory, and
// publishes it a few times a second. A process of its own may run it; it writes nothing.

import type { Logger } from '../../core/logger.ts';
import { isFrameFact, type Fact } from '../../core/observation.ts';
import type { OrderBook } from '../../core/order-book.ts';
import { decodePositions } from '../../core/position-batch.ts';
import { DAZHOU, regionsWithin } from '../../core/region.ts';
import { ioClock, type Clock } from '../../core/time.ts';
import { followLog } from '../../ingest/follow.ts';
import type { Tally } from '../../ingest/ledger.ts';
import { decodeLines, type Log, type LogRecord } from '../../ingest/log.ts';
import { offsetAppendedAt } from '../../ingest/recall.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { AlertSummary } from '../api/alerts.ts';
import type { CountyCounts, PartHealth, Points, Wall } from '../api/wall.ts';
import { quantile, readAlertBoard, type AlertBoard } from './alert-board.ts';
import { createFlow, MINUTES_SHOWN } from './flow.ts';
import { coarsened } from './coarse-points.ts';
import type { LiveHub } from './hub.ts';
import { createPointBook } from './points.ts';

/** How much of the log is read at the start, so that screens are right at once. */
const LOOK_BACK_MS = (MINUTES_SHOWN + 1) * 60_000;
const POINTS_MS = 250;
const WALL_MS = 1_000;
const FRAMES_MS = 5_000;
/** Alert latencies remembered, and for how long. */
const LATENCIES_MAX = 10_000;
const LATENCY_MS = 3_600_000;

export type LiveDeps = {
  log: Log;
  db: RecordsDb;
  orders: OrderBook;
  hub: LiveHub;
  clock: Clock;
  logger: Logger;
  /** The state of the parts of the system, for the status strip. */
  parts: () => Promise<PartHealth[]>;
  /** A number that means nothing, from which points are counted. */
  firstPoint: number;
};

export type Live = {
  wall(): Wall;
  points(): Points;
  /** Alerts were opened or changed; tells those who may see them. */
  alertsChanged(alerts: readonly AlertSummary[]): void;
  alertOpened(latencyMs: number): void;
  stop(): Promise<void>;
};

export async function startLive(deps: LiveDeps): Promise<Live> {
  const { log, orders, hub, clock } = deps;
  const sinceMs = clock.now() - LOOK_BACK_MS;
  const flow = createFlow(sinceMs);
  const book = createPointBook(orders, deps.firstPoint);
  const stopping = new AbortController();
  const latencies: { atMs: number; ms: number }[] = [];
  const places = new Map<string, [number, number] | null>();
  let board: AlertBoard = await readAlertBoard(deps.db, clock.now(), places);
  let parts: PartHealth[] = await deps.parts();

  const take = (record: LogRecord) => {
    if (record.kind === 'positions') {
      const batch = decodePositions(record.payload);
      flow.positions(batch);
      book.take(batch);
    } else if (record.kind === 'lines') {
      const facts = decodeLines<Fact>(record.payload);
      flow.facts(facts);
      for (const fact of facts) if (isFrameFact(fact)) orders.apply(fact);
    } else if (record.kind === 'tally') {
      flow.refused(decodeLines<Tally>(record.payload), record.appendedAtMs);
    }
  };

  const following = Array.from({ length: log.partitions }, async (_, partition) => {
    const fromOffset = await offsetAppendedAt(log, partition, sinceMs);
    const records = (list: readonly LogRecord[]) => list.forEach(take);
    await followLog(
      deps,
      { topic: 'observations', partition, fromOffset },
      records,
      stopping.signal,
    );
  });

  const wall = (): Wall => {
    const nowMs = clock.now();
    while (latencies[0] && latencies[0].atMs < nowMs - LATENCY_MS) latencies.shift();
    const sorted = latencies.map(({ ms }) => ms).sort((a, b) => a - b);
    return {
      atMs: nowMs,
      counties: countiesOf(book.counts(nowMs), board),
      alerts: board.listed,
      openByAge: board.openByAge,
      today: board.today,
      streams: flow.streams(nowMs),
      parts,
      alertLatencyP50Ms: quantile(sorted, 0.5),
      alertLatencyP99Ms: quantile(sorted, 0.99),
      minutes: flow.minutes(nowMs),
    };
  };

  const refreshFrames = () => book.refresh(clock.now(), board.levels);
  const publishPoints = () => {
    const changes = book.changes(clock.now());
    if (changes.point.length === 0) return;
    let coarse: Points | undefined;
    hub.publish('points', changes, (event, { exact }) =>
      exact === false ? (coarse ??= coarsened(event)) : event,
    );
  };
  const publishWall = async () => {
    board = await readAlertBoard(deps.db, clock.now(), places);
    parts = await deps.parts();
    hub.publish('wall', wall());
    hub.publish('ping', { atMs: clock.now() });
  };

  refreshFrames();
  const timers = [
    every(POINTS_MS, deps.logger, publishPoints),
    every(WALL_MS, deps.logger, publishWall),
    every(FRAMES_MS, deps.logger, refreshFrames),
  ];

  return {
    wall,
    points: () => book.all(clock.now()),
    alertsChanged(alerts) {
      hub.publish('alerts', { atMs: clock.now(), alerts: [...alerts] }, (event, { sees }) => {
        const visible = event.alerts.filter(({ region }) => sees(region));
        return visible.length === 0 ? undefined : { ...event, alerts: visible };
      });
    },
    alertOpened(latencyMs) {
      latencies.push({ atMs: clock.now(), ms: latencyMs });
      if (latencies.length > LATENCIES_MAX) latencies.shift();
    },
    async stop() {
      stopping.abort();
      for (const timer of timers) timer.stop();
      await Promise.all(following);
    },
  };
}

/** One line per county of the city, also those where nothing is open. */
function countiesOf(
  persons: ReadonlyMap<string, Pick<CountyCounts, 'persons' | 'located' | 'locatable'>>,
  board: AlertBoard,
): CountyCounts[] {
  const none = { 1: 0, 2: 0, 3: 0 };
  return regionsWithin(DAZHOU).map(({ code }) => ({
    region: code,
    ...(persons.get(code) ?? {
      persons: { cc: 0, raKey: 0, raOrdinary: 0 },
      located: 0,
      locatable: 0,
    }),
    ...(board.openByRegion.get(code) ?? { open: none, unacknowledged: none }),
  }));
}

/** Runs again and again with a pause between, one at a time; a failure is logged and tried again. */
function every(ms: number, logger: Logger, run: () => void | Promise<void>): { stop(): void } {
  let stopped = false;
  let timer = ioClock.after(ms, next);
  function next() {
    Promise.resolve()
      .then(run)
      .catch((error: unknown) => logger.error('live.failed', { cause: String(error) }))
      .finally(() => {
        if (!stopped) timer = ioClock.after(ms, next);
      });
  }
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
