// Everything the outside world can get wrong, thrown at the running program: each is counted under its
// reason or answered with a message, and nothing else happens.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readFrame, writeFrame } from '../connectors/jt808/frame.ts';
import { encodeBody, type TerminalBody } from '../connectors/jt808/message.ts';
import { systemClock } from '../core/time.ts';
import { demoPersons, PARTNER_TOKEN, postLines, POSITION_SOURCE } from './partner.fixture.ts';
import { counterOf, createSite, type Running, type Site } from './product.fixture.ts';

const PERSONS = 2_000;
const MEGABYTE = 1024 * 1024;
/** Room for what a garbage collector leaves lying about; a line that was kept whole would not fit. */
const GROWTH_BYTES_MAX = 150 * MEGABYTE;

let site: Site;
let program: Running;

beforeAll(async () => {
  site = await createSite();
  program = await site.start('up', '--demo', '--persons', String(PERSONS));
  await program.ready();
}, 120_000);

afterAll(() => site?.remove());

afterEach(async () => {
  const { status, parts } = await program.health();
  expect(parts.filter(({ state }) => state === 'down')).toEqual([]);
  expect(status).not.toBe('down');
  expect(program.isRunning()).toBe(true);
});

const refusedFor = async (reason: string) =>
  counterOf(await program.metrics(), 'plumbline_observations_refused_total', `reason="${reason}"`);

/** Does something wrong and waits until it is counted, once and under its reason. */
async function expectCounted(reason: string, act: () => Promise<unknown>): Promise<void> {
  const before = await refusedFor(reason);
  await act();
  await expect.poll(() => refusedFor(reason), { timeout: 10_000 }).toBe(before + 1);
}

const carrier = demoPersons({ seed: 'dazhou', size: PERSONS }).carriers[0];

const positionLine = (change: object) => {
  const [lng = 0, lat = 0] = carrier?.days?.home ?? [];
  const atMs = systemClock.now();
  const line = { kind: 'position', subject: carrier?.key, source: POSITION_SOURCE, atMs, lng, lat };
  return `${JSON.stringify({ ...line, ...change })}\n`;
};

describe('a partner pushes', () => {
  test('something sound, which is taken', async () => {
    const { status, body } = await postLines(site.url, positionLine({}));
    expect({ status, body }).toMatchObject({ status: 200, body: { valid: 1, admitted: 1 } });
  });

  test.each<[reason: string, line: () => string, where: 'reading' | 'judging']>([
    ['not-json', () => '{"kind":"position","subject":"dz-1",\n', 'reading'],
    ['not-utf-8', () => '', 'reading'],
    ['coordinates-swapped', () => positionLine({ lng: 31.2, lat: 107.5 }), 'reading'],
    ['off-earth', () => positionLine({ lng: 200 }), 'reading'],
    ['seconds-not-milliseconds', () => positionLine({ atMs: 1_763_769_600 }), 'reading'],
    ['unknown-kind', () => positionLine({ kind: 'rumour' }), 'reading'],
    ['time-in-future', () => positionLine({ atMs: systemClock.now() + 3_600_000 }), 'judging'],
    ['unknown-subject', () => positionLine({ subject: 'nobody-we-know' }), 'judging'],
  ])('%s', async (reason, line, where) => {
    await expectCounted(reason, async () => {
      const bad =
        reason === 'not-utf-8' ? Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]) : Buffer.from(line());
      // Something sound before and after it is taken all the same.
      const good = [positionLine({ sequence: 1 }), positionLine({ lat: 31.5, sequence: 2 })];
      const body = Buffer.concat([Buffer.from(good[0] ?? ''), bad, Buffer.from(good[1] ?? '')]);
      const answer = await postLines(site.url, body);
      expect(answer).toMatchObject({ status: 200, body: { received: 3, admitted: 2 } });
      const { errors } = answer.body as { errors: { line: number; reason: string }[] };
      expect(errors.map((error) => [error.line, error.reason])).toEqual(
        where === 'reading' ? [[2, reason]] : [],
      );
    });
  });

  test('with a wrong token', async () => {
    const { status, body } = await postLines(site.url, positionLine({}), 'not the token');
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'unauthenticated', hint: { en: expect.any(String) } });
  });

  test('a line of 100 MB, again and again, and memory stays what it was', async () => {
    const bytesMax: number[] = [];
    await sendLongLine();
    const before = await program.memoryBytes();
    for (let turn = 0; turn < 4; turn++) {
      const plain = await sendLongLine();
      expect(plain).toMatchObject({ status: 413, body: { problem: { code: 'too-large' } } });
      bytesMax.push(await program.memoryBytes());
      await expectCounted('line-too-long', async () => {
        const packed = await sendLongLine('gzip');
        expect(packed).toMatchObject({
          status: 200,
          body: { received: 2, valid: 1, errors: [{ line: 1, reason: 'line-too-long' }] },
        });
      });
      bytesMax.push(await program.memoryBytes());
    }
    expect(Math.max(...bytesMax) - before).toBeLessThan(GROWTH_BYTES_MAX);
  }, 120_000);
});

/** A line of 100 MB and a sound one after it, made as they are sent. */
async function sendLongLine(encoding?: 'gzip') {
  const piece = Buffer.alloc(MEGABYTE, 'x');
  const content = Readable.from(
    (function* () {
      for (let count = 0; count < 100; count++) yield piece;
      yield Buffer.from(`\n${positionLine({})}`);
    })(),
  );
  const bytes = encoding ? content.pipe(createGzip()) : content;
  const response = await fetch(`${site.url}/api/push`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${PARTNER_TOKEN}`,
      'content-type': 'application/x-ndjson',
      ...(encoding ? { 'content-encoding': encoding } : {}),
    },
    body: Readable.toWeb(bytes),
    duplex: 'half',
  } as RequestInit);
  return { status: response.status, body: (await response.json()) as object };
}

describe('a terminal sends', () => {
  const frameOf = (phone: string, body: TerminalBody, messageId: number) =>
    Buffer.from(writeFrame({ messageId, version: 2013, phone, serial: 1 }, encodeBody(body, 2013)));
  const GENERAL_ANSWER = 0x8001;
  const heartbeat = () => frameOf('013900000000', { kind: 'heartbeat' }, 0x0002);
  const authenticate = (authCode: string) =>
    frameOf('013900000000', { kind: 'authenticate', authCode }, 0x0102);

  const withWrongChecksum = () => {
    const frame = heartbeat();
    const at = frame.length - 2;
    frame[at] = (frame[at] as number) ^ 0x01;
    return frame;
  };

  test.each<[reason: string, bytes: () => Buffer]>([
    ['bad-checksum', withWrongChecksum],
    ['frame-too-short', () => Buffer.from([0x7e, 0x00, 0x02, 0x00, 0x7e])],
    ['bad-checksum', () => Buffer.concat([authenticate('x').subarray(0, 14), Buffer.from([0x7e])])],
    ['bad-escape', () => Buffer.concat([Buffer.from([0x7e, 0x7d, 0x03]), heartbeat().subarray(1)])],
    ['outside-frame', () => Buffer.from('GET / HTTP/1.1\r\n')],
    ['frame-too-long', () => Buffer.concat([Buffer.from([0x7e]), Buffer.alloc(100_000, 0x31)])],
    ['not-authenticated', heartbeat],
    ['unknown-terminal', () => authenticate('a guess')],
  ])('%s', async (reason, bytes) => {
    await expectCounted(reason, () => sendToTerminals(bytes()));
  });

  test('half a frame and hangs up, which nobody minds', async () => {
    await sendToTerminals(heartbeat().subarray(0, 8));
  });

  test('what is wrong and after it on the same line what is right, which is answered', async () => {
    const answer = await sendToTerminals(Buffer.concat([withWrongChecksum(), authenticate('x')]));
    const frame = readFrame(answer.subarray(1, answer.indexOf(0x7e, 1)));
    expect(frame).toMatchObject({ kind: 'ok', value: { messageId: GENERAL_ANSWER } });
  });

  /** Sends, gives the program a moment to answer, hangs up; gives what came back. */
  async function sendToTerminals(bytes: Buffer): Promise<Buffer> {
    const socket = connect(site.terminalPort, '127.0.0.1');
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.end(bytes);
    await once(socket, 'close');
    return Buffer.concat(heard);
  }
});

describe('a table is brought', () => {
  const check = async (name: string, lines: readonly string[]) => {
    const path = join(site.folder, name);
    await writeFile(path, lines.map((line) => `${line}\n`).join(''));
    return new Promise<{ code: number; said: string }>((resolve) => {
      execFile(process.execPath, ['app/main.ts', 'check-file', path], (error, out, problems) => {
        resolve({ code: Number(error?.code ?? 0), said: out + problems });
      });
    });
  };

  test('with a missing and an unknown column: both are named', async () => {
    const { code, said } = await check('columns.csv', [
      'subject,time,lng,lat,colour',
      'dz-1,1763769600000,107.5,31.2,red',
    ]);
    expect(code).toBe(1);
    expect(said).toContain('missing: "atMs"; unknown: "time", "colour"');
    expect(said).toContain('For "time", did you mean "atMs"?');
  });

  test('with wrong lines among sound ones: each is told with its number', async () => {
    const { code, said } = await check('lines.csv', [
      'subject,atMs,lng,lat',
      'dz-1,1763769600000,107.5,31.2',
      'dz-1,1763769600,107.5,31.2',
      'dz-1,1763769600000,31.2,107.5',
      'dz-1,1763769600000,107.5',
    ]);
    expect(code).toBe(1);
    expect(said).toMatch(/line 3: atMs: .*milliseconds/);
    expect(said).toMatch(/line 4: .*swapped/);
    expect(said).toMatch(/line 5: .*cells/);
    expect(said).toContain('4 lines: 1 sound, 3 with errors');
  });

  test('with nothing wrong', async () => {
    const { code, said } = await check('sound.csv', [
      'subject,atMs,lng,lat',
      'dz-1,1763769600000,107.5,31.2',
    ]);
    expect(said).toContain('1 lines: 1 sound, 0 with errors');
    expect(code).toBe(0);
  });
});
