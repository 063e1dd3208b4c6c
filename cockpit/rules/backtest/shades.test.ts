import { expect, test } from 'vitest';
import { shadeOf } from './shades.ts';

const palette = { area: '#000000', alarm: '#ff0000', calm: '#0000ff' };

test('no change is not shaded, more is warm, fewer is cool, and the most is the strongest', () => {
  const shade = (change: number) => shadeOf({ change, most: 10 }, palette);
  expect(shade(0)).toBe('#000000');
  expect(shade(10)).toBe('#6b0000');
  expect(shade(-10)).toBe('#00006b');
  expect(shade(1) > shade(0) && shade(1) < shade(5) && shade(5) < shade(10)).toBe(true);
});
