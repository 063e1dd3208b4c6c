import { describe, expect, test } from 'vitest';
import { ok } from '../../core/outcome.ts';
import { createManualClock } from '../../core/time.ts';
import { createAlarmBook } from './alarm-book.ts';
import { createConnection } from './connection.ts';
import { deviceModelSchema, STANDARD_MODEL, type DeviceModel } from './device-model.ts';
import {
  readFrame,
  writeFrame,
  writeFrames,
  type FrameHeader,
  type ProtocolVersion,
} from './frame.ts';
import type { GatheredMessage, Sender } from './gatherer.ts';
import { someLocation } from './message.fixture.ts';
import { decodeBody, encodeBody, MESSAGES, type Body } from './message.ts';
import { FAILED_AUTHENTICATIONS_MAX } from './session.ts';

const PHONE = '013800000001';

const modelOf = (change: Partial<DeviceModel>): DeviceModel => ({
  ...deviceModelSchema.parse({ id: 'special', name: { zh: '特', en: 'special' }, alarms: [] }),
  ...change,
});

/**
 * A connection with everything that comes out of it. The `faulty` numbers are of the given model, the
 * `sound` ones of none.
 */
function createScene(
  model: DeviceModel = modelOf({}),
  { faulty, sound }: { faulty: string[]; sound: string[] } = { faulty: [PHONE], sound: [] },
) {
  const reasons: string[] = [];
  const answers: string[] = [];
  const gathered: { sender: Sender; message: GatheredMessage }[] = [];
  let closed = false;
  let flagged = 0;
  const connection = createConnection(
    {
      clock: createManualClock(0),
      terminals: {
        knows: (number) => [...faulty, ...sound].includes(number),
        authCode: () => 'code',
      },
      modelOf: (number) => (faulty.includes(number) ? model : STANDARD_MODEL),
      alarms: createAlarmBook(),
      gatherer: {
        add: (sender, message) => gathered.push({ sender, message }),
        isFull: false,
        stop: async () => {},
      },
      source: 'bracelet/jt808',
      refuse: (reason) => reasons.push(reason),
      flag: () => {
        flagged++;
      },
    },
    {
      write: (bytes) => answers.push(wordsOf(bytes)),
      close: () => {
        closed = true;
      },
    },
  );
  return {
    connection,
    reasons,
    answers,
    gathered,
    isClosed: () => closed,
    flagged: () => flagged,
    send: (...frames: Uint8Array[]) => connection.receive(Buffer.concat(frames), 0),
  };
}

/** `serial message version to-serial result` of an answer. */
function wordsOf(bytes: Uint8Array): string {
  const frame = readFrame(bytes.subarray(1, -1));
  if (frame.kind !== 'ok') return frame.defects.join();
  const body = decodeBody(frame.value, frame.value.body);
  const value = body.kind === 'ok' ? body.value : undefined;
  const answer =
    value?.kind === 'platform-answer' ? `${value.toSerial}=${value.result}` : value?.kind;
  return `#${frame.value.serial} ${frame.value.version} ${answer}`;
}

const frameOf = (body: Body, change: Partial<FrameHeader> = {}): Uint8Array => {
  const header = { messageId: MESSAGES[body.kind].messageId, version: 2013 as ProtocolVersion };
  const full = { ...header, phone: PHONE, serial: 1, ...change };
  return writeFrame(full, encodeBody(body, full.version));
};

/** The frame with some unescaped bytes changed and its checksum mended. */
function mended(frame: Uint8Array, sets: Record<number, number>): Uint8Array {
  const out = frame.slice();
  for (const [at, value] of Object.entries(sets)) out[Number(at) + 1] = value;
  out[out.length - 2] = out.subarray(1, -2).reduce((sum, byte) => sum ^ byte, 0);
  return out;
}

const authenticate: Body = { kind: 'authenticate', authCode: 'code' };
const location: Body = { kind: 'location', location: someLocation() };

test('each answer has the next serial of the platform and the edition it was asked in', () => {
  const scene = createScene();
  scene.send(frameOf(authenticate), frameOf({ kind: 'heartbeat' }, { serial: 2, version: 2019 }));
  expect(scene.answers).toEqual(['#0 2013 1=0', '#1 2019 2=0']);
});

test('locations by the short way and the long way reach the gatherer alike', () => {
  const scene = createScene();
  scene.send(frameOf(authenticate), frameOf(location, { serial: 5 }));
  scene.send(frameOf(location, { serial: 6, version: 2019 }));
  const messages = scene.gathered.map(({ message }) => message);
  expect(messages.map((message) => message.header.serial)).toEqual([5, 6]);
  const { extra: _extra, ...place } = someLocation();
  for (const message of messages) expect(message.items).toMatchObject([ok(place)]);
  expect(scene.gathered[0]?.sender).toBe(scene.gathered[1]?.sender);
  expect(scene.gathered[0]?.sender.subject).toBe(`terminal:${PHONE}`);
});

describe('frames of a model with a fault of its own', () => {
  const lying = (body: Body) => {
    const sound = frameOf(body, { serial: 3 });
    return mended(sound, { 2: (sound[3] as number) | 0x40 });
  };

  test('a device that sets the version bit wrongly is known by its number, before and after it authenticates', () => {
    const scene = createScene(modelOf({ forcedVersion: 2013 }));
    scene.send(lying(authenticate), lying(location));
    expect(scene.reasons).toEqual([]);
    expect(scene.answers).toEqual(['#0 2013 3=0']);
    expect(scene.gathered).toHaveLength(1);
  });

  test('a terminal whose number looks like a faulty one in the wrong edition is still read rightly', () => {
    // 01 (the version byte) and the first ten digits are the number 010000000001 to a header of 2013.
    const scene = createScene(modelOf({ forcedVersion: 2013 }), {
      faulty: ['010000000001'],
      sound: [PHONE],
    });
    scene.send(frameOf(authenticate, { version: 2019 }));
    expect(scene.answers).toEqual(['#0 2019 1=0']);
  });

  test('without that model it is refused', () => {
    const scene = createScene();
    scene.send(lying(authenticate));
    expect(scene.reasons).toHaveLength(1);
    expect(scene.answers).toEqual([]);
  });

  test('a wrong length is taken from a model known for it, from no other', () => {
    const wrong = mended(frameOf(location), { 3: 50 });
    const tolerant = createScene(modelOf({ tolerates: ['length-mismatch'] }));
    tolerant.send(frameOf(authenticate), wrong);
    expect(tolerant.gathered).toHaveLength(1);
    expect(tolerant.flagged()).toBe(1);
    const strict = createScene();
    strict.send(frameOf(authenticate), wrong);
    expect(strict.gathered).toHaveLength(0);
    expect(strict.reasons).toEqual(['length-mismatch']);
  });
});

describe('split messages', () => {
  const items = Array.from({ length: 60 }, () => ok(someLocation()));
  const body: Body = { kind: 'location-batch', blindZone: true, items };
  const header = { messageId: 0x0704, version: 2013, phone: PHONE, serial: 10 } as const;
  const packets = writeFrames(header, encodeBody(body, 2013));

  test('are put together, and every packet is answered when the whole is durable', () => {
    const scene = createScene();
    scene.send(frameOf(authenticate), ...packets);
    expect(scene.gathered).toHaveLength(1);
    expect(scene.answers).toEqual(['#0 2013 1=0']);
    const [first] = scene.gathered;
    first?.sender.answer(first.message.header, 0);
    expect(scene.answers.slice(1)).toEqual(['#1 2013 10=0', '#2 2013 11=0']);
  });

  test('are not kept for a stranger', () => {
    const scene = createScene();
    scene.send(...packets);
    expect(scene.reasons).toEqual(['not-authenticated', 'not-authenticated']);
    expect(scene.answers).toEqual(['#0 2013 10=1', '#1 2013 11=1']);
  });
});

test('garbage between frames is counted and the connection goes on', () => {
  const scene = createScene();
  scene.send(
    Buffer.from('noise'),
    frameOf(authenticate),
    Buffer.from('more noise'),
    frameOf(location),
  );
  expect(scene.reasons).toEqual(['outside-frame', 'frame-too-short']);
  expect(scene.gathered).toHaveLength(1);
});

test('a connection that guesses codes is closed, and its further guesses are not looked at', () => {
  const scene = createScene();
  const guesses = Array.from({ length: 50 }, (_, i) => `guess ${i}`);
  scene.send(...guesses.map((authCode) => frameOf({ kind: 'authenticate', authCode })));
  expect(scene.isClosed()).toBe(true);
  expect(scene.answers).toHaveLength(FAILED_AUTHENTICATIONS_MAX);
  expect(scene.reasons).toHaveLength(FAILED_AUTHENTICATIONS_MAX);
});

test('after closing nothing is read and nothing answered', () => {
  const scene = createScene();
  scene.send(frameOf(authenticate), frameOf(location));
  scene.connection.close();
  scene.send(frameOf(location));
  const [first] = scene.gathered;
  first?.sender.answer(first.message.header, 0);
  expect(scene.gathered).toHaveLength(1);
  expect(scene.answers).toEqual(['#0 2013 1=0']);
});

test('bytes of every kind are survived', () => {
  const scene = createScene();
  scene.send(frameOf(authenticate));
  for (let seed = 1; seed < 200; seed++) {
    const noise = Uint8Array.from(
      { length: 500 },
      (_, i) => (seed * 7_919 * (i + 1) * (i + 3)) >> 3,
    );
    scene.send(noise);
  }
  scene.send(Uint8Array.of(0x7e), frameOf(location));
  expect(scene.gathered).toHaveLength(1);
});
