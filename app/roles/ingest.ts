// The ingest part: the gate and its order book, the connectors that listen and poll, the register.

import { createPushIntake, type PushIntake } from '../../connectors/http-push/intake.ts';
import { openJt808Server, type Jt808Server } from '../../connectors/jt808/server.ts';
import type { ConnectorDeps } from '../../connectors/publish.ts';
import { createBookings } from '../../connectors/pull/bookings.ts';
import { createLodging } from '../../connectors/pull/lodging.ts';
import { openPull, type Pull } from '../../connectors/pull/pull.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import { INGEST_DEFAULTS, startIngest } from '../../ingest/run.ts';
import { loadAliasDirectory, type AliasDirectory } from '../../warehouse/alias-store.ts';
import { loadCursor, saveCursor } from '../../warehouse/cursors.ts';
import { loadOrderFacts } from '../../warehouse/order-store.ts';
import type { Config } from '../config.ts';
import type { Foundation } from '../foundation.ts';
import { startBasisPublisher } from '../basis/publish-bases.ts';
import { lagReport, type Health } from '../health.ts';
import { startPackageOrders } from './package-orders.ts';
import { startRegistry } from './registry.ts';

export type IngestRole = {
  /** What connectors are given; the demo's city publishes through it too. */
  readonly connectorDeps: ConnectorDeps;
  readonly directory: AliasDirectory;
  readonly push: PushIntake;
  readonly jt808: Jt808Server | undefined;
  /** Models of terminals by number, where they are not the standard one. */
  readonly terminalModels: Map<string, string>;
  /** A basis was confirmed in this process. */
  wakeBases(): void;
  stop(): Promise<void>;
};

export async function startIngestRole(foundation: Foundation, health: Health): Promise<IngestRole> {
  const { config, clock, log, records, logger, metrics, secrets, ids } = foundation;
  const registry = await startRegistry(foundation);
  const directory = await loadAliasDirectory(records.db, secrets.key('alias'));
  const orders = createOrderBook(await loadOrderFacts(records.db));
  const pipeline = createPipeline(
    { directory, orders, locator: foundation.locate },
    { partitions: log.partitions },
  );
  const ingest = await startIngest(
    {
      log,
      pipeline,
      clock,
      logger,
      onAppended: metrics.ingested,
      ordersKnownTo: (partition) => registry.knownTo[partition] ?? 0,
    },
    { ...INGEST_DEFAULTS, latenessMs: config.ingest.lateness },
  );
  const { publish, refuse } = ingest;
  const connectorDeps: ConnectorDeps = { publish, refuse, clock, ids, logger };
  const push = createPushIntake(connectorDeps);
  const bases = startBasisPublisher({ records, publish, clock, ids, logger });
  const terminalModels = new Map<string, string>();
  const terminals = {
    knows: (number: string) => directory.resolve(`terminal:${number}`) !== undefined,
    authCode: (number: string) => secrets.code('terminal', number),
    modelOf: (number: string) => terminalModels.get(number),
  };
  const jt808 =
    config.connectors.jt808 &&
    (await openJt808Server({ ...connectorDeps, terminals }, config.connectors.jt808));
  const pulls = config.connectors.pull.map((source) =>
    startPull(foundation, connectorDeps, source),
  );

  const packages = startPackageOrders(connectorDeps, records);

  health.add('ingest', () => {
    const { waiting, lastAppendAtMs } = ingest.status();
    return waiting > 0 ? lagReport(clock.now() - lastAppendAtMs) : { state: 'ok', behindMs: 0 };
  });
  return {
    connectorDeps,
    directory,
    push,
    jt808,
    terminalModels,
    wakeBases: bases.wake,
    async stop() {
      await bases.stop();
      await Promise.all([
        jt808?.stop(),
        push.stop(),
        packages.stop(),
        ...pulls.map((pull) => pull.stop()),
      ]);
      await ingest.stop();
      await registry.stop();
    },
  };
}

/** Starts polling one source; also used by the demo, whose sources only then have an address. */
export function startPull(
  { records, clock, random }: Foundation,
  deps: ConnectorDeps,
  source: Config['connectors']['pull'][number],
): Pull {
  const options = { feed: source.name, persons: 'keys' as const };
  const feed = source.of === 'bookings' ? createBookings(options) : createLodging(options);
  const cursors = {
    get: (name: string) => loadCursor(records.db, name),
    set: (name: string, value: string) => saveCursor({ clock }, records.db, { name, value }),
  };
  const { url, token, every } = source;
  return openPull({ ...deps, cursors, random }, feed, { url, token, pollMs: every });
}
