import { describe, expect, test } from 'vitest';
import { createFrameSplitter, FRAME_BYTES_MAX } from './frame-splitter.ts';
import { readFrame, writeFrame, type FrameRules } from './frame.ts';

const header = { messageId: 0x0002, version: 2013, phone: '013800000001', serial: 6 } as const;
const heartbeat = writeFrame(header, new Uint8Array(0)).slice(1, -1);

/** The heartbeat with some bytes replaced and the checksum mended. */
function changed(bytes: Record<number, number>, frame = heartbeat): Uint8Array {
  const out = frame.slice();
  for (const [at, value] of Object.entries(bytes)) out[Number(at)] = value;
  out[out.length - 1] = out.subarray(0, -1).reduce((sum, byte) => sum ^ byte, 0);
  return out;
}

describe('what is wrong with a frame is said, all of it, the gravest first', () => {
  test.each<{ name: string; bytes: Uint8Array; rules?: FrameRules; defects: string[] }>([
    { name: 'one byte', bytes: Uint8Array.of(1), defects: ['frame-too-short'] },
    { name: 'half a header', bytes: heartbeat.subarray(0, 9), defects: ['frame-too-short'] },
    {
      name: 'a 2019 header cut short',
      bytes: changed({ 2: 0x40 }),
      defects: ['frame-too-short'],
    },
    {
      name: 'a lone 7D at the end of too little',
      bytes: Uint8Array.of(0, 2, 0x7d),
      defects: ['frame-too-short', 'bad-escape'],
    },
    { name: 'a lone 7D', bytes: changed({ 11: 0x7d }), defects: ['bad-escape'] },
    {
      name: 'another checksum',
      bytes: Uint8Array.of(...heartbeat.subarray(0, -1), 0),
      defects: ['bad-checksum'],
    },
    { name: 'an RSA body', bytes: changed({ 2: 0x04 }), defects: ['unsupported-encryption'] },
    { name: 'a number that is not decimal', bytes: changed({ 5: 0xab }), defects: ['bad-phone'] },
    { name: 'a longer body announced', bytes: changed({ 3: 9 }), defects: ['length-mismatch'] },
    {
      name: 'packet 3 of 2',
      bytes: changed(
        { 13: 2, 15: 3 },
        writeFrame({ ...header, split: { total: 2, index: 1 } }, Uint8Array.of(1)).slice(1, -1),
      ),
      defects: ['bad-split'],
    },
    {
      name: 'version 9',
      bytes: changed(
        { 4: 9 },
        writeFrame({ ...header, version: 2019, serial: 8 }, new Uint8Array(0)).slice(1, -1),
      ),
      defects: ['unknown-version'],
    },
    {
      name: 'everything at once',
      bytes: Uint8Array.of(...changed({ 2: 0x04, 3: 9, 5: 0xab }).subarray(0, -1), 0),
      defects: ['bad-checksum', 'unsupported-encryption', 'bad-phone', 'length-mismatch'],
    },
  ])('$name: $defects', ({ bytes, defects }) => {
    expect(readFrame(bytes)).toEqual({ kind: 'drop', reason: defects[0], defects });
  });

  test('a tolerated defect is flagged, an untolerated one beside it still drops', () => {
    const rules: FrameRules = { tolerates: ['length-mismatch'] };
    expect(readFrame(changed({ 3: 9 }), rules)).toMatchObject({
      kind: 'ok',
      value: { flags: ['length-mismatch'] },
    });
    expect(readFrame(changed({ 3: 9, 5: 0xab }), rules)).toMatchObject({
      kind: 'drop',
      defects: ['bad-phone', 'length-mismatch'],
    });
  });
});

describe('editions', () => {
  const old = writeFrame({ ...header, messageId: 0x0102 }, Buffer.from('code')).slice(1, -1);
  const lying = changed({ 2: 0x40 }, old);

  test('a 2013 device that sets bit 14 is misread by the flag and read rightly when forced', () => {
    expect(readFrame(lying).kind).toBe('drop');
    expect(readFrame(lying, { forcedVersion: 2013, tolerates: [] })).toMatchObject({
      kind: 'ok',
      value: { version: 2013, phone: header.phone, serial: 6 },
    });
  });

  test('numbers are padded to the width of the edition', () => {
    const read = readFrame(
      writeFrame({ ...header, version: 2019 }, new Uint8Array(0)).slice(1, -1),
    );
    expect(read).toMatchObject({ kind: 'ok', value: { phone: '00000000013800000001' } });
  });
});

describe('the splitter', () => {
  const run = (...chunks: Uint8Array[]) => {
    const seen: string[] = [];
    const splitter = createFrameSplitter({
      onFrame: (escaped) => seen.push(Buffer.from(escaped).toString('latin1')),
      onDefect: (reason) => seen.push(`(${reason})`),
    });
    for (const chunk of chunks) splitter.push(chunk);
    return { seen, pendingBytes: splitter.pendingBytes };
  };
  const raw = (text: string) => Buffer.from(text, 'latin1');
  const long = Buffer.alloc(FRAME_BYTES_MAX + 1, 'x');

  test.each([
    ['one frame', ['~a~'], ['a']],
    ['a shared flag', ['~a~b~'], ['a', 'b']],
    ['doubled flags', ['~~a~~~~b~~'], ['a', 'b']],
    ['half frames', ['~a', 'b', 'c~~d', '~'], ['abc', 'd']],
    ['a flag alone', ['~', 'a', '~'], ['a']],
    ['bytes before the first flag', ['xy', 'z~a~'], ['(outside-frame)', 'a']],
    ['garbage between frames', ['~a~garbage~b~'], ['a', 'garbage', 'b']],
    ['a frame whose end was lost', ['~a~b~c', '~d~'], ['a', 'b', 'c', 'd']],
  ])('%s', (_name, chunks, expected) => {
    expect(run(...chunks.map(raw)).seen).toEqual(expected);
  });

  test('what is too long is counted once, in one piece or many, and the next frame is found', () => {
    expect(run(Buffer.concat([raw('~'), long, raw('~a~')])).seen).toEqual([
      '(frame-too-long)',
      'a',
    ]);
    const pieces = run(raw('~'), long, long, long, raw('~a~'));
    expect(pieces).toEqual({ seen: ['(frame-too-long)', 'a'], pendingBytes: 0 });
  });

  test('the longest frame there is passes', () => {
    const body = new Uint8Array(1_023).fill(0x7e);
    const split = { total: 2, index: 1 };
    const frame = writeFrame({ ...header, version: 2019, phone: '7'.repeat(20), split }, body);
    expect(run(frame.subarray(0, 7), frame.subarray(7)).seen).toHaveLength(1);
    expect(run(frame).seen[0]).not.toMatch(/^\(/);
  });

  test('100 MB without a flag are one defect and keep no memory', () => {
    const chunk = Buffer.alloc(65_536, 0x55);
    const reasons: string[] = [];
    let pendingMax = 0;
    const splitter = createFrameSplitter({
      onFrame: () => expect.unreachable(),
      onDefect: (reason) => reasons.push(reason),
    });
    splitter.push(Uint8Array.of(0x7e));
    for (let sent = 0; sent < 100_000_000; sent += chunk.length) {
      splitter.push(chunk);
      pendingMax = Math.max(pendingMax, splitter.pendingBytes);
    }
    expect(reasons).toEqual(['frame-too-long']);
    expect(pendingMax).toBeLessThanOrEqual(FRAME_BYTES_MAX);
  });
});
