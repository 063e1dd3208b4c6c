import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BCI,
  BCI_SIMPLIFIED,
  bci,
  bciParametersSchema,
  wci,
  WCI_14_2,
  WCI_14_2_WITH_FORWARDS,
  wciParametersSchema,
  type WciInput,
} from './communication-index.ts';

const account: WciInput = {
  days: 7,
  articles: 14,
  all: { reads: 70_000, favourites: 350, likes: 700, forwards: 1_400 },
  headlines: { reads: 42_000, favourites: 210, likes: 420, forwards: 840 },
  best: { reads: 15_000, favourites: 80, likes: 160, forwards: 320 },
};

test('worked examples, to the digits given', () => {
  expect(wci(account)).toBeCloseTo(898.86082, 5);
  expect(wci(account, WCI_14_2_WITH_FORWARDS)).toBeCloseTo(849.625017, 5);
  const weibo = {
    posts: 100,
    originals: 60,
    forwards: 500,
    comments: 300,
    originalForwards: 400,
    originalComments: 250,
    likes: 1_000,
  };
  expect(bci(weibo)).toBeCloseTo(898.689191, 5);
  expect(
    bci({ posts: 100, forwards: 500, comments: 300, likes: 1_000 }, BCI_SIMPLIFIED),
  ).toBeCloseTo(935.042257, 5);
});

test('weights of each published form sum to one', () => {
  for (const parameters of [WCI_14_2, WCI_14_2_WITH_FORWARDS]) {
    const { terms, overall, average, headline, peak } = wciParametersSchema.parse(parameters);
    expect(terms.reads + terms.favourites + terms.likes + terms.forwards).toBeCloseTo(1, 12);
    expect(overall + average + headline + peak).toBeCloseTo(1, 12);
  }
  for (const parameters of [BCI, BCI_SIMPLIFIED]) {
    const { activity, spread } = bciParametersSchema.parse(parameters);
    expect(activity.posts + activity.originals).toBeCloseTo(1, 12);
    expect(Object.values(spread).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  }
});

test('nothing published, nothing read: 0; a period without days is refused', () => {
  const nothing = { reads: 0, favourites: 0, likes: 0 };
  const empty = { days: 7, articles: 0, all: nothing, headlines: nothing, best: nothing };
  expect(wci(empty)).toBe(0);
  expect(wci({ ...empty, articles: 3 })).toBe(0);
  expect(bci({ posts: 0, forwards: 0, comments: 0, likes: 0 })).toBe(0);
  expect(() => wci({ ...empty, days: 0 })).toThrow();
  expect(() => wci({ ...empty, all: { ...nothing, reads: -1 } })).toThrow();
});

test('more of anything never lowers the index', () => {
  const counts = fc.record({
    reads: fc.nat(1e6),
    favourites: fc.nat(1e4),
    likes: fc.nat(1e4),
    forwards: fc.nat(1e4),
  });
  fc.assert(
    fc.property(
      counts,
      fc.constantFrom('reads', 'favourites', 'likes', 'forwards'),
      fc.nat(1_000),
      (all, what, more) => {
        const before = { ...account, all };
        const after = { ...account, all: { ...all, [what]: all[what as 'reads'] + more } };
        expect(wci(after, WCI_14_2_WITH_FORWARDS)).toBeGreaterThanOrEqual(
          wci(before, WCI_14_2_WITH_FORWARDS),
        );
      },
    ),
  );
});
