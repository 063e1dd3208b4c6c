// Reach of official accounts: the communication indices of WeChat (WCI) and Weibo (BCI) as published by their
// maker, with every weight a parameter that a version carries. Raw counts belong beside them on any screen:
// logarithms hide how much the first thousand likes weigh.

import { z } from 'zod';

const share = z.number().min(0).max(1);
const count = z.number().nonnegative();

/** Σ weight · ln(factor · x + 1) over what is counted. */
const termsSchema = z.strictObject({
  reads: share,
  favourites: share,
  likes: share,
  forwards: share,
  /** What favourites, likes and forwards are multiplied by before the logarithm. */
  factor: z.number().positive(),
});

export const wciParametersSchema = z.strictObject({
  version: z.string().min(1),
  terms: termsSchema,
  /** Overall per day, average per article, headlines per day, best article. */
  overall: share,
  average: share,
  headline: share,
  peak: share,
  scale: z.number().positive(),
});

export type WciParameters = z.infer<typeof wciParametersSchema>;

/** Version 14.2 with the three inputs the requirement names: reads, favourites (在看), likes. */
export const WCI_14_2: WciParameters = {
  version: '14.2',
  terms: { reads: 0.85, favourites: 0.09, likes: 0.06, forwards: 0, factor: 10 },
  overall: 0.6,
  average: 0.2,
  headline: 0.1,
  peak: 0.1,
  scale: 12,
};

/** Version 14.2 for accounts whose forwards are known. */
export const WCI_14_2_WITH_FORWARDS: WciParameters = {
  ...WCI_14_2,
  version: '14.2-forwards',
  terms: { reads: 0.7, favourites: 0.09, likes: 0.06, forwards: 0.15, factor: 10 },
};

const articlesSchema = z.strictObject({
  reads: count,
  favourites: count,
  likes: count,
  forwards: count.default(0),
});

export const wciInputSchema = z.strictObject({
  /** Days of the period: 7, 30 or so. */
  days: z.number().int().min(1).max(366),
  /** Articles published in it. */
  articles: z.number().int().nonnegative(),
  /** Sums over all articles, and over headlines; the best figure of a single article. */
  all: articlesSchema,
  headlines: articlesSchema,
  best: articlesSchema,
});

export type WciInput = z.input<typeof wciInputSchema>;
type Articles = z.infer<typeof articlesSchema>;

/**
 * The WeChat communication index of an account: (0.6·O + 0.2·A + 0.1·H + 0.1·P)² · 12 in version 14.2
 * (清博, WCI V14.2). 0 for an account that published nothing.
 */
export function wci(input: WciInput, parameters: WciParameters = WCI_14_2): number {
  const { days, articles, all, headlines, best } = wciInputSchema.parse(input);
  if (articles === 0) return 0;
  const { terms, overall, average, headline, peak, scale } = parameters;
  const sum = (counts: Articles, by: number) => {
    const term = (x: number, factor: number) => Math.log((factor * x) / by + 1);
    return (
      terms.reads * term(counts.reads, 1) +
      terms.favourites * term(counts.favourites, terms.factor) +
      terms.likes * term(counts.likes, terms.factor) +
      terms.forwards * term(counts.forwards, terms.factor)
    );
  };
  const weighted =
    overall * sum(all, days) +
    average * sum(all, articles) +
    headline * sum(headlines, days) +
    peak * sum(best, 1);
  return weighted ** 2 * scale;
}

export const bciParametersSchema = z.strictObject({
  version: z.string().min(1),
  activity: z.strictObject({ posts: share, originals: share }),
  spread: z.strictObject({
    forwards: share,
    comments: share,
    originalForwards: share,
    originalComments: share,
    likes: share,
  }),
  activityWeight: share,
  spreadWeight: share,
  scale: z.number().positive(),
});

export type BciParameters = z.infer<typeof bciParametersSchema>;

/** The full form; its weights of spread sum to one only with 0.20 for comments. */
export const BCI: BciParameters = {
  version: '1',
  activity: { posts: 0.3, originals: 0.7 },
  spread: {
    forwards: 0.2,
    comments: 0.2,
    originalForwards: 0.25,
    originalComments: 0.25,
    likes: 0.1,
  },
  activityWeight: 0.2,
  spreadWeight: 0.8,
  scale: 160,
};

/** The registered simplified form, for accounts whose originals are not told apart. */
export const BCI_SIMPLIFIED: BciParameters = {
  ...BCI,
  version: 'simplified',
  activity: { posts: 1, originals: 0 },
  spread: { forwards: 0.4, comments: 0.4, originalForwards: 0, originalComments: 0, likes: 0.2 },
};

export const bciInputSchema = z.strictObject({
  posts: count,
  originals: count.default(0),
  forwards: count,
  comments: count,
  originalForwards: count.default(0),
  originalComments: count.default(0),
  likes: count,
});

export type BciInput = z.input<typeof bciInputSchema>;

/** The Weibo communication index (清博, BCI): (0.2·W1 + 0.8·W2) · 160 over logarithms of counts. */
export function bci(input: BciInput, parameters: BciParameters = BCI): number {
  const counts = bciInputSchema.parse(input);
  const ln = (x: number) => Math.log(x + 1);
  const { activity, spread, activityWeight, spreadWeight, scale } = parameters;
  const active = activity.posts * ln(counts.posts) + activity.originals * ln(counts.originals);
  const spreading =
    spread.forwards * ln(counts.forwards) +
    spread.comments * ln(counts.comments) +
    spread.originalForwards * ln(counts.originalForwards) +
    spread.originalComments * ln(counts.originalComments) +
    spread.likes * ln(counts.likes);
  return (activityWeight * active + spreadWeight * spreading) * scale;
}
