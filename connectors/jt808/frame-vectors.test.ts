import { expect, test } from 'vitest';
import { expectGolden } from '../../checks/golden.ts';
import { localDateTime } from '../../core/local-time.ts';
import type { Location } from './body-location.ts';
import { explainFrame } from './explain-frame.ts';
import { FRAME_VECTORS } from './frame-vectors.fixture.ts';
import { readFrame, type FrameRules } from './frame.ts';
import { decodeBody } from './message.ts';

const LENIENT: FrameRules = { tolerates: ['bad-checksum', 'length-mismatch'] };

const innerOf = (hex: string) => Buffer.from(hex, 'hex').subarray(1, -1);

test.each(FRAME_VECTORS)('$name reads as its golden text says', ({ name, hex }) => {
  expectGolden(
    new URL(`golden/${name}.txt`, import.meta.url),
    explainFrame(Buffer.from(hex, 'hex')),
  );
});

test.each(FRAME_VECTORS.filter((vector) => vector.locations))(
  '$name has the places and times an independent decoder found',
  ({ hex, locations }) => {
    const found = locationsOf(hex).map(({ lng, lat, atMs, speedKmh }) => ({
      lng,
      lat,
      at: localDateTime(atMs),
      speedKmh,
    }));
    expect(found).toHaveLength(locations?.length ?? 0);
    expect(found).toMatchObject(locations ?? []);
  },
);

test('the wrong length and the wrong checksum of vector 1 are both reported', () => {
  const outcome = readFrame(innerOf(FRAME_VECTORS[0]?.hex ?? ''));
  expect(outcome).toEqual({
    kind: 'drop',
    reason: 'bad-checksum',
    defects: ['bad-checksum', 'length-mismatch'],
  });
});

test('a policy that lives with both takes vector 1 and keeps them as flags', () => {
  const outcome = readFrame(innerOf(FRAME_VECTORS[0]?.hex ?? ''), LENIENT);
  expect(outcome).toMatchObject({
    kind: 'ok',
    value: { flags: ['bad-checksum', 'length-mismatch'], serial: 7 },
  });
});

function locationsOf(hex: string): Location[] {
  const frame = readFrame(innerOf(hex), LENIENT);
  if (frame.kind !== 'ok') return [];
  const body = decodeBody(frame.value, frame.value.body);
  if (body.kind !== 'ok') return [];
  if (body.value.kind === 'location') return [body.value.location];
  if (body.value.kind !== 'location-batch') return [];
  return body.value.items.flatMap((item) => (item.kind === 'ok' ? [item.value] : []));
}
