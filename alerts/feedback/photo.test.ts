import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanPhoto } from './photo.ts';
import {
  chunk,
  JPEG,
  jpegWithSecrets,
  pngOf,
  pngWithSecrets,
  SECRETS,
  WEBP,
  webpWithSecrets,
} from './photo.fixture.ts';

const secretsIn = (bytes: Uint8Array): string[] => {
  const words = Buffer.from(bytes).toString('latin1');
  return SECRETS.filter((secret) => words.includes(secret));
};

const cleaned = (bytes: Uint8Array) => {
  const photo = cleanPhoto(bytes);
  if (photo.kind === 'refused') throw new Error(photo.because);
  return photo;
};

const because = (bytes: Uint8Array) => {
  const photo = cleanPhoto(bytes);
  return photo.kind === 'refused' ? photo.because : photo.kind;
};

/** Where the coded picture of a JPEG begins and ends: it must come through untouched. */
const scanOf = (bytes: Uint8Array) => {
  const whole = Buffer.from(bytes);
  return whole.subarray(whole.indexOf(Buffer.of(0xff, 0xda)), whole.indexOf(Buffer.of(0xff, 0xd9)));
};

describe('what a camera writes into a photo is gone:', () => {
  test.each([
    ['JPEG', jpegWithSecrets(), 'image/jpeg', 24],
    ['PNG', pngWithSecrets(), 'image/png', 16],
    ['WebP', webpWithSecrets(), 'image/webp', 24],
  ] as const)('%s', (_, bytes, mediaType, width) => {
    expect(secretsIn(bytes)).toEqual(expect.arrayContaining([SECRETS[0], SECRETS[3]]));
    const photo = cleaned(bytes);
    expect([photo.mediaType, photo.width]).toEqual([mediaType, width]);
    expect(secretsIn(photo.body)).toEqual([]);
    expect(photo.body.length).toBeLessThan(bytes.length);
    // Cleaning what is clean changes nothing: the same picture has the same hash.
    expect(Buffer.from(cleaned(photo.body).body)).toEqual(Buffer.from(photo.body));
  });

  test('and the picture itself is as it was, with which side is up', () => {
    const { body } = cleaned(jpegWithSecrets(6));
    expect(scanOf(body)).toEqual(scanOf(JPEG));
    expect(Buffer.from(body).toString('latin1')).toContain('Exif\0\0MM');
    const orientation = Buffer.from(body).indexOf(
      Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]),
    );
    expect(orientation).toBeGreaterThan(0);
    // Upright pictures need not say so.
    expect(Buffer.from(cleaned(jpegWithSecrets(1)).body).toString('latin1')).not.toContain('Exif');
    expect(Buffer.from(cleaned(WEBP).body)).toEqual(Buffer.from(WEBP));
  });
});

describe('what is no photo is refused, whatever it is called:', () => {
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic0000mif1')]);
  const broken = pngOf(4);
  broken[40] = (broken[40] as number) ^ 0xff;
  const bomb = Buffer.from(pngOf(4));
  const hugeHeader = Buffer.alloc(13);
  hugeHeader.writeUInt32BE(60_000, 0);
  hugeHeader.writeUInt32BE(60_000, 4);
  hugeHeader.set([8, 0, 0, 0, 0], 8);
  const huge = Buffer.concat([bomb.subarray(0, 8), chunk('IHDR', hugeHeader), bomb.subarray(33)]);
  test.each([
    ['nothing', new Uint8Array(), 'empty'],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'unknown-format'],
    [
      'a vector drawing',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'unknown-format',
    ],
    ['a PDF', Buffer.from('%PDF-1.7'), 'unknown-format'],
    ['a GIF', Buffer.from('GIF89a'), 'unknown-format'],
    ['a photo in HEIC', heic, 'heic'],
    ['half a JPEG', JPEG.subarray(0, 700), 'broken'],
    ['half a PNG', pngOf(9).subarray(0, 50), 'broken'],
    ['half a WebP', WEBP.subarray(0, 300), 'broken'],
    ['a PNG with a wrong sum', broken, 'broken'],
    ['an animated PNG', pngOf(4, chunk('acTL', new Uint8Array(8))), 'animated'],
    ['a JPEG of its first bytes', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), 'broken'],
    ['a small file that unpacks to a huge picture', huge, 'too-many-pixels'],
  ])('%s', (_, bytes, expected) => expect(because(bytes)).toBe(expected));

  test('bytes that begin like a photo never make it throw', () => {
    const starts = [JPEG, pngOf(5), WEBP, jpegWithSecrets(), pngWithSecrets(), webpWithSecrets()];
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
        fc.nat(),
        (bytes, changes, cut) => {
          const given = Uint8Array.from(bytes);
          for (const [at, byte] of changes) given[at % given.length] = byte;
          const photo = cleanPhoto(given.subarray(0, 4 + (cut % given.length)));
          expect(['clean', 'refused']).toContain(photo.kind);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
