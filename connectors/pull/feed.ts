// What a list of a partner's system is to the pull connector, and the parts its items have in common.

import { z } from 'zod';
import { arrivalSchema, type FactArrival } from '../../core/observation.ts';
import { parseInstant } from '../../core/local-time.ts';
import { drop, ok, type Outcome } from '../../core/outcome.ts';
import { isIdentity } from '../../core/subject.ts';
import type { ItemReason } from './reasons.ts';

export type Feed = {
  /** Names the cursor; one for each list polled. */
  readonly name: string;
  /** The source what cannot be read is counted under. */
  readonly source: string;
  /** The arrival an item stands for. Reads only the fields it needs: names and numbers stay unread. */
  toArrival(item: unknown): Outcome<FactArrival, ItemReason>;
};

/** How a partner says whom an item is about. */
export type Persons =
  /** By a reference of theirs, resolved when ingest identifies the subject. */
  | 'references'
  /** By our own pseudonymous key. */
  | 'keys';

export const personSchema = z.string().min(1).max(100);

/** The subject of an item, or undefined when it is an identity number, which is not taken over. */
export const subjectOf = (person: string, persons: Persons): string | undefined =>
  isIdentity(person) ? undefined : persons === 'keys' ? person : `partner-person:${person}`;

/** Milliseconds, or local time in China as `2026-11-22 08:30:00`, or ISO 8601 with a zone. */
export const timeSchema = z.union([z.number(), z.string().max(40)]);

export const timeOf = (time: z.infer<typeof timeSchema> | undefined): number | undefined =>
  typeof time === 'string' ? parseInstant(time) : time;

/** The arrival, once more held against the schema all observations keep. */
export function checked(arrival: Record<string, unknown>): Outcome<FactArrival, ItemReason> {
  const parsed = arrivalSchema.safeParse(arrival);
  return parsed.success && parsed.data.kind !== 'position'
    ? ok(parsed.data)
    : drop('unreadable-item');
}
