import { expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { createLanes, type LanesOptions } from './olap-lanes.ts';
import type { OlapConnection } from './olap.ts';

/** Connections that only count how many there are. */
function createConnections() {
  let opened = 0;
  let closed = 0;
  const connection = (): OlapConnection => ({
    query: () => Promise.resolve(new Uint8Array()),
    export: () => Promise.resolve(),
    run: () => Promise.resolve(),
    insert: () => Promise.resolve(),
    close: async () => {
      closed++;
    },
  });
  const connect = async () => {
    opened++;
    return connection();
  };
  return { connect, counts: () => ({ opened, closed }) };
}

const lanesOver = (connect: LanesOptions['connect'], change: Partial<LanesOptions> = {}) =>
  createLanes({
    connect,
    lanesMax: 2,
    waitingMax: 10,
    waitMsMax: 30,
    msMax: 30,
    graceMs: 10,
    heal: false,
    logger: silentLogger,
    ...change,
  });

const after = <Value>(ms: number, value: Value) =>
  new Promise<Value>((resolve) => setTimeout(() => resolve(value), ms));

test('connections are opened when needed and used again', async () => {
  const { connect, counts } = createConnections();
  const lanes = lanesOver(connect);
  for (let i = 0; i < 5; i++) expect(await lanes.use(() => after(1, i))).toBe(i);
  await Promise.all(Array.from({ length: 6 }, () => lanes.use(() => after(2, 0))));
  expect(counts().opened).toBe(2);
  await lanes.close();
  expect(counts()).toEqual({ opened: 2, closed: 2 });
});

test.each([
  [false, { opened: 2, closed: 2 }],
  [true, { opened: 1, closed: 1 }],
])('after a failure a connection is used again only if it heals (%s)', async (heal, expected) => {
  const { connect, counts } = createConnections();
  const lanes = lanesOver(connect, { heal });
  await expect(lanes.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await after(1, 0);
  expect(await lanes.use(() => Promise.resolve('yes'))).toBe('yes');
  await lanes.close();
  expect(counts()).toEqual(expected);
});

test('a statement the engine does not end is given up; its lane is free once it does end', async () => {
  const { connect } = createConnections();
  const lanes = lanesOver(connect, { lanesMax: 1 });
  let end = () => {};
  const hanging = lanes.use(() => new Promise<void>((resolve) => (end = resolve)));
  await expect(hanging).rejects.toMatchObject({ code: 'warehouse-unavailable', retry: 'backoff' });
  const behind = lanes.use(() => Promise.resolve('too early'));
  await expect(behind).rejects.toMatchObject({ code: 'warehouse-unavailable', retry: 'soon' });
  end();
  await after(1, 0);
  expect(await lanes.use(() => Promise.resolve('free'))).toBe('free');
  await lanes.close();
});

test('who waits is served in order of coming', async () => {
  const { connect } = createConnections();
  const lanes = lanesOver(connect, { lanesMax: 1, waitMsMax: 5_000, msMax: 5_000 });
  const served: number[] = [];
  await Promise.all(
    [1, 2, 3, 4].map((number) =>
      lanes.use(async () => {
        await after(2, 0);
        served.push(number);
      }),
    ),
  );
  expect(served).toEqual([1, 2, 3, 4]);
  await lanes.close();
});

test('closing refuses who waits and waits for what runs, even for a connection being opened', async () => {
  const { connect, counts } = createConnections();
  const lanes = lanesOver(() => after(10, 0).then(connect), {
    lanesMax: 1,
    waitMsMax: 5_000,
    msMax: 5_000,
  });
  const running = lanes.use(() => after(10, 'done'));
  const waiting = lanes.use(() => Promise.resolve('never'));
  const refused = expect(waiting).rejects.toMatchObject({ retry: 'never' });
  await lanes.close();
  expect(await running).toBe('done');
  await refused;
  expect(counts()).toEqual({ opened: 1, closed: 1 });
  await expect(lanes.use(() => Promise.resolve(1))).rejects.toMatchObject({ retry: 'never' });
});

test('a connection that cannot be opened fails its statement and frees the lane', async () => {
  const { connect } = createConnections();
  let broken = true;
  const lanes = lanesOver(() => (broken ? Promise.reject(new Error('away')) : connect()), {
    lanesMax: 1,
  });
  await expect(lanes.use(() => Promise.resolve(1))).rejects.toThrow('away');
  broken = false;
  expect(await lanes.use(() => Promise.resolve(1))).toBe(1);
  await lanes.close();
});
