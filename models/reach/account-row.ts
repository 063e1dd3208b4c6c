// A row of counts of an account becomes what an index is made of. Column names are those of the parameters;
// what is wrong is said by column, and nothing is guessed: a count that is not there is not zero.

import type { z } from 'zod';
import { wciInputSchema, type bciInputSchema } from './communication-index.ts';

export type ReachKind = 'wci' | 'bci';

const COUNTS = ['reads', 'favourites', 'likes', 'forwards'] as const;
const GROUPS = { all: '', headlines: 'headline_', best: 'best_' } as const;

/** Columns a file needs; those with a `?` may be missing. */
export const REACH_COLUMNS: Readonly<Record<ReachKind, readonly string[]>> = {
  wci: [
    'account',
    'period',
    'days',
    'articles',
    ...Object.values(GROUPS).flatMap((prefix) =>
      COUNTS.map((count) => `${prefix}${count}${count === 'forwards' ? '?' : ''}`),
    ),
  ],
  bci: [
    'account',
    'period',
    'posts',
    'originals?',
    'forwards',
    'comments',
    'original_forwards?',
    'original_comments?',
    'likes',
  ],
};

export type AccountRow = Readonly<Record<string, string>>;

export type ReadAccount =
  | { readonly kind: 'wci'; readonly input: z.infer<typeof wciInputSchema> }
  | { readonly kind: 'bci'; readonly input: z.infer<typeof bciInputSchema> };

/** The counts, or the names of the columns that hold none. */
export function readAccountRow(
  kind: ReachKind,
  row: AccountRow,
): ReadAccount | { readonly kind: 'wrong'; readonly columns: readonly string[] } {
  const wrong: string[] = [];
  const numberIn = (name: string): number => {
    const cell = (row[name] ?? '').trim().replaceAll(',', '');
    const value = /^\d+(\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN;
    if (Number.isNaN(value)) wrong.push(name);
    return value;
  };
  const optional = (name: string): number => (row[name] === undefined ? 0 : numberIn(name));
  if (kind === 'bci') {
    const input = {
      posts: numberIn('posts'),
      originals: optional('originals'),
      forwards: numberIn('forwards'),
      comments: numberIn('comments'),
      originalForwards: optional('original_forwards'),
      originalComments: optional('original_comments'),
      likes: numberIn('likes'),
    };
    return wrong.length > 0 ? { kind: 'wrong', columns: wrong } : { kind, input };
  }
  const group = (prefix: string) => ({
    reads: numberIn(`${prefix}reads`),
    favourites: numberIn(`${prefix}favourites`),
    likes: numberIn(`${prefix}likes`),
    forwards: optional(`${prefix}forwards`),
  });
  const read = wciInputSchema.safeParse({
    days: numberIn('days'),
    articles: numberIn('articles'),
    all: group(GROUPS.all),
    headlines: group(GROUPS.headlines),
    best: group(GROUPS.best),
  });
  if (wrong.length > 0) return { kind: 'wrong', columns: wrong };
  return read.success
    ? { kind, input: read.data }
    : { kind: 'wrong', columns: read.error.issues.map(({ path }) => path.join('.')) };
}
