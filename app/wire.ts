// Puts the product together: opens what it stands on, starts the parts this process is to run, listens.
// What is started later is stopped earlier.

import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { UserError } from '../core/errors.ts';
import { text } from '../core/text.ts';
import { ioClock, type Clock } from '../core/time.ts';
import type { Config, Role } from './config.ts';
import { openFoundation, type Foundation } from './foundation.ts';
import { createHealth } from './health.ts';
import { registerPush, registerReceipts } from './http/intake-routes.ts';
import { registerOperations } from './http/operation-routes.ts';
import { createServer } from './http/server.ts';
import { mustBePrivate } from './http/exposed.ts';
import { followTls, readTls } from './http/tls.ts';
import { startAlertsRole, type AlertsRole } from './roles/alerts.ts';
import { startAuditRole } from './roles/audit.ts';
import { startHttpRole } from './roles/http.ts';
import { startIngestRole, type IngestRole } from './roles/ingest.ts';
import { startReadersRole } from './roles/readers.ts';
import { startRulesRole } from './roles/rules.ts';
import { startUpkeep } from './roles/upkeep.ts';
import { startWarehouseRole } from './roles/warehouse.ts';
import type { Olap } from '../warehouse/olap.ts';

export type Product = {
  readonly foundation: Foundation;
  /** Where the screens are. */
  readonly address: string;
  readonly ingest: IngestRole | undefined;
  readonly alerts: AlertsRole | undefined;
  readonly olap: Olap | undefined;
  /** Rejects when a part cannot go on; the process should end and be started again. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
};

export type WireOptions = {
  readonly clock: Clock;
  /** How many times as fast as real time the clock runs. */
  readonly speed?: number;
  /** Adds routes before the server listens; the demo's sign-in help. */
  readonly routes?: (app: FastifyInstance, foundation: Foundation) => void;
};

/** Starts the parts named in the configuration. Rejects with UserError when one cannot start. */
export async function startProduct(config: Config, options: WireOptions): Promise<Product> {
  const foundation = await openFoundation(config, options);
  const stops: (() => Promise<unknown>)[] = [foundation.close];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return await startParts(foundation, options, { stops, stop });
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

async function startParts(
  foundation: Foundation,
  options: WireOptions,
  { stops, stop }: { stops: (() => Promise<unknown>)[]; stop: () => Promise<void> },
): Promise<Product> {
  const { config, logger, clock, metrics, records } = foundation;
  const runs = (role: Role) => config.roles.includes(role);
  const health = createHealth();
  const failures: Promise<unknown>[] = [];
  let address = '';

  const warehouse =
    runs('writer') || runs('http')
      ? await startWarehouseRole(foundation, health, { writes: runs('writer') })
      : undefined;
  if (warehouse) stops.push(warehouse.stop);
  if (warehouse?.writer) failures.push(warehouse.writer.ended);

  const alerts = runs('alerts')
    ? await startAlertsRole(foundation, health, () => address)
    : undefined;
  if (alerts) stops.push(alerts.stop);
  if (alerts) failures.push(alerts.ended);

  if (runs('rules')) {
    const rules = await startRulesRole(foundation, health);
    stops.push(rules.stop);
  }

  const ingest = runs('ingest') ? await startIngestRole(foundation, health) : undefined;
  if (ingest) stops.push(ingest.stop);

  if (runs('writer')) {
    const upkeep = startUpkeep(foundation, { olap: warehouse?.olap, audit: foundation.audit });
    stops.push(upkeep.stop);
  }

  mustBePrivate(config.http);
  const { limits, trustProxy, tls: tlsConfig } = config.http;
  const tls = tlsConfig && readTls(tlsConfig, ioClock.now());
  const secure = config.http.secure || tls !== undefined;
  const app = await createServer({ logger, limits, trustProxy, tls, secure });
  if (tlsConfig) {
    const following = followTls({ clock: ioClock, logger }, tlsConfig, app.server as Server);
    stops.push(() => Promise.resolve(following.stop()));
  }
  registerOperations(app, { health, metrics, clock });
  if (ingest) await registerPush(app, { db: records.db, push: ingest.push });
  if (alerts) await registerReceipts(app, alerts.reporting);
  const auditing = runs('http') ? await startAuditRole(foundation) : undefined;
  if (auditing) stops.push(auditing.stop);
  if (auditing) stops.push(startReadersRole(foundation).stop);
  const http = auditing
    ? await startHttpRole(foundation, {
        app,
        health,
        olap: warehouse?.olap,
        auditing,
        wakeAlerts: () => alerts?.wake(),
        wakeDrills: () => alerts?.wakeDrills(),
        wakeBases: () => ingest?.wakeBases(),
      })
    : undefined;
  if (http) stops.push(http.stop);
  options.routes?.(app, foundation);
  stops.push(async () => {
    http?.closeConnections();
    await app.close();
  });
  address = await listen(app, config);
  logger.info('up', { address, roles: config.roles.join(',') });

  const failed = Promise.race(
    failures.map((part) => part.then(() => new Promise<never>(() => {}))),
  );
  return {
    foundation,
    address,
    ingest,
    alerts,
    olap: warehouse?.olap,
    failed: failures.length > 0 ? (failed as Promise<never>) : new Promise<never>(() => {}),
    stop,
  };
}

async function listen(app: FastifyInstance, { http }: Config): Promise<string> {
  try {
    await app.listen({ host: http.host, port: http.port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UserError(
      'port-in-use',
      text(`端口 ${http.port} 已被占用`, `port ${http.port} is in use`),
      {
        hint: text(
          `先停掉占用它的程序，或换一个端口：PLUMBLINE_PORT=9090 npm start`,
          'Stop what uses it, or choose another: PLUMBLINE_PORT=9090 npm start.',
        ),
      },
    );
  }
  const { port } = app.server.address() as AddressInfo;
  return `${http.tls === undefined ? 'http' : 'https'}://${http.host}:${port}`;
}
