import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { OperatingError } from '../../core/errors.ts';
import { silentLogger } from '../../core/logger.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { encodePositions } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { epochMs } from '../../core/time.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import { inChunks } from '../files/reading.fixture.ts';
import type { Delivery, Publish, Receipt } from '../publish.ts';
import { handlePush, type Partner, type PushRequest, type PushResult } from './push.ts';

const NOW = 1_763_769_600_000;

const PARTNER: Partner = {
  id: 'rail-bureau',
  sources: ['phone/app', 'rail/12306'],
  kinds: ['position', 'booking', 'order'],
  trusted: false,
};

const position = (more: object = {}) => ({
  kind: 'position',
  subject: 'dz-1',
  source: 'phone/app',
  atMs: NOW,
  lng: 107.5,
  lat: 31.2,
  ...more,
});

const booking = (more: object = {}) => ({
  kind: 'booking',
  subject: 'dz-1',
  source: 'rail/12306',
  atMs: NOW,
  bookingId: 'E1',
  carrier: 'rail',
  status: 'booked',
  from: '511702',
  to: '510100',
  departAtMs: NOW + 1,
  ...more,
});

const lines = (...values: readonly (object | string)[]) =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

const RECEIPT: Receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };

const push = async (
  content: string | Uint8Array,
  change: Partial<PushRequest> & { publish?: Publish; partner?: Partner } = {},
) => {
  const { publish, ...request } = change;
  const published: Delivery[] = [];
  const refused: string[] = [];
  const answer = await handlePush(
    {
      publish:
        publish ??
        (async (delivery) => {
          published.push(delivery);
          return RECEIPT;
        }),
      refuse: (source, reason, count) => refused.push(`${source} ${reason} ${count}`),
      logger: silentLogger,
    },
    {
      partner: PARTNER,
      contentType: 'application/x-ndjson; charset=utf-8',
      language: 'en',
      body: inChunks(content, 1_000),
      ...request,
    },
  );
  return { answer, result: answer.body as PushResult, published, refused };
};

test('takes back what the same source said, and for no other source', async () => {
  const partner: Partner = { ...PARTNER, kinds: ['booking', 'retraction'] };
  const back = {
    kind: 'retraction',
    subject: 'dz-1',
    source: 'rail/12306',
    atMs: NOW + 60_000,
    of: 'booking',
    ofAtMs: NOW,
    reason: '误报',
  };
  const { result, published } = await push(
    lines(booking(), back, { ...back, source: 'air/caac' }, { ...back, of: 'order' }),
    { partner },
  );
  expect(published.flatMap(({ facts = [] }) => facts)).toMatchObject([
    { kind: 'booking' },
    { ...back, ofSequence: 0, sequence: 0 },
  ]);
  expect(result.errors.map(({ line, reason }) => [line, reason])).toEqual([
    [3, 'source-not-allowed'],
    [4, 'invalid-fact'],
  ]);
});

test('takes positions and facts mixed, and says what was wrong with the rest', async () => {
  const { answer, published, refused } = await push(
    lines(
      position(),
      booking(),
      booking({ to: '5101' }),
      '{"kind":',
      booking({ source: 'rail/other' }),
      { kind: 'device', subject: 'dz-1', source: 'phone/app', atMs: NOW, event: 'sos' },
      '',
      position({ atMs: NOW + 1 }),
    ),
  );
  expect(answer).toEqual({
    status: 200,
    body: {
      received: 7,
      valid: 3,
      errorsTotal: 4,
      errors: [
        {
          line: 3,
          reason: 'invalid-fact',
          message: 'line 3: booking.to: a GB/T 2260 code has six digits',
        },
        { line: 4, reason: 'not-json', message: 'line 4: not a JSON object' },
        {
          line: 5,
          reason: 'source-not-allowed',
          message: 'line 5: booking.source: this source is not yours to push: "rail/other"',
        },
        {
          line: 6,
          reason: 'kind-not-allowed',
          message: 'line 6: kind: this kind is not taken here: "device"',
        },
      ],
    },
  });
  expect(published.map(({ positions, facts }) => [positions?.length, facts?.length])).toEqual([
    [2, 1],
  ]);
  expect(refused).toEqual([
    'push/rail-bureau invalid-fact 1',
    'push/rail-bureau not-json 1',
    'push/rail-bureau source-not-allowed 1',
    'push/rail-bureau kind-not-allowed 1',
  ]);
});

test('shows the first hundred errors and counts the others', async () => {
  const { result } = await push(lines(...Array.from({ length: 250 }, () => 'x')), {
    language: 'zh',
  });
  expect(result).toMatchObject({ received: 250, valid: 0, errorsTotal: 250 });
  expect(result.errors).toHaveLength(100);
  expect(result.errors[99]?.message).toBe('第 100 行：不是 JSON 对象');
});

test('takes Arrow, the only source of the partner filled in', async () => {
  const builder = createPositionBuilder();
  builder.add({ subject: 'dz-1', source: 'phone/app', atMs: NOW, lng: 107.5, lat: 31.2 });
  builder.add({ subject: 'dz-1', source: 'phone/other', atMs: NOW, lng: 107.5, lat: 31.2 });
  const bytes = encodePositions(builder.drain());
  const contentType = 'application/vnd.apache.arrow.stream';
  const { result, published } = await push(bytes, { contentType });
  expect(result).toMatchObject({ received: 2, valid: 1, errorsTotal: 1 });
  expect(result.errors[0]).toMatchObject({ line: 2, reason: 'source-not-allowed' });
  expect(published[0]?.positions?.length).toBe(1);
});

test('takes gzip', async () => {
  const { result } = await push(gzipSync(lines(position(), booking())), {
    contentEncoding: 'gzip',
  });
  expect(result).toMatchObject({ received: 2, valid: 2, errorsTotal: 0 });
});

test('a line that names no source has the one the request names', async () => {
  const { source: _source, ...unsourced } = position();
  const { result } = await push(lines(unsourced), { source: 'phone/app' });
  expect(result).toMatchObject({ valid: 1 });
  expect((await push(lines(unsourced))).result.errors[0]).toMatchObject({
    reason: 'missing-value',
  });
});

describe('what a request can be wrong in as a whole', () => {
  test.each<[string, Partial<PushRequest>, number, string]>([
    ['a content type', { contentType: 'text/csv' }, 415, 'this content type is not supported'],
    ['no content type', { contentType: undefined }, 415, 'this content type is not supported'],
    ['a source', { source: 'rail/other' }, 403, 'this source is not yours to push'],
    [
      'Arrow without positions',
      {
        contentType: 'application/vnd.apache.arrow.stream',
        partner: { ...PARTNER, kinds: ['booking'] },
      },
      403,
      'positions are not yours to push',
    ],
    ['an encoding', { contentEncoding: 'br' }, 400, 'this content encoding is not supported'],
    ['gzip that is none', { contentEncoding: 'gzip' }, 400, 'the gzip is damaged'],
    [
      'bytes that are no Arrow',
      { contentType: 'application/vnd.apache.arrow.stream' },
      400,
      'not readable Arrow: it is cut off or damaged',
    ],
  ])('%s', async (_name, change, status, message) => {
    const { answer, published } = await push(lines(position()), change);
    expect(answer.status).toBe(status);
    expect(answer.body.problem?.message).toBe(message);
    expect(published).toEqual([]);
  });
});

describe('a body that is not taken to its end', () => {
  const many = Array.from({ length: 40_000 }, (_, i) => position({ atMs: NOW + i }));

  test('beyond the limit: says up to which line it was taken', async () => {
    const content = lines(...many);
    const { answer, result, published } = await push(content, {
      body: inChunks(content, 100_000),
    });
    expect(answer.status).toBe(200);
    expect(published.map(({ positions }) => positions?.length)).toEqual([16_384, 16_384, 7_232]);
    const limited = await handlePush(
      { publish: async () => RECEIPT, refuse: () => {}, logger: silentLogger },
      {
        partner: PARTNER,
        contentType: 'application/x-ndjson',
        language: 'en',
        body: inChunks(content, 100_000),
      },
      { bytesMax: content.length - 1, inflatedBytesMax: 1 },
    );
    expect(limited.status).toBe(413);
    expect(limited.body).toMatchObject({
      valid: 32_768,
      takenToLine: 32_768,
      problem: { code: 'too-large', hint: 'Send it in several requests.' },
    });
    expect(result.takenToLine).toBeUndefined();
  });

  test('a bomb: unpacked no further than the limit', async () => {
    const member = gzipSync(Buffer.alloc(64 * 1024 * 1024, '\n'));
    const bomb = Buffer.concat(Array.from({ length: 8 }, () => member));
    let unpacked = 0;
    const answer = await handlePush(
      {
        publish: async () => RECEIPT,
        refuse: () => {},
        logger: silentLogger,
      },
      {
        partner: PARTNER,
        contentType: 'application/x-ndjson',
        contentEncoding: 'gzip',
        body: (async function* () {
          for (let at = 0; at < bomb.length; at += 1_000) {
            unpacked = at;
            yield bomb.subarray(at, at + 1_000);
          }
        })(),
      },
      { bytesMax: bomb.length + 1, inflatedBytesMax: 1024 * 1024 },
    );
    expect(answer.status).toBe(413);
    expect(unpacked).toBeLessThan(bomb.length / 2);
  });

  test('the log does not take a portion: says up to which line it did', async () => {
    let portions = 0;
    const { answer, result } = await push(lines('', 'x', ...many), {
      publish: async () => {
        if (++portions === 2)
          throw new OperatingError('log-unavailable', 'away', { retry: 'backoff' });
        return RECEIPT;
      },
    });
    expect(answer).toMatchObject({ status: 503, retryAfterS: 5 });
    expect(result).toMatchObject({
      valid: 16_384,
      takenToLine: 16_386,
      problem: { code: 'unavailable' },
    });
  });

  test('the connection breaks off', async () => {
    const { answer } = await push('', {
      body: (async function* () {
        yield Buffer.from(lines(position()));
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      })(),
    });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        valid: 0,
        takenToLine: 0,
        problem: { message: 'the body broke off', detail: 'ECONNRESET' },
      },
    });
  });
});

describe('with the pipeline behind it', () => {
  const open = () => {
    const orders = createOrderBook();
    const pipeline = createPipeline(
      { orders, directory: { resolve: () => undefined }, locator: () => 0 },
      { partitions: 1 },
    );
    const at = { receivedAtMs: epochMs(NOW), watermarkMs: epochMs(NOW) };
    const {
      id: _id,
      receivedAtMs: _at,
      ...order
    } = orderFact('dz-1', {
      atMs: NOW - 1_000,
      sources: ['phone', 'rail'],
    });
    pipeline.process([{ facts: [order] }], at);
    return async (delivery: Delivery) => pipeline.process([delivery], at).receipts[0] as Receipt;
  };

  const body = lines(position(), booking(), position({ subject: 'nobody' }), 'x');

  test('the same body again is all duplicates', async () => {
    const publish = open();
    const partner = { ...PARTNER, trusted: true };
    const first = await push(body, { publish, partner });
    expect(first.result).toMatchObject({
      received: 4,
      valid: 3,
      admitted: 2,
      duplicates: 0,
      refused: { 'unknown-subject': 1 },
      dead: {},
    });
    const again = await push(body, { publish, partner });
    expect(again.result).toMatchObject({ valid: 3, admitted: 0, duplicates: 2 });
  });

  test('who is not trusted learns nothing about who is under supervision', async () => {
    const publish = open();
    const known = await push(lines(position()), { publish });
    const unknown = await push(lines(position({ subject: 'nobody' })), { publish });
    expect(known.answer).toEqual(unknown.answer);
    expect(Object.keys(known.result)).toEqual(['received', 'valid', 'errors', 'errorsTotal']);
  });
});
