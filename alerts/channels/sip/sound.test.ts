import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEspeakVoice, VOICES } from './espeak.ts';
import { decode, encode } from './g711.ts';
import { keyOfInfo } from './info-key.ts';
import { stepKeypad, type KeypadState } from './keypad.ts';
import { withReadings } from './readings.ts';
import { createRecordedVoice, readRecordings } from './recordings.ts';
import { formatRtp, parseRtp, type RtpPacket } from './rtp.ts';
import { answerTo, offer, readAnswer } from './sdp.ts';
import { keepSpoken, readAloud, type SpeechOutcome } from './speech.ts';
import { readWav, resample } from './wav.ts';

describe('G.711', () => {
  // ITU-T G.711: silence, full scale and the ends of the first segments.
  test.each([
    ['a-law', 0, 0xd5],
    ['a-law', -1, 0x55],
    ['a-law', 32_767, 0xaa],
    ['a-law', -32_768, 0x2a],
    ['mu-law', 0, 0xff],
    ['mu-law', -1, 0x7f],
    ['mu-law', 32_767, 0x80],
    ['mu-law', -32_768, 0x00],
  ] as const)('%s of %d is %d', (law, sample, byte) => {
    expect(encode(Int16Array.of(sample), law)[0]).toBe(byte);
  });

  test.each(['a-law', 'mu-law'] as const)('%s of what was decoded is the same byte', (law) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const expected = Uint8Array.from(bytes, (byte) =>
      law === 'mu-law' && byte === 0x7f ? 0xff : byte,
    );
    expect(encode(decode(bytes, law), law)).toEqual(expected);
  });

  test.each(['a-law', 'mu-law'] as const)('%s is never off by more than its step', (law) => {
    fc.assert(
      fc.property(fc.integer({ min: -32_000, max: 32_000 }), (sample) => {
        const [again = 0] = decode(encode(Int16Array.of(sample), law), law);
        expect(Math.abs(again - sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16));
      }),
    );
  });
});

describe('RTP', () => {
  test('is read as it was written', () => {
    const packet = fc.record({
      payloadType: fc.nat(127),
      marker: fc.boolean(),
      sequence: fc.nat(0xffff),
      timestamp: fc.nat(0xffff_ffff),
      source: fc.nat(0xffff_ffff),
      payload: fc.uint8Array({ maxLength: 160 }),
    });
    fc.assert(
      fc.property(packet, (given) => {
        const read = parseRtp(formatRtp(given));
        expect({ ...read, payload: Uint8Array.from(read?.payload ?? []) }).toEqual(given);
      }),
    );
  });

  test('of any other kind is no packet, and never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void parseRtp(bytes)));
    expect(parseRtp(Buffer.from('40'.repeat(12), 'hex'))).toBeUndefined();
    // Extension and padding longer than the packet.
    expect(parseRtp(Buffer.from('90000000000000000000000000000fff', 'hex'))).toBeUndefined();
    expect(parseRtp(Buffer.from('a000000000000000000000ff', 'hex'))).toBeUndefined();
  });
});

describe('keys', () => {
  const KEYS = '0123456789*#';
  const packetsOf = (key: string, timestamp: number): RtpPacket[] =>
    [160, 320, 480, 640, 640, 640].map((duration, index) => ({
      payloadType: 101,
      marker: index === 0,
      sequence: index,
      timestamp,
      source: 7,
      payload: Uint8Array.of(
        KEYS.indexOf(key),
        index < 3 ? 10 : 0x8a,
        duration >> 8,
        duration & 255,
      ),
    }));
  const heard = (packets: readonly RtpPacket[]) => {
    let state: KeypadState | undefined;
    let keys = '';
    for (const packet of packets) {
      const [next, key = ''] = stepKeypad(state, packet);
      state = next;
      keys += key;
    }
    return keys;
  };

  test('count once each, whatever is lost, doubled or late, as long as one packet of each arrives', () => {
    const pressed = fc.array(
      fc.record({
        key: fc.constantFrom(...KEYS),
        kept: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
        doubled: fc.boolean(),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(pressed, fc.nat(0xffff_ffff), (presses, start) => {
        const groups = presses.map(({ key, kept, doubled }, index) => {
          const all = packetsOf(key, (start + index * 4_000) >>> 0);
          const some = kept.flatMap((at) => all[at] ?? []);
          return doubled ? some.flatMap((packet) => [packet, packet]) : some;
        });
        // The last packet of each key arrives after the first of the next.
        const late = groups.flatMap((group, index) => {
          const before = groups[index - 1]?.at(-1);
          return before ? [...group, before] : group;
        });
        expect(heard(late)).toBe(presses.map(({ key }) => key).join(''));
      }),
    );
  });

  test('held for long are one', () => {
    const [first] = packetsOf('1', 1_000);
    const next = packetsOf('1', 1_000 + 0xffff);
    expect(heard([first as RtpPacket, ...next])).toBe('1');
  });

  test('are not made of other events or of half a packet', () => {
    const [packet] = packetsOf('1', 1_000) as [RtpPacket];
    expect(heard([{ ...packet, payload: Uint8Array.of(16, 0, 0, 0) }])).toBe('');
    expect(heard([{ ...packet, payload: Uint8Array.of(1, 0, 0) }])).toBe('');
  });
});

describe('what two ends agree on', () => {
  const end = { host: '10.0.0.1', port: 4_000, sessionId: 7, version: 1, law: 'a-law' } as const;
  const ours = offer(end);

  test('is offered as A-law, mu-law and keys', () => {
    expect(ours).toMatchInlineSnapshot(`
      "v=0
      o=plumbline 7 1 IN IP4 10.0.0.1
      s=-
      c=IN IP4 10.0.0.1
      t=0 0
      m=audio 4000 RTP/AVP 8 0 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:0 PCMU/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-15
      a=ptime:20
      a=sendrecv
      "
    `);
  });

  test.each([
    ['as offered', ours, { law: 'a-law', payload: 8, eventPayloads: [101], isHeld: false }],
    ['mu-law first', ours.replace('8 0 101', '0 8 101'), { law: 'mu-law', payload: 0 }],
    ['keys by another number', ours.replaceAll('101', '96'), { eventPayloads: [96, 101] }],
    ['no keys', ours.replace('8 0 101', '8'), { eventPayloads: [] }],
    ['held', ours.replace('sendrecv', 'inactive'), { isHeld: true }],
    [
      'its own host',
      ours.replace('a=ptime', 'c=IN IP4 10.0.0.9\r\na=ptime'),
      { to: { host: '10.0.0.9', port: 4_000 } },
    ],
    ['no codec in common', ours.replace('8 0 101', '18 101'), undefined],
    ['sound refused', ours.replace('audio 4000', 'audio 0'), undefined],
    ['nothing', '', undefined],
  ])('%s', (_, sdp, expected) => {
    if (expected === undefined) expect(readAnswer(sdp)).toBeUndefined();
    else expect(readAnswer(sdp)).toMatchObject(expected);
  });

  test('is offered as mu-law first where the trunk likes that better', () => {
    expect(readAnswer(offer({ ...end, law: 'mu-law' }))).toMatchObject({ law: 'mu-law' });
  });

  test('is answered with what was agreed, other media refused, directions mirrored', () => {
    const theirs = [
      'v=0',
      'o=pbx 1 2 IN IP4 10.0.0.9',
      's=-',
      'c=IN IP4 10.0.0.9',
      't=0 0',
      'm=audio 7000 RTP/AVP 18 0 96',
      'a=rtpmap:96 telephone-event/8000',
      'a=sendonly',
      'm=video 7002 RTP/AVP 99',
      '',
    ].join('\r\n');
    const agreement = readAnswer(theirs);
    expect(agreement).toMatchObject({ law: 'mu-law', isHeld: true, eventPayloads: [96, 101] });
    const answer = agreement && answerTo(theirs, agreement, { ...end, version: 2 });
    expect(
      answer?.split('\r\n').filter((line) => /^(o|m|a=(?!rtpmap|fmtp|ptime))/.test(line)),
    ).toEqual([
      'o=plumbline 7 2 IN IP4 10.0.0.1',
      'm=audio 4000 RTP/AVP 0 96',
      'a=recvonly',
      'm=video 0 RTP/AVP 99',
    ]);
    // What we answer is what they would agree to.
    expect(readAnswer(answer ?? '')).toMatchObject({ law: 'mu-law', payload: 0 });
  });
});

describe('keys by INFO', () => {
  test.each([
    ['application/dtmf-relay', 'Signal=1\r\nDuration=160\r\n', '1'],
    ['application/dtmf-relay', 'Signal= 2\r\nDuration= 250', '2'],
    ['Application/DTMF-Relay; charset=utf-8', 'signal = #', '#'],
    ['application/dtmf-relay', 'Signal=11', '#'],
    ['application/dtmf', '3', '3'],
    ['application/dtmf', ' d ', 'D'],
    ['application/dtmf', '33', undefined],
    ['application/dtmf-relay', 'Duration=160', undefined],
    ['application/media_control+xml', '<x/>', undefined],
    ['', '1', undefined],
  ])('%s "%s" is %s', (type, body, key) => {
    expect(keyOfInfo(type, body)).toBe(key);
  });
});

function wavOf(samples: Int16Array, rate: number, channels = 1): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  // Lengths as a program writes them that does not know them yet.
  header.writeUInt32LE(0xffff_ffff, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(0xffff_fff0, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

describe('recorded sound', () => {
  const sine = (hertz: number, rate: number) =>
    Int16Array.from({ length: rate }, (_, at) =>
      Math.round(10_000 * Math.sin((2 * Math.PI * hertz * at) / rate)),
    );
  const loudness = (samples: Int16Array) =>
    Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

  test.each([16_000, 22_050, 44_100, 48_000])(
    'at %d a second becomes the same at 8,000',
    (rate) => {
      const heard = readWav(wavOf(sine(1_000, rate), rate)) as Int16Array;
      const expected = sine(1_000, 8_000);
      expect(heard).toHaveLength(8_000);
      const middle = [...heard.subarray(100, 7_900)];
      const off = Math.max(
        ...middle.map((value, at) => Math.abs(value - (expected[at + 100] ?? 0))),
      );
      expect(off).toBeLessThan(200);
    },
  );

  test('folds nothing back that a telephone cannot carry', () => {
    const kept = loudness(resample(sine(3_000, 22_050), 22_050));
    expect(kept).toBeGreaterThan(6_000);
    for (const hertz of [5_000, 7_000, 10_000]) {
      expect(loudness(resample(sine(hertz, 22_050), 22_050))).toBeLessThan(100);
    }
  });

  test('in stereo is mixed, in any other form is refused', () => {
    const stereo = Int16Array.from({ length: 16 }, (_, at) => (at % 2 ? 300 : 100));
    expect(readWav(wavOf(stereo, 8_000, 2))).toEqual(new Int16Array(8).fill(200));
    const eightBit = wavOf(stereo, 8_000);
    eightBit.writeUInt16LE(8, 34);
    expect(readWav(eightBit)).toBe('not-pcm-16');
    expect(readWav(Buffer.from('ID3'))).toBe('not-wav');
    expect(readWav(wavOf(new Int16Array(0), 8_000))).toBe('no-sound');
    fc.assert(
      fc.property(fc.nat(60), fc.uint8Array({ maxLength: 60 }), (at, put) => {
        const broken = wavOf(stereo, 8_000);
        broken.set(put.subarray(0, Math.max(0, broken.length - at)), at);
        readWav(broken.subarray(0, 76));
      }),
    );
  });

  test('of parts makes a sentence only when no word is missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-voice-'));
    try {
      const fileOf = (name: string, value: number) => {
        writeFileSync(join(folder, name), wavOf(new Int16Array(10).fill(value), 8_000));
        return join(folder, name);
      };
      const { parts, problems } = readRecordings({
        准绳一级预警: fileOf('head.wav', 1),
        编号: fileOf('number.wav', 2),
        幺: fileOf('one.wav', 3),
        一: fileOf('one-else.wav', 9),
        七: join(folder, 'nowhere.wav'),
      });
      expect(problems).toEqual([{ file: join(folder, 'nowhere.wav'), problem: 'ENOENT' }]);
      const voice = createRecordedVoice(parts);
      const said = (await voice.say('准绳一级预警。编号1。', 'zh')) as { samples: Int16Array };
      expect([...said.samples].filter((sample) => sample > 0)).toEqual([
        ...Array<number>(10).fill(1),
        ...Array<number>(10).fill(2),
        ...Array<number>(10).fill(3),
      ]);
      expect(await voice.say('编号7。', 'zh')).toEqual({
        kind: 'mute',
        code: 'recording-missing',
        detail: '七。',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a voice', () => {
  test.each([
    ['编号A、1、0、7。收到请按1。', '编号A、幺、零、七。收到请按一。'],
    ['编号1、1、C。', '编号幺、幺、C。'],
  ])('reads "%s" as "%s"', (text, aloud) => {
    expect(readAloud(text, 'zh')).toBe(aloud);
    expect(readAloud(text, 'en')).toBe(text);
  });

  test('says a text once and keeps it; what failed is tried again', async () => {
    const asked: string[] = [];
    let outcome: SpeechOutcome = { kind: 'mute', code: 'program-failed', detail: '' };
    const voice = keepSpoken({
      say(text) {
        asked.push(text);
        return Promise.resolve(outcome);
      },
    });
    await voice.say('a', 'zh');
    outcome = { kind: 'spoken', samples: new Int16Array(1) };
    await Promise.all([voice.say('a', 'zh'), voice.say('a', 'zh')]);
    await voice.say('a', 'en');
    expect(asked).toEqual(['a', 'a', 'a']);
    for (let index = 0; index < 40; index++) await voice.say(`b${index}`, 'zh');
    await voice.say('a', 'zh');
    expect(asked.at(-1)).toBe('a');
  });

  test('that is not installed says so', async () => {
    expect(await createEspeakVoice('no-such-voice').say('一', 'zh')).toEqual({
      kind: 'mute',
      code: 'program-missing',
      detail: 'no-such-voice',
    });
    expect(await createEspeakVoice('false').say('一', 'zh')).toMatchObject({
      code: 'program-failed',
    });
  });
});

const hasEspeak = (() => {
  try {
    execFileSync('espeak-ng', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasEspeak) {
  process.stderr.write(
    'skipped: speaking with espeak-ng, because it is not installed (apt-get install espeak-ng)\n',
  );
}

test.skipIf(!hasEspeak)(
  'espeak-ng speaks Chinese and English, loud enough and long enough',
  async () => {
    const voice = createEspeakVoice();
    for (const [text, language] of [
      ['准绳一级预警。宣汉县，越界。编号A、1、C。收到请按1。', 'zh'],
      ['Plumbline level 1 alert. Press 1 to acknowledge.', 'en'],
    ] as const) {
      const outcome = await voice.say(text, language);
      const samples = outcome.kind === 'spoken' ? outcome.samples : new Int16Array();
      expect(samples.length).toBeGreaterThan(2 * 8_000);
      expect(samples.length).toBeLessThan(20 * 8_000);
      expect(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeGreaterThan(
        3_000,
      );
    }
  },
);

/** How espeak-ng says it, in its own phonemes, by the voice that calls use. */
const phonemesOf = (words: string): string =>
  execFileSync('espeak-ng', ['-v', VOICES.zh, '-q', '-x', withReadings(words)], {
    encoding: 'utf8',
  });

/** The pitch of a tone as espeak-ng writes it, in a row of syllables and at their end. */
const TONES: Readonly<Record<string, string>> = {
  55: '1',
  35: '2',
  21: '3',
  214: '3',
  51: '4',
  53: '4',
};

const tonesOf = (words: string): string =>
  [...phonemesOf(words).matchAll(/\d+/g)].map(([pitch]) => TONES[pitch] ?? pitch).join('');

test.skipIf(!hasEspeak).each([
  ['一级预警', '1243'],
  ['处置', '34'],
  ['重听', '21'],
  ['更正', '14'],
  ['逮捕', '43'],
  ['离开所在地域', '213444'],
])('espeak-ng reads "%s" in the tones %s, and says no number of a tone', (words, tones) => {
  expect(tonesOf(words)).toBe(tones);
  expect(phonemesOf(words)).not.toContain('(en)');
});

test.skipIf(!hasEspeak)('espeak-ng says letters of a reference as letters', () => {
  const letters = [...'ABCDEFGHJKMNPQRSTVWXYZ'].map((letter) => phonemesOf(`${letter}、`));
  expect(new Set(letters).size).toBe(letters.length);
  expect(letters.every((said) => said !== '' && !said.includes('(en)'))).toBe(true);
});
