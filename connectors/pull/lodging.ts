// ② Stays as a partner's lodging register lists them (旅馆住宿登记): one item for moving in, one for
// moving out.

import { z } from 'zod';
import { drop } from '../../core/outcome.ts';
import { regionCodeSchema } from '../../core/region.ts';
import {
  checked,
  personSchema,
  subjectOf,
  timeOf,
  timeSchema,
  type Feed,
  type Persons,
} from './feed.ts';

const itemSchema = z.object({
  lodgingId: z.string(),
  person: personSchema,
  action: z.enum(['in', 'out']),
  atMs: timeSchema.optional(),
  time: timeSchema.optional(),
  /** The region of the place, where the register gives it beside the place. */
  at: z.string().max(20).optional(),
  place: z.string().optional(),
  hotel: z
    .object({
      /** Ten digits, the first six being the region. */
      code: z.string().max(40),
      name: z.string().optional(),
      region: z.string().max(20).optional(),
    })
    .optional(),
});

export type LodgingOptions = {
  /** The feed behind the kind of source: `register` gives lodging/register. */
  readonly feed: string;
  readonly persons: Persons;
};

export const createLodging = ({ feed, persons }: LodgingOptions): Feed => ({
  name: `lodging/${feed}`,
  source: `lodging/${feed}`,
  toArrival(item) {
    const parsed = itemSchema.safeParse(item);
    if (!parsed.success) return drop('unreadable-item');
    const { lodgingId, person, action, hotel, ...rest } = parsed.data;
    const subject = subjectOf(person, persons);
    if (subject === undefined) return drop('identity-as-subject');
    const atMs = timeOf(rest.atMs ?? rest.time);
    if (atMs === undefined) return drop('bad-time');
    const at = [rest.at, hotel?.region, hotel?.code.slice(0, 6)].find(
      (code) => regionCodeSchema.safeParse(code).success,
    );
    if (at === undefined) return drop('unknown-region');
    const place = rest.place ?? hotel?.name ?? hotel?.code;
    const source = `lodging/${feed}`;
    return checked({ kind: 'lodging', source, subject, atMs, lodgingId, action, place, at });
  },
});
