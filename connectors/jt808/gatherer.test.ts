import { expect, test } from 'vitest';
import { OperatingError } from '../../core/errors.ts';
import { silentLogger } from '../../core/logger.ts';
import { drop, ok } from '../../core/outcome.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import type { Delivery, Receipt } from '../publish.ts';
import { NO_LEVELS } from './alarm-levels.ts';
import type { Location } from './body-location.ts';
import { BRACELET_MODEL } from './device-model.ts';
import { createGatherer, type Sender } from './gatherer.ts';
import { someLocation } from './message.fixture.ts';

const RECEIPT: Receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };
const TAMPER = 1 << 16;

const away = () => new OperatingError('log-unavailable', 'the log is away', { retry: 'backoff' });

/** A gatherer whose publishes are settled by hand. */
function createScene({ flushRowsMax = 4, waitingRowsMax = 6 } = {}) {
  const clock = createManualClock(0);
  const deliveries: Delivery[] = [];
  const open: { resolve: (receipt: Receipt) => void; reject: (error: Error) => void }[] = [];
  const answers: string[] = [];
  let rooms = 0;
  const gatherer = createGatherer(
    {
      publish: (delivery) =>
        new Promise((resolve, reject) => {
          deliveries.push(delivery);
          open.push({ resolve, reject });
        }),
      logger: silentLogger,
      ioClock: clock,
      onRoom: () => rooms++,
    },
    { flushMs: 50, flushRowsMax, waitingRowsMax },
  );
  const sender = (subject: string): Sender => ({
    subject,
    source: 'bracelet/jt808',
    model: BRACELET_MODEL,
    alarms: { levels: NO_LEVELS },
    answer: (header, result) => answers.push(`${subject} ${header.serial} ${result}`),
  });
  const add = (from: Sender, serial: number, ...locations: Location[]) =>
    gatherer.add(from, {
      header: { messageId: 0x0200, version: 2013, phone: '013800000001', serial },
      blindZone: false,
      items: locations.map((location) => ok(location)),
    });
  const settle = async (error?: Error) => {
    const call = open.shift();
    if (error) call?.reject(error);
    else call?.resolve(RECEIPT);
    await turn();
  };
  return {
    gatherer,
    clock,
    deliveries,
    answers,
    sender,
    add,
    settle,
    rooms: () => rooms,
    rows: () => deliveries.map((delivery) => delivery.positions?.length),
    facts: () =>
      deliveries.map((delivery) =>
        (delivery.facts ?? []).map((fact) => (fact.kind === 'device' ? fact.event : fact.kind)),
      ),
  };
}

/** Lets everything that is ready to run, run. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const at = (second: number, change: Partial<Location> = {}) =>
  someLocation({ atMs: epochMs(1_000 * second), ...change });

test('the first row waits for company no longer than flushMs, and is answered when it is durable', async () => {
  const scene = createScene();
  scene.add(scene.sender('a'), 1, at(1));
  scene.clock.advance(49);
  expect(scene.rows()).toEqual([]);
  scene.clock.advance(1);
  expect(scene.rows()).toEqual([1]);
  expect(scene.answers).toEqual([]);
  await scene.settle();
  expect(scene.answers).toEqual(['a 1 0']);
});

test('a full batch leaves at once, with the rows of all senders in order', async () => {
  const scene = createScene();
  const [a, b] = [scene.sender('a'), scene.sender('b')];
  scene.add(a, 1, at(1));
  scene.add(b, 1, at(2), at(3));
  scene.add(a, 2, at(4));
  expect(scene.rows()).toEqual([4]);
  const positions = scene.deliveries[0]?.positions;
  expect([...(positions?.atMs ?? [])]).toEqual([1_000, 2_000, 3_000, 4_000]);
  await scene.settle();
  expect(scene.answers).toEqual(['a 1 0', 'b 1 0', 'a 2 0']);
});

test('one publish is under way at a time; what comes meanwhile waits, then leaves together', async () => {
  const scene = createScene();
  const a = scene.sender('a');
  scene.add(a, 1, at(1));
  scene.clock.advance(50);
  scene.add(a, 2, at(2));
  scene.add(a, 3, at(3));
  scene.clock.advance(50);
  expect(scene.rows()).toEqual([1]);
  await scene.settle();
  expect(scene.rows()).toEqual([1, 2]);
  expect(scene.answers).toEqual(['a 1 0']);
  await scene.settle();
  expect(scene.answers).toEqual(['a 1 0', 'a 2 0', 'a 3 0']);
});

test('rows that came during a publish wait their own flushMs, so that batches stay large', async () => {
  const scene = createScene();
  const a = scene.sender('a');
  scene.add(a, 1, at(1));
  scene.clock.advance(50);
  scene.add(a, 2, at(2));
  await scene.settle();
  expect(scene.rows()).toEqual([1]);
  scene.clock.advance(50);
  expect(scene.rows()).toEqual([1, 1]);
});

test('what the log did not take is answered with failure, and nothing else is', async () => {
  const scene = createScene();
  const [a, b] = [scene.sender('a'), scene.sender('b')];
  scene.add(a, 1, at(1));
  scene.clock.advance(50);
  scene.add(b, 1, at(2));
  await scene.settle(away());
  expect(scene.answers).toEqual(['a 1 1']);
  scene.clock.advance(50);
  await scene.settle();
  expect(scene.answers).toEqual(['a 1 1', 'b 1 0']);
});

test('a device event is told once, however long its bit stays', async () => {
  const scene = createScene({ flushRowsMax: 1 });
  const a = scene.sender('a');
  for (const [second, alarms] of [
    [1, 0],
    [2, TAMPER],
    [3, TAMPER],
    [4, 0],
  ] as const) {
    scene.add(a, second, at(second, { alarms }));
    await scene.settle();
  }
  expect(scene.facts()).toEqual([[], ['tamper'], [], ['tamper-cleared']]);
});

test('an event the log did not take is told again when the location comes again', async () => {
  const scene = createScene({ flushRowsMax: 1 });
  const a = scene.sender('a');
  const location = at(2, { alarms: TAMPER });
  scene.add(a, 1, location);
  await scene.settle(away());
  scene.add(a, 2, location);
  await scene.settle();
  expect(scene.facts()).toEqual([['tamper'], ['tamper']]);
  expect(scene.deliveries[1]?.facts).toEqual(scene.deliveries[0]?.facts);
  expect(scene.answers).toEqual(['a 1 1', 'a 2 0']);
});

test('unreadable items are no rows; the index of the others counts them', async () => {
  const scene = createScene();
  scene.gatherer.add(scene.sender('a'), {
    header: { messageId: 0x0704, version: 2013, phone: '013800000001', serial: 5 },
    blindZone: true,
    items: [drop('bad-time'), ok(at(1))],
  });
  scene.clock.advance(50);
  expect([...(scene.deliveries[0]?.positions?.sequence ?? [])]).toEqual([65_536 + 5]);
});

test('it is full while too many rows wait, and says when there is room again', async () => {
  const scene = createScene();
  const a = scene.sender('a');
  for (let serial = 1; serial <= 4; serial++) scene.add(a, serial, at(serial));
  for (let serial = 5; serial <= 9; serial++) scene.add(a, serial, at(serial));
  expect(scene.gatherer.isFull).toBe(false);
  scene.add(a, 10, at(10));
  expect(scene.gatherer.isFull).toBe(true);
  expect(scene.rooms()).toBe(0);
  await scene.settle();
  expect(scene.gatherer.isFull).toBe(false);
  expect(scene.rooms()).toBe(1);
  expect(scene.rows()).toEqual([4, 6]);
});

test('stopping publishes and answers everything first', async () => {
  const scene = createScene();
  const a = scene.sender('a');
  scene.add(a, 1, at(1));
  let stopped = false;
  const stopping = scene.gatherer.stop().then(() => (stopped = true));
  scene.add(a, 2, at(2));
  await scene.settle();
  expect(stopped).toBe(false);
  await scene.settle();
  await stopping;
  expect(scene.answers).toEqual(['a 1 0', 'a 2 0']);
});

test('an error that is a bug is not answered as if the log were away', async () => {
  const scene = createScene();
  scene.add(scene.sender('a'), 1, at(1));
  const stopping = scene.gatherer.stop();
  const failing = expect(stopping).rejects.toThrow('a bug');
  await scene.settle(new Error('a bug'));
  await failing;
  expect(scene.answers).toEqual([]);
});
