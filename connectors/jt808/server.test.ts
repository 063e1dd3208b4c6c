import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { OperatingError, UserError } from '../../core/errors.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger, type Logger } from '../../core/logger.ts';
import { positionAt } from '../../core/position-batch.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import type { Delivery, Receipt } from '../publish.ts';
import { createFrameSplitter } from './frame-splitter.ts';
import { readFrame, writeFrame } from './frame.ts';
import { someLocation } from './message.fixture.ts';
import { decodeBody, encodeBody, MESSAGES, type Body } from './message.ts';
import { openJt808Server, type Jt808Options, type Jt808Server } from './server.ts';

const RECEIPT: Receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };
const NOW_MS = Date.UTC(2026, 10, 22, 4, 0, 0);
const TAMPER = 1 << 16;

const numberOf = (terminal: number) => `0138${String(terminal).padStart(8, '0')}`;

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Lets the event loop go round once. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Memory that is still there after the garbage collector has been. */
function retainedBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

type Scene = {
  server: Jt808Server;
  deliveries: Delivery[];
  refused: Map<string, number>;
  /** What publishing does; changed by tests. */
  publish: { act: (delivery: Delivery) => Promise<Receipt> };
};

async function openScene(
  options: Partial<Jt808Options> = {},
  logger = silentLogger,
): Promise<Scene> {
  const deliveries: Delivery[] = [];
  const refused = new Map<string, number>();
  const publish = { act: async (_delivery: Delivery) => RECEIPT };
  const server = await openJt808Server(
    {
      publish: async (delivery) => {
        const receipt = await publish.act(delivery);
        deliveries.push(delivery);
        return receipt;
      },
      refuse: (source, reason, count = 1) => {
        expect(source).toBe('bracelet/jt808');
        refused.set(reason, (refused.get(reason) ?? 0) + count);
      },
      clock: createManualClock(NOW_MS),
      ids: createCountingIds(),
      logger,
      terminals: {
        knows: (number) => number.startsWith('0138'),
        authCode: (number) => `code-${number}`,
        modelOf: () => 'bracelet',
      },
    },
    { port: 0, flushMs: 5, ...options },
  );
  cleanUps.push(() => server.stop());
  return { server, deliveries, refused, publish };
}

/** A bare client: sends what it is told and collects the answers. */
class Client {
  readonly answers: Body[] = [];
  readonly phone: string;
  readonly #socket: Socket;
  #serial = 0;
  #waiting: { count: number; resolve: () => void }[] = [];
  #closed = false;
  readonly closed: Promise<void>;

  private constructor(socket: Socket, phone: string) {
    this.#socket = socket;
    this.phone = phone;
    const splitter = createFrameSplitter({
      onDefect: () => expect.unreachable('the platform sends sound frames'),
      onFrame: (escaped) => {
        const frame = readFrame(escaped);
        if (frame.kind !== 'ok') return expect.unreachable(frame.reason);
        const body = decodeBody(frame.value, frame.value.body);
        if (body.kind === 'ok' && body.value.kind !== 'unsupported') this.answers.push(body.value);
        return this.#settle();
      },
    });
    socket.on('data', (chunk) => splitter.push(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#closed = true;
        this.#settle();
        resolve();
      });
    });
    cleanUps.push(() => socket.destroy());
  }

  static open(scene: Scene, phone = numberOf(1)): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: scene.server.port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(new Client(socket, phone)));
      socket.once('error', reject);
    });
  }

  static async openAuthenticated(scene: Scene, phone = numberOf(1)): Promise<Client> {
    const client = await Client.open(scene, phone);
    client.send({ kind: 'authenticate', authCode: `code-${phone}` });
    await client.answered(1);
    return client;
  }

  frameOf(body: Body): Uint8Array {
    const { messageId } = MESSAGES[body.kind];
    const header = { messageId, version: 2013, phone: this.phone, serial: this.#serial++ } as const;
    return writeFrame(header, encodeBody(body, 2013));
  }

  send(...bodies: Body[]): void {
    this.#socket.write(Buffer.concat(bodies.map((body) => this.frameOf(body))));
  }

  sendBytes(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Resolves once `count` answers have come in all; rejects when the connection closes first. */
  answered(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        count,
        resolve: () =>
          this.answers.length >= count ? resolve() : reject(new Error('closed before answering')),
      });
      this.#settle();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  results(): (number | string)[] {
    return this.answers.map((answer) =>
      answer.kind === 'platform-answer' ? answer.result : answer.kind,
    );
  }

  #settle(): void {
    const ready = this.#waiting.filter(({ count }) => this.#closed || this.answers.length >= count);
    this.#waiting = this.#waiting.filter((wait) => !ready.includes(wait));
    for (const { resolve } of ready) resolve();
  }
}

const locationAt = (second: number, alarms = 0): Body => ({
  kind: 'location',
  location: someLocation({ atMs: epochMs(NOW_MS + second * 1_000), alarms }),
});

const rowsOf = (deliveries: readonly Delivery[]) =>
  deliveries.flatMap(({ positions }) =>
    positions
      ? Array.from({ length: positions.length }, (_, row) => positionAt(positions, row))
      : [],
  );

describe('a terminal', () => {
  test('registers, authenticates, reports, beats, asks the time and logs out', async () => {
    const scene = await openScene();
    const client = await Client.open(scene);
    client.send({
      kind: 'register',
      edition: 2013,
      province: 51,
      city: 1722,
      maker: 'ACME',
      model: 'BR-1',
      terminalId: 'T000001',
      plateColour: 0,
      plate: '',
    });
    await client.answered(1);
    const [registered] = client.answers;
    const authCode = (registered?.kind === 'register-answer' && registered.authCode) || '';
    expect(authCode).toBe(`code-${numberOf(1)}`);
    client.send({ kind: 'authenticate', authCode });
    await client.answered(2);
    expect(scene.server.status()).toMatchObject({ connections: 1, authenticated: 1 });
    client.send(locationAt(0), locationAt(60, TAMPER));
    await client.answered(4);
    client.send({
      kind: 'location-batch',
      blindZone: true,
      items: [
        { kind: 'ok', value: someLocation({ atMs: epochMs(NOW_MS - 60_000) }) },
        { kind: 'ok', value: someLocation({ atMs: epochMs(NOW_MS - 30_000) }) },
      ],
    });
    await client.answered(5);
    client.send({ kind: 'heartbeat' }, { kind: 'time-sync' }, { kind: 'logout' });
    await client.answered(8);
    expect(client.results()).toEqual(['register-answer', 0, 0, 0, 0, 0, 'time-sync-answer', 0]);
    expect(client.answers[6]).toEqual({ kind: 'time-sync-answer', atMs: NOW_MS });
    const rows = rowsOf(scene.deliveries);
    expect(rows.map((row) => row.atMs - NOW_MS)).toEqual([0, 60_000, -60_000, -30_000]);
    expect(rows.map((row) => row.labels)).toEqual([[], [], ['blindZone'], ['blindZone']]);
    expect(rows.map((row) => row.sequence)).toEqual([2, 3, 4, 65_536 + 4]);
    expect(new Set(rows.map((row) => row.subject))).toEqual(new Set([`terminal:${numberOf(1)}`]));
    const facts = scene.deliveries.flatMap((delivery) => delivery.facts ?? []);
    expect(facts).toMatchObject([{ kind: 'device', event: 'tamper', atMs: NOW_MS + 60_000 }]);
  });

  test('is heard whatever the network makes of its bytes', async () => {
    const scene = await openScene();
    const client = await Client.open(scene);
    const stream = Buffer.concat([
      client.frameOf({ kind: 'authenticate', authCode: `code-${numberOf(1)}` }),
      Buffer.from('line noise'),
      client.frameOf(locationAt(1)),
      client.frameOf({ kind: 'heartbeat' }),
    ]);
    for (const byte of stream) await client.sendBytes(Uint8Array.of(byte));
    await client.answered(3);
    expect([...client.results()].sort()).toEqual([0, 0, 0]);
    expect(rowsOf(scene.deliveries)).toHaveLength(1);
    expect(scene.refused).toEqual(new Map([['frame-too-short', 1]]));
  });

  test('is refused its locations before it has authenticated', async () => {
    const scene = await openScene();
    const client = await Client.open(scene);
    client.send(locationAt(1));
    await client.answered(1);
    expect(client.results()).toEqual([1]);
    expect(scene.deliveries).toEqual([]);
    expect(scene.refused).toEqual(new Map([['not-authenticated', 1]]));
  });

  test('keeps its alarm over a reconnection: it is told once', async () => {
    const scene = await openScene();
    for (const second of [1, 2]) {
      const client = await Client.openAuthenticated(scene);
      client.send(locationAt(second, TAMPER));
      await client.answered(2);
    }
    expect(scene.deliveries.flatMap((delivery) => delivery.facts ?? [])).toHaveLength(1);
  });
});

describe('answers follow what became of the data', () => {
  test('no answer before publishing has resolved', async () => {
    const scene = await openScene();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const asked = new Promise<void>((resolve) => {
      scene.publish.act = async () => {
        resolve();
        await held;
        return RECEIPT;
      };
    });
    const client = await Client.openAuthenticated(scene);
    client.send(locationAt(1), { kind: 'heartbeat' });
    await asked;
    await client.answered(2);
    const [, beat] = client.answers;
    expect(beat).toMatchObject({ toMessageId: 0x0002 });
    expect(client.answers).toHaveLength(2);
    release();
    await client.answered(3);
    expect(client.answers[2]).toMatchObject({ toMessageId: 0x0200, result: 0 });
  });

  test('a publish that fails is answered with failure, and the same data succeeds later', async () => {
    const scene = await openScene();
    scene.publish.act = async () => {
      throw new OperatingError('log-unavailable', 'the log is away', { retry: 'backoff' });
    };
    const client = await Client.openAuthenticated(scene);
    client.send(locationAt(1, TAMPER));
    await client.answered(2);
    expect(client.results()).toEqual([0, 1]);
    scene.publish.act = async () => RECEIPT;
    client.send(locationAt(1, TAMPER));
    await client.answered(3);
    expect(client.results()).toEqual([0, 1, 0]);
    expect(rowsOf(scene.deliveries)).toHaveLength(1);
    expect(scene.deliveries[0]?.facts).toMatchObject([{ event: 'tamper' }]);
  });
});

describe('bounds', () => {
  test('100 MB of garbage are counted once, keep little memory, and the connection goes on', async () => {
    const scene = await openScene();
    const client = await Client.openAuthenticated(scene);
    const chunk = Buffer.alloc(1_000_000, 0x55);
    await client.sendBytes(Uint8Array.of(0x7e));
    const beforeBytes = retainedBytes();
    for (let sent = 0; sent < 100; sent++) await client.sendBytes(chunk);
    client.send({ kind: 'heartbeat' }, { kind: 'heartbeat' });
    await client.answered(3);
    expect(scene.refused.get('frame-too-long')).toBe(1);
    await expect.poll(() => retainedBytes() - beforeBytes).toBeLessThan(5_000_000);
  }, 60_000);

  test('connections beyond the limit are turned away and counted', async () => {
    const scene = await openScene({ connectionsMax: 2 });
    const kept = [await Client.openAuthenticated(scene), await Client.openAuthenticated(scene)];
    const extra = await Client.open(scene);
    await extra.closed;
    expect(scene.refused.get('too-many-connections')).toBe(1);
    kept[0]?.send({ kind: 'heartbeat' });
    await kept[0]?.answered(2);
  });

  test('a silent connection and a stranger are let go, a speaking terminal stays', async () => {
    const scene = await openScene({ idleMsMax: 1_200, strangerMsMax: 300 });
    const [stranger, silent, alive] = [
      await Client.open(scene),
      await Client.openAuthenticated(scene, numberOf(1)),
      await Client.openAuthenticated(scene, numberOf(2)),
    ];
    const beats = setInterval(() => alive.send({ kind: 'heartbeat' }), 100);
    cleanUps.push(() => clearInterval(beats));
    await stranger.closed;
    await expect.poll(() => scene.server.status().connections).toBe(2);
    await silent.closed;
    await expect
      .poll(() => scene.server.status())
      .toMatchObject({ connections: 1, authenticated: 1 });
  });

  test('while a publish hangs the server stops reading, and goes on when it is through', async () => {
    const scene = await openScene({ flushRowsMax: 64 });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    scene.publish.act = async () => {
      await held;
      return RECEIPT;
    };
    const client = await Client.openAuthenticated(scene);
    const total = 20_000;
    const stream = Array.from({ length: total }, (_, i) => client.frameOf(locationAt(i)));
    await client.sendBytes(Buffer.concat(stream));
    for (let turns = 0; turns < 200; turns++) await turn();
    expect(client.answers).toHaveLength(1);
    release();
    await client.answered(1 + total);
    expect(rowsOf(scene.deliveries)).toHaveLength(total);
    // One chunk may be read past the limit before the socket is paused.
    const chunkRows = Math.ceil(65_536 / (stream[0]?.length ?? 1));
    const largest = Math.max(...scene.deliveries.map((each) => each.positions?.length ?? 0));
    expect(largest).toBeLessThanOrEqual(64 * 4 + chunkRows);
  });

  test('a terminal that never reads its answers is let go', async () => {
    const scene = await openScene();
    const client = await Client.openAuthenticated(scene);
    client.pause();
    const beats = Buffer.concat(
      Array.from({ length: 20_000 }, () => client.frameOf({ kind: 'heartbeat' })),
    );
    for (let round = 0; round < 100 && !scene.refused.has('slow-reader'); round++) {
      await Promise.race([client.sendBytes(beats), client.closed]);
    }
    expect(scene.refused.get('slow-reader')).toBe(1);
  }, 60_000);

  test('a terminal that sends thousands in one breath gets all its answers in one', async () => {
    const scene = await openScene({ flushRowsMax: 20_000, flushMs: 50 });
    const client = await Client.openAuthenticated(scene);
    const total = 8_000;
    const burst = Array.from({ length: total }, (_, i) => client.frameOf(locationAt(i)));
    await client.sendBytes(Buffer.concat(burst));
    await client.answered(1 + total);
    expect(scene.refused).toEqual(new Map());
  });
});

describe('the server', () => {
  test('a port in use is said plainly', async () => {
    const scene = await openScene();
    await expect(openScene({ port: scene.server.port })).rejects.toThrow(UserError);
  });

  test('a model nobody described is reported once, and its terminals are read by the standard', async () => {
    const lines: string[] = [];
    const write = (event: string, fields?: object) => lines.push(JSON.stringify([event, fields]));
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    const scene = await openScene({ models: [] }, logger);
    const client = await Client.openAuthenticated(scene);
    client.send(locationAt(1, TAMPER));
    await client.answered(2);
    await Client.openAuthenticated(scene);
    expect(lines.filter((line) => line.includes('jt808-model-unknown'))).toHaveLength(1);
    expect(scene.deliveries[0]?.facts).toBeUndefined();
  });

  test('stopping publishes and answers what was taken, then closes', async () => {
    const scene = await openScene({ flushMs: 10_000 });
    const client = await Client.openAuthenticated(scene);
    client.send(locationAt(1), { kind: 'heartbeat' });
    await client.answered(2);
    await scene.server.stop();
    await client.closed;
    expect(rowsOf(scene.deliveries)).toHaveLength(1);
    expect(client.answers[2]).toMatchObject({ toMessageId: 0x0200, result: 0 });
  });

  test('logs carry no terminal number', async () => {
    const lines: string[] = [];
    const write = (event: string, fields?: object) => lines.push(JSON.stringify([event, fields]));
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    const scene = await openScene({}, logger);
    scene.publish.act = async () => {
      throw new OperatingError('log-unavailable', 'the log is away', { retry: 'backoff' });
    };
    const client = await Client.openAuthenticated(scene);
    client.send(locationAt(1));
    await client.answered(2);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.join('\n')).not.toContain(numberOf(1).slice(1));
  });

  test('2,000 terminals report 10 locations each and every one is answered', async () => {
    const scene = await openScene({ flushMs: 20 });
    const terminals = 2_000;
    const each = 10;
    const clients: Client[] = [];
    for (let first = 0; first < terminals; first += 200) {
      const group = Array.from({ length: 200 }, (_, i) =>
        Client.openAuthenticated(scene, numberOf(first + i)),
      );
      clients.push(...(await Promise.all(group)));
    }
    expect(scene.server.status()).toMatchObject({
      connections: terminals,
      authenticated: terminals,
    });
    for (let report = 0; report < each; report++) {
      for (const client of clients) client.send(locationAt(report));
    }
    await Promise.all(clients.map((client) => client.answered(1 + each)));
    expect(clients.every((client) => client.results().every((result) => result === 0))).toBe(true);
    const rows = rowsOf(scene.deliveries);
    expect(rows).toHaveLength(terminals * each);
    expect(new Set(rows.map((row) => row.subject)).size).toBe(terminals);
    expect(scene.refused).toEqual(new Map());
  }, 60_000);
});
