import { expect, test } from 'vitest';
import * as articles from '../console/terms.ts';
import * as consoleWords from '../console/words.ts';
import * as signInWords from '../sign-in/words.ts';
import * as wallWords from '../wall/words.ts';
import * as words from './words.ts';

type Found = { readonly where: string; readonly zh: string; readonly en: string };

/** Every Text inside a catalogue, however deep. */
function textsIn(value: unknown, where: string): Found[] {
  if (value === null || typeof value !== 'object') return [];
  const { zh, en } = value as Record<string, unknown>;
  if (typeof zh === 'string' && typeof en === 'string') return [{ where, zh, en }];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, `${where}.${name}`));
}

const all = [
  ...textsIn(words, 'shared'),
  ...textsIn(wallWords, 'wall'),
  ...textsIn(consoleWords, 'console'),
  ...textsIn(articles, 'terms'),
  ...textsIn(signInWords, 'sign-in'),
];

/** The one text that names a language in itself. */
const INTENDED = new Set(['shared.WORDS.languageOther']);

test('the catalogues were found', () => {
  expect(all.length).toBeGreaterThan(200);
});

test.each(all.filter(({ where }) => !INTENDED.has(where)).map((one) => [one.where, one] as const))(
  '%s says the same in both languages, each in its own script',
  (_where, { zh, en }) => {
    expect(en).not.toBe('');
    expect(en).not.toMatch(/[\u3000-\u9fff\uff00-\uffef]/);
    // Chinese stands with its own punctuation.
    expect(zh).not.toMatch(/[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/);
  },
);
