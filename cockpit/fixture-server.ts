// The built cockpit with a fixed evening behind it, for screenshots, tests and work on screens without
// the real backend:  node cockpit/fixture-server.ts --port 24180 [--still] [--points 3000]

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { epochMs, systemClock, type Clock } from '../core/time.ts';
import { eveningPoints } from './fixtures/city.ts';
import { createFixedSilences } from './fixtures/silences.ts';
import { createFixedBacktests } from './fixtures/backtests.ts';
import { createFixedDesk } from './fixtures/desk.ts';
import { createLiveFeed } from './fixtures/live-feed.ts';
import { announce, playEvening, type Scene } from './fixtures/live-script.ts';
import { EVENING } from './fixtures/moment.ts';
import { createFixedRoster } from './fixtures/roster.ts';
import { answerApi } from './fixtures/routes.ts';
import type { Episode } from './fixtures/script.ts';
import { sendFile } from './fixtures/static-files.ts';
import { wallOf } from './fixtures/wall.ts';

export type FixtureOptions = {
  /** 0 takes any free port. */
  readonly port?: number;
  /** Folder of the built cockpit. */
  readonly dist?: string;
  /** Time stands and nobody moves. */
  readonly still?: boolean;
  readonly points?: number;
  readonly alertAfterS?: number;
  /** Public key of Web Push; without one it is off. */
  readonly pushKey?: string;
  /** The watchdog has found something that stands still. */
  readonly stalled?: boolean;
};

export type FixtureServer = {
  readonly url: string;
  readonly port: number;
  readonly connections: () => number;
  /** Cuts every live connection. */
  drop(): void;
  /** Live connections stay open but say nothing. */
  silence(on: boolean): void;
  /** The next `count` requests for the live stream are answered with 502. */
  failLive(count: number): void;
  /** Requests for data are answered with 503 until switched off. */
  failData(on: boolean): void;
  /** Alerts a screen said it showed, and what was said of pushes, in order. */
  readonly seen: readonly string[];
  readonly pushes: Scene['pushes'];
  /** A new alert comes in now. */
  openAlert(episode?: Partial<Episode>): void;
  close(): Promise<void>;
};

const DIST = fileURLToPath(new URL('dist', import.meta.url));

/** Serves the evening on 127.0.0.1 until `close`. */
export async function openFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const {
    port = 0,
    dist = DIST,
    still = false,
    points = 3_380,
    alertAfterS,
    stalled = false,
  } = options;
  const clock = eveningClock(systemClock, still);
  const desk = createFixedDesk(clock);
  const places = wallOf(desk.alerts(), EVENING).alerts.flatMap(({ place, level }) =>
    place ? [{ place, level }] : [],
  );
  const feed = createLiveFeed(clock, `fixture-${process.pid}-${systemClock.now()}`);
  const scene: Scene = {
    clock,
    desk,
    backtests: createFixedBacktests(),
    roster: createFixedRoster(clock),
    silences: createFixedSilences(),
    feed,
    points: eveningPoints(points, places),
    alertAfterS,
    seen: [],
    pushes: [],
    pushKey: options.pushKey ?? null,
  };
  const faults = { live: 0, data: false, stalled };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://fixture').pathname;
    const answered = path.startsWith('/api/')
      ? answerApi({ scene, faults }, request, response)
      : sendFile(dist, path, response);
    answered.catch((cause: unknown) => response.writeHead(500).end(String(cause)));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = still ? keepPinging(scene, systemClock) : playEvening(scene, systemClock);
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    connections: () => feed.connections,
    seen: scene.seen,
    pushes: scene.pushes,
    drop: () => feed.drop(),
    silence: (on) => feed.silence(on),
    failLive: (count) => void (faults.live = count),
    failData: (on) => void (faults.data = on),
    openAlert: (episode = {}) => announce(scene, desk.open(episode)),
    async close() {
      stop();
      feed.drop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await scene.roster.close();
    },
  };
}

/** Starts at the fixed evening and runs on, or stands. */
function eveningClock(base: Clock, still: boolean): Clock {
  const startedAtMs = base.now();
  return {
    now: () => epochMs(EVENING + (still ? 0 : base.now() - startedAtMs)),
    after: base.after,
  };
}

function keepPinging({ feed }: Scene, timers: Clock): () => void {
  const ping = () => {
    feed.ping();
    timer = timers.after(1_000, ping);
  };
  let timer = timers.after(1_000, ping);
  return () => timer.cancel();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '24180' },
      still: { type: 'boolean', default: false },
      points: { type: 'string', default: '3380' },
      'alert-after': { type: 'string', default: '20' },
    },
  });
  const server = await openFixtureServer({
    port: Number(values.port),
    still: values.still,
    points: Number(values.points),
    alertAfterS: Number(values['alert-after']),
  });
  process.stdout.write(`fixed evening on ${server.url} (sign in as city, password demo)\n`);
}
