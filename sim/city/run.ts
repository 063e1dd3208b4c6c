// ② The simulator as a connector: lets the city report into the platform, first its history at once, then
// live by the given clock, however fast that runs. It keeps no state but how far it has come; killed and
// started again it reports the last moments once more, and ingest recognises them.

import type { Connector, ConnectorDeps } from '../../connectors/publish.ts';
import { assert } from '../../core/errors.ts';
import { elapsedMs, sleep } from '../../core/time.ts';
import { createCity, type City } from './city.ts';
import type { BraceletSink } from './direct-fleet.ts';
import { createReporter, type PartnerFeed } from './reporter.ts';
import type { CityDeps, CityOptions } from './world.ts';

/** How far the city has come, kept over restarts in one line of text. */
export type CityCursor = {
  load(): Promise<string | undefined>;
  save(value: string): Promise<void>;
};

export type CityRunDeps = ConnectorDeps &
  CityDeps & {
    /** Without it every run begins anew. */
    readonly cursor?: CityCursor;
    /** Done before anything is reported: registers the terminals the city's people wear. */
    readonly prepare?: (city: City) => Promise<void>;
    /** Without it bracelets are published as their connector would. */
    readonly fleet?: (city: City) => BraceletSink;
    /** Without it bookings and lodging are published directly. */
    readonly feed?: PartnerFeed;
  };

export type CityRunOptions = Omit<CityOptions, 'startAtMs'> & {
  /** The clock's time between two hand-overs. */
  readonly tickMs?: number;
};

export type CityRun = Connector & {
  readonly city: City;
  status(): CityStatus;
};

export type CityStatus = {
  /** Everything up to here is handed over. */
  readonly reportedToMs: number;
  readonly admitted: number;
  readonly refused: number;
};

const TICK_MS = 1_000;
/** The longest stretch handed over at once; bounds memory when catching up. */
const STRETCH_MS_MAX = 10 * 60_000;
/** After a restart so much is reported once more, in case it was lost on the way. */
const OVERLAP_MS = 2 * 60_000;
/** Devices keep what they could not send for so long. */
const CATCH_UP_MS_MAX = 30 * 60_000;
const SAVE_EVERY_MS = 5_000;

/**
 * Starts reporting. Resolves once the legal frame is handed over, so that nothing that follows is
 * refused for want of an order. Rejects with OperatingError when the platform does not take it.
 */
export async function openCity(deps: CityRunDeps, options: CityRunOptions): Promise<CityRun> {
  const { clock, logger, publish } = deps;
  const saved = parseCursor(await deps.cursor?.load());
  const city = createCity(deps, { ...options, startAtMs: saved?.startAtMs ?? clock.now() });
  await deps.prepare?.(city);
  let savedAtMs = elapsedMs();
  let reportedToMs = city.historyFromMs;
  const save = async () => {
    savedAtMs = elapsedMs();
    await deps.cursor?.save(`${city.startAtMs} ${reportedToMs}`);
  };
  const stopping = new AbortController();
  const { signal } = stopping;
  const reporter = createReporter(city, {
    publish,
    logger,
    fleet: deps.fleet?.(city),
    feed: deps.feed,
    stopping: signal,
  });

  if (saved) {
    const againMs = saved.reportedToMs - OVERLAP_MS;
    reportedToMs = Math.max(reportedToMs, againMs, clock.now() - CATCH_UP_MS_MAX);
    // Whatever else is skipped after a long pause, the register is complete.
    await reporter.facts(city.registered(againMs, reportedToMs));
  } else {
    await reporter.facts(city.frame());
    // From here on it is this city: killed now, it must not begin anew with another story.
    await save();
  }
  logger.info('city-open', { persons: city.population.persons.length, resumed: !!saved });

  const live = async () => {
    while (!signal.aborted) {
      const untilMs = Math.min(clock.now(), reportedToMs + STRETCH_MS_MAX);
      if (untilMs > reportedToMs) {
        await reporter.stretch(reportedToMs, untilMs);
        reportedToMs = untilMs;
        if (elapsedMs() - savedAtMs >= SAVE_EVERY_MS) await save();
      }
      const isBehind = clock.now() - reportedToMs >= STRETCH_MS_MAX;
      if (!isBehind) await sleep(clock, options.tickMs ?? TICK_MS, signal);
    }
  };
  const living = live().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

  return {
    city,
    status: () => ({ reportedToMs, ...reporter.counts }),
    async stop() {
      stopping.abort();
      await living;
      await save();
    },
  };
}

function parseCursor(value: string | undefined) {
  if (value === undefined) return undefined;
  const [startAtMs, reportedToMs] = value.split(' ').map(Number);
  assert(
    Number.isSafeInteger(startAtMs) && Number.isSafeInteger(reportedToMs),
    'a city cursor is two instants',
  );
  return { startAtMs: startAtMs as number, reportedToMs: reportedToMs as number };
}
