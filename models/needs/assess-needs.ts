// What help a released person may need: a checklist staff fill in, added up in the open, that proposes a plan
// of help. Advice to staff only. It raises no alert, orders nobody, and decides nothing about a person; no
// rule or index reads it.

import { z } from 'zod';
import { textSchema, type Text } from '../../core/text.ts';

const itemSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  question: textSchema,
  /** Points of the answer "yes". */
  points: z.number().int().min(1).max(10),
  /** What helps, when the answer is "yes". */
  help: textSchema,
});

export const checklistSchema = z
  .strictObject({
    id: z.string().min(1),
    version: z.string().min(1),
    /** Where the items and points come from. */
    source: z.string().min(1),
    areas: z
      .array(
        z.strictObject({ id: z.string(), name: textSchema, items: z.array(itemSchema).min(1) }),
      )
      .min(1),
    /** From so many points on; the first has 0. Highest last. */
    bands: z.array(z.strictObject({ from: z.number().int().min(0), name: textSchema })).min(1),
  })
  .refine(
    ({ areas }) => {
      const ids = areas.flatMap(({ items }) => items.map(({ id }) => id));
      return new Set(ids).size === ids.length;
    },
    { message: 'two items have the same id; each needs its own' },
  )
  .refine(
    ({ bands }) =>
      bands.every(({ from }, i) => (i === 0 ? from === 0 : from > (bands[i - 1]?.from ?? 0))),
    { message: 'bands begin with 0 and rise' },
  );

export type Checklist = z.infer<typeof checklistSchema>;

/** `unknown`: not asked or not known; counts nothing and is named. */
export type Answer = 'yes' | 'no' | 'unknown';

export type NeedsAssessment = {
  readonly checklist: string;
  readonly version: string;
  readonly points: number;
  readonly pointsMax: number;
  readonly band: Text;
  /** What each answer added, most first. */
  readonly because: readonly {
    readonly id: string;
    readonly area: Text;
    readonly question: Text;
    readonly points: number;
  }[];
  /** The help proposed, in the order of points. */
  readonly plan: readonly Text[];
  /** Items nobody has answered. */
  readonly open: readonly string[];
};

/** Adds up the answers. Answers to items the list does not have are a mistake of the caller and throw. */
export function assessNeeds(
  checklist: Checklist,
  answers: Readonly<Record<string, Answer>>,
): NeedsAssessment {
  const items = checklist.areas.flatMap(({ name, items: own }) =>
    own.map((item) => ({ ...item, area: name })),
  );
  const stray = Object.keys(answers).find((id) => !items.some((item) => item.id === id));
  if (stray !== undefined) throw new RangeError(`the checklist has no item "${stray}"`);
  const needed = items
    .filter(({ id }) => answers[id] === 'yes')
    .toSorted((a, b) => b.points - a.points || (a.id < b.id ? -1 : 1));
  const points = needed.reduce((sum, item) => sum + item.points, 0);
  return {
    checklist: checklist.id,
    version: checklist.version,
    points,
    pointsMax: items.reduce((sum, item) => sum + item.points, 0),
    band: (checklist.bands.findLast(({ from }) => points >= from) as Checklist['bands'][number])
      .name,
    because: needed.map(({ id, area, question, points: own }) => ({
      id,
      area,
      question,
      points: own,
    })),
    plan: needed.map(({ help }) => help),
    open: items.filter(({ id }) => (answers[id] ?? 'unknown') === 'unknown').map(({ id }) => id),
  };
}
