// How a record is written, so that every program gets the same bytes and the same hash: JSON without spaces,
// the keys in one order, those of `detail` sorted, text as JSON.stringify escapes it, UTF-8. Format 1;
// docs/audit.md describes it for those who write a verifier of their own.

import { isIdentity, subjectKeySchema } from '../../core/subject.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { z } from 'zod';
import type { AuditEntry } from './audit-entry.ts';

export const FORMAT = 1;

/** So many records in a row make a segment; the triggers of migration 0019 know the number. */
export const SEGMENT_LEVEL = 12;
export const SEGMENT_SIZE = 2 ** SEGMENT_LEVEL;

/** `previous` of the first record. */
export const NO_HASH = '0'.repeat(64);

export const OUTCOMES = ['done', 'refused', 'failed'] as const;

/** An entry in its place in the chain. */
export type AuditRecord = AuditEntry & {
  /** From 0, without gaps. */
  readonly position: number;
  /** Hash of the record before. */
  readonly previous: string;
  readonly sealedAtMs: EpochMs;
};

export type Place = Pick<AuditRecord, 'position' | 'previous' | 'sealedAtMs'>;

const REASON_CHARS_MAX = 500;

/** The entry as it waits: without its place. Numbers of persons in free words are taken out. */
export function encodeEntry(entry: AuditEntry): string {
  return JSON.stringify({
    action: entry.action,
    actor: entry.actor,
    atMs: entry.atMs,
    detail: sorted(entry.detail),
    outcome: entry.outcome,
    purpose: entry.purpose,
    reason: entry.reason === null ? null : withoutNumbers(entry.reason.slice(0, REASON_CHARS_MAX)),
    subjects: [...new Set(entry.subjects)],
  });
}

/** The entry in its place, from how it waited. */
export function placeEntry(waiting: string, { position, previous, sealedAtMs }: Place): string {
  const place = `"format":${FORMAT},"position":${position},"previous":"${previous}","sealedAtMs":${sealedAtMs}`;
  return `{${place},${waiting.slice(1)}`;
}

const entryShape = {
  action: z.string(),
  actor: z.string(),
  atMs: z.int().transform(epochMs),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  outcome: z.enum(OUTCOMES),
  purpose: z.string().nullable(),
  reason: z.string().nullable(),
  subjects: z.array(subjectKeySchema),
};

const entrySchema = z.strictObject(entryShape);

const recordSchema = z.strictObject({
  format: z.literal(FORMAT),
  position: z.int().min(0),
  previous: z.string(),
  sealedAtMs: z.int().transform(epochMs),
  ...entryShape,
});

/** What waits, read back; undefined for what is no entry. */
export const decodeEntry = (body: string): AuditEntry | undefined => decode(entrySchema, body);

/** Undefined for what is no record. */
export const decodeRecord = (body: string): AuditRecord | undefined => decode(recordSchema, body);

function decode<Schema extends z.ZodType>(
  schema: Schema,
  body: string,
): z.output<Schema> | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const sorted = (detail: AuditEntry['detail']) =>
  Object.fromEntries(
    Object.entries(detail)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, typeof value === 'string' ? withoutNumbers(value) : value]),
  );

/** Identity and mobile numbers, which free words may hold in spite of all. */
export const withoutNumbers = (words: string): string =>
  words.replaceAll(/\d{17}[\dXx]|\d{11}/g, (digits) => (isIdentity(digits) ? '[…]' : digits));
