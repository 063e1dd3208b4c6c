import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanDecimal } from './scan-decimal.ts';

const JSON_DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?/;

const scan = (text: string) => {
  const numbers = new Float64Array(1);
  const end = scanDecimal(new Uint8Array(Buffer.from(`${text}\n`, 'latin1')), 0, numbers, 0);
  return end < 0 ? undefined : { text: text.slice(0, end), value: numbers[0] as number };
};

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength });

test('gives the double that Number gives, for any digits', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('', '-'),
      digits(22),
      fc.constantFrom('', '.'),
      digits(22),
      fc.constantFrom('', ',', '"', 'e5'),
      (sign, whole, dot, fraction, after) => {
        const text = `${sign}${whole}${dot}${fraction}${after}`;
        const expected = JSON_DECIMAL.exec(text)?.[0];
        const scanned = scan(text);
        // It may decline what a JSON number runs on behind (`1.` or `01`); the caller reads those slowly.
        if (scanned === undefined) {
          const isPlain = expected !== undefined && !/^[\d.]/.test(text.slice(expected.length));
          expect(isPlain && expected.length <= 40).toBe(false);
          return;
        }
        expect(scanned.text).toBe(expected);
        expect(Object.is(scanned.value, Number(expected))).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('reads every number as JavaScript writes it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = String(value);
      fc.pre(!text.includes('e'));
      expect(scan(text)).toEqual({ text, value: Number(text) });
    }),
  );
});

test.each(['', '-', '.5', '-.5', '5.', '01', '00', '--1', '+1', 'x', ' 1', '1.2.', '"1"'])(
  'declines %j or leaves the rest to the caller',
  (text) => {
    expect(scan(text)?.text ?? '').toBe(text === '1.2.' ? '1.2' : '');
  },
);
