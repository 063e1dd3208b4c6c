// A bounded pool of connections to the warehouse. A statement that takes too long is given up without
// waiting for it, and its connection is not used again: on chDB it would make the next one wait, and a
// failed one leaves rows behind that would appear in the next answer.

import { OperatingError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { ioClock } from '../core/time.ts';
import type { OlapConnection } from './olap.ts';

export type Lanes = {
  /** Runs on a free connection. Rejects with OperatingError when none gets free or the engine is late. */
  use<Result>(run: (connection: OlapConnection) => Promise<Result>): Promise<Result>;
  /** Refuses what waits and what comes, and lets what is running end. */
  close(): Promise<void>;
};

export type LanesOptions = {
  readonly connect: () => Promise<OlapConnection>;
  readonly lanesMax: number;
  readonly waitingMax: number;
  /** How long a statement waits for its turn. */
  readonly waitMsMax: number;
  /** How long the engine lets a statement run. */
  readonly msMax: number;
  /** How much longer we wait for the engine's own word that it stopped. */
  readonly graceMs: number;
  /** Whether a connection may be used again after a failure. */
  readonly heal: boolean;
  readonly logger: Logger;
};

export function createLanes(options: LanesOptions): Lanes {
  const { lanesMax, waitingMax, waitMsMax, msMax, graceMs, heal, logger } = options;
  const idle: OlapConnection[] = [];
  const waiting = new Set<{ enter: () => void; refuse: (error: Error) => void }>();
  let busy = 0;
  let closed = false;
  let onEmpty = () => {};

  const enter = (): Promise<void> => {
    if (closed) return Promise.reject(closedError());
    if (busy < lanesMax) {
      busy++;
      return Promise.resolve();
    }
    if (waiting.size >= waitingMax) return Promise.reject(busyError());
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => {
        timer.cancel();
        waiting.delete(entry);
        reject(error);
      };
      const entry = {
        enter: () => {
          timer.cancel();
          waiting.delete(entry);
          resolve();
        },
        refuse,
      };
      const timer = ioClock.after(waitMsMax, () => refuse(busyError()));
      waiting.add(entry);
    });
  };

  /** Hands the lane to the next in line. */
  const leave = () => {
    const [next] = waiting;
    if (next) next.enter();
    else if (--busy === 0) onEmpty();
  };

  const takeBack = async (connection: OlapConnection, failed: boolean) => {
    if (!failed || heal) {
      idle.push(connection);
      return;
    }
    await connection.close().catch((error: Error) => {
      logger.warn('warehouse.connection-not-closed', { error: error.name });
    });
  };

  /** Gives the lane back when the engine is really done, so that no more than `lanesMax` run in it. */
  const settle = async (running: Promise<unknown>, connection: OlapConnection) => {
    const failed = await running.then(
      () => false,
      () => true,
    );
    await takeBack(connection, failed);
    leave();
  };

  return {
    async use(run) {
      await enter();
      let connection: OlapConnection;
      try {
        connection = idle.pop() ?? (await options.connect());
      } catch (error) {
        leave();
        throw error;
      }
      const running = run(connection);
      void settle(running, connection);
      return within(running, msMax + graceMs, () => {
        logger.warn('warehouse.statement-given-up', { afterMs: msMax + graceMs });
        return lateError();
      });
    },
    async close() {
      closed = true;
      for (const { refuse } of waiting) refuse(closedError());
      if (busy > 0) {
        await new Promise<void>((resolve) => {
          onEmpty = resolve;
        });
      }
      await Promise.all(idle.splice(0).map((connection) => connection.close()));
    },
  };
}

/** The outcome of `running`, or the error of `late` when it takes longer than `ms`. */
function within<Result>(running: Promise<Result>, ms: number, late: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = ioClock.after(ms, () => reject(late()));
    running.then(resolve, reject).finally(() => timer.cancel());
  });
}

const closedError = () =>
  new OperatingError('warehouse-unavailable', 'the warehouse is closed', { retry: 'never' });

const busyError = () =>
  new OperatingError('warehouse-unavailable', 'too many statements wait for the warehouse', {
    retry: 'soon',
  });

const lateError = () =>
  new OperatingError('warehouse-unavailable', 'the warehouse did not answer in time', {
    retry: 'backoff',
  });
