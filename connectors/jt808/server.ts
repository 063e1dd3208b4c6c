// ② The TCP server terminals report to: listens, bounds connections and their silence, stops gracefully.
// What is said on a connection is connection.ts, what becomes of the locations gatherer.ts.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { OperatingError, UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { elapsedMs, ioClock, sleep, type Timer } from '../../core/time.ts';
import type { Connector, ConnectorDeps } from '../publish.ts';
import { createAlarmBook } from './alarm-book.ts';
import type { ConnectionDeps } from './connection.ts';
import { DEVICE_MODELS, STANDARD_MODEL, type DeviceModel } from './device-model.ts';
import { createGatherer } from './gatherer.ts';
import { openLink, type Link } from './link.ts';
import type { Reason } from './reasons.ts';
import type { Terminals } from './session.ts';
import { JT808_SOURCE } from './to-arrivals.ts';

export type Jt808Deps = ConnectorDeps & { readonly terminals: Terminals };

export type Jt808Options = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  readonly source?: string;
  readonly models?: readonly DeviceModel[];
  /** How long the first location of a batch waits for others. */
  readonly flushMs?: number;
  readonly flushRowsMax?: number;
  readonly connectionsMax?: number;
  /** A connection that says nothing for this long is closed; several heartbeats long. */
  readonly idleMsMax?: number;
  /** How long a connection may stay without authenticating. */
  readonly strangerMsMax?: number;
};

export const JT808_DEFAULTS = {
  host: '127.0.0.1',
  source: JT808_SOURCE,
  models: DEVICE_MODELS,
  flushMs: 50,
  flushRowsMax: 4_096,
  connectionsMax: 20_000,
  idleMsMax: 10 * 60_000,
  strangerMsMax: 60_000,
} as const satisfies Omit<Required<Jt808Options>, 'port'>;

/** Rows that may wait while a batch is published, in batches; beyond them sockets are not read. */
const WAITING_BATCHES_MAX = 4;
/** How long closing waits for terminals to take their last answers. */
const GOODBYE_MS_MAX = 1_000;

export type Jt808Server = Connector & {
  readonly port: number;
  /** For the status strip. */
  status(): {
    readonly connections: number;
    /** Connections whose terminal has authenticated. */
    readonly authenticated: number;
    /** Frames taken so far in spite of a defect their model is known for. */
    readonly flaggedFrames: number;
  };
};

/**
 * Listens for terminals. Every location is answered with success only after `publish` resolved, and
 * with failure when it rejected with OperatingError. Throws UserError `port-in-use`.
 */
export async function openJt808Server(
  deps: Jt808Deps,
  options: Jt808Options,
): Promise<Jt808Server> {
  const settings = { ...JT808_DEFAULTS, ...options };
  const links = new Map<Socket, Link>();
  let isStopping = false;
  let flaggedFrames = 0;
  const gatherer = createGatherer(
    {
      publish: deps.publish,
      logger: deps.logger,
      ioClock,
      onRoom: () => {
        if (!isStopping) for (const link of links.values()) link.resume();
      },
    },
    {
      flushMs: settings.flushMs,
      flushRowsMax: settings.flushRowsMax,
      waitingRowsMax: settings.flushRowsMax * WAITING_BATCHES_MAX,
    },
  );
  const shared: ConnectionDeps = {
    clock: deps.clock,
    terminals: deps.terminals,
    modelOf: createModelLookup(deps, settings.models),
    alarms: createAlarmBook(),
    gatherer,
    source: settings.source,
    refuse: (reason: Reason) => deps.refuse(settings.source, reason),
    flag: () => {
      flaggedFrames++;
    },
  };

  const server = createServer({ noDelay: true }, (socket) => {
    links.set(socket, openLink(shared, socket));
    socket.once('close', () => links.delete(socket));
  });
  server.maxConnections = settings.connectionsMax;
  server.on('drop', () => shared.refuse('too-many-connections'));
  await listen(server, settings);
  server.on('error', (error) => deps.logger.warn('jt808-accept-failed', { code: codeOf(error) }));
  const { port } = server.address() as AddressInfo;
  deps.logger.info('jt808-listening', { port });
  const sweeping = startSweeping(links, settings);

  return {
    port,
    status: () => ({
      connections: links.size,
      authenticated: [...links.values()].filter((link) => link.isAuthenticated).length,
      flaggedFrames,
    }),
    async stop() {
      isStopping = true;
      sweeping.cancel();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of links.keys()) socket.pause();
      await gatherer.stop();
      for (const link of links.values()) link.end();
      const patience = new AbortController();
      await Promise.race([closed, sleep(ioClock, GOODBYE_MS_MAX, patience.signal)]);
      patience.abort();
      for (const socket of links.keys()) socket.destroy();
      await closed;
    },
  };
}

/** A terminal of no model, or of one nobody described, is read by the letter of the standard. */
function createModelLookup(
  { terminals, logger }: Pick<Jt808Deps, 'terminals' | 'logger'>,
  models: readonly DeviceModel[],
): (number: string) => DeviceModel {
  const byId = new Map(models.map((model) => [model.id, model]));
  const complained = new Set<string>();
  return (number) => {
    const id = terminals.modelOf?.(number);
    if (id === undefined) return STANDARD_MODEL;
    const model = byId.get(id);
    if (!model && !complained.has(id)) {
      complained.add(id);
      logger.warn('jt808-model-unknown', { model: id });
    }
    return model ?? STANDARD_MODEL;
  };
}

function listen(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new UserError(
              'port-in-use',
              text(`端口 ${port} 已被占用`, `port ${port} is taken by another program`),
            )
          : new OperatingError('source-unavailable', 'the terminal server could not listen', {
              retry: 'never',
              cause: error,
            }),
      );
    };
    server.once('error', onError);
    server.listen({ port, host }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

const codeOf = (error: NodeJS.ErrnoException): string => error.code ?? error.name;

/** Lets go of connections that have gone silent and of strangers that do not introduce themselves. */
function startSweeping(
  links: ReadonlyMap<Socket, Link>,
  { idleMsMax, strangerMsMax }: { idleMsMax: number; strangerMsMax: number },
): Timer {
  const everyMs = Math.max(10, Math.min(idleMsMax, strangerMsMax) / 4);
  const sweep = () => {
    const nowMs = elapsedMs();
    for (const link of links.values()) {
      const isStranger = !link.isAuthenticated && nowMs - link.openedMs > strangerMsMax;
      if (isStranger || nowMs - link.heardMs > idleMsMax) link.destroy();
      else link.expire(nowMs);
    }
    timer = ioClock.after(everyMs, sweep);
  };
  let timer = ioClock.after(everyMs, sweep);
  return { cancel: () => timer.cancel() };
}
