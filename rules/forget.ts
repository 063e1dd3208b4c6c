// The state of the rules without certain persons. Whatever is kept by a person's number is emptied or left
// out; the number stays, under a key that means nothing, so that nobody else's number moves. In what is kept
// about others the key is overwritten.

import { z } from 'zod';
import type { Forgotten } from '../core/forgotten.ts';
import type { OrderFact } from '../core/observation.ts';
import { isSubjectKey, subjectKey, subjectKeySchema } from '../core/subject.ts';
import { SubjectTable, type SavedKeys } from '../core/subject-table.ts';
import type { EpochMs } from '../core/time.ts';
import { decodeLines, encodeLines, type LogEntry } from '../ingest/log.ts';
import type { EngineSnapshot } from './engine.ts';

const forgottenSchema = z.strictObject({
  subject: subjectKeySchema,
  placeholder: z.string().refine(isSubjectKey).transform(subjectKey),
});

/** A record of the log after which the rules know nothing of these persons. */
export const encodeForget = (persons: readonly Forgotten[], watermarkMs: EpochMs): LogEntry => ({
  kind: 'forget',
  watermarkMs,
  payload: encodeLines(persons),
});

/** Whom a record names; nobody once they were taken out of the log as well. */
export const decodeForget = (payload: Uint8Array): Forgotten[] =>
  decodeLines(payload).map((line) => forgottenSchema.parse(line));

/** The state without the persons; the same when it knows none of them. */
export function withoutPersons(
  state: EngineSnapshot,
  persons: readonly Forgotten[],
): EngineSnapshot {
  const table = new SubjectTable();
  table.restore(state.subjects);
  const named = persons.filter(({ subject }) => table.find(subject) >= 0);
  if (named.length === 0) return state;
  const gone: Gone = {
    slots: new Set(named.map(({ subject }) => table.find(subject))),
    placeholders: new Map(named.map(({ subject, placeholder }) => [subject, placeholder])),
    size: table.size,
  };
  return {
    ...state,
    subjects: renamed(state.subjects, table, gone),
    orders: state.orders
      .filter(({ subject }) => !gone.placeholders.has(subject))
      .map((fact) => emptied(fact, gone) as OrderFact),
    frame: emptied(state.frame, gone),
    rules: emptied(state.rules, gone) as EngineSnapshot['rules'],
    ...(state.corrections === undefined ? {} : { corrections: emptied(state.corrections, gone) }),
  };
}

type Gone = {
  readonly slots: ReadonlySet<number>;
  readonly placeholders: ReadonlyMap<string, string>;
  /** How many persons have a number. */
  readonly size: number;
};

function renamed(saved: EngineSnapshot['subjects'], table: SubjectTable, gone: Gone) {
  if (!('ends' in saved)) return saved.map((key) => gone.placeholders.get(key) ?? key);
  const keys: SavedKeys = { ends: saved.ends, bytes: saved.bytes.slice() };
  for (const slot of gone.slots) {
    const placeholder = Buffer.from(gone.placeholders.get(table.keyOf(slot)) as string);
    // As long as the key, so it ends where the key ended.
    keys.bytes.set(placeholder, (keys.ends[slot] as number) - placeholder.byteLength);
  }
  return keys;
}

/**
 * In every state of a rule numbers that are keys of a map are persons' numbers, typed arrays hold a record of
 * equal length for each person, and what lies in a list or under another key carries the number as `slot`.
 * rules/forget.property.test.ts holds every kind against that.
 */
function emptied(value: unknown, gone: Gone): unknown {
  if (typeof value === 'string') return gone.placeholders.get(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Float64Array || value instanceof Uint8Array) return cleared(value, gone);
  if (ArrayBuffer.isView(value)) return value;
  if (value instanceof Set) return new Set([...value].map((one) => emptied(one, gone)));
  if (value instanceof Map) {
    return new Map(
      [...value]
        .filter(([key, of]) => !isOfGone(key, gone) && !carriesGone(of, gone))
        .map(([key, of]) => [emptied(key, gone), emptied(of, gone)]),
    );
  }
  if (Array.isArray(value)) {
    return value.filter((one) => !carriesGone(one, gone)).map((one) => emptied(one, gone));
  }
  // The state of an engine of its own, in which the persons have other numbers.
  if (isEngineState(value)) return withoutPersons(value, personsOf(gone));
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [name, emptied(of, gone)] as const),
  );
}

/** A number, or a name that begins with one as in rules/kinds/match.ts. */
function isOfGone(key: unknown, { slots }: Gone): boolean {
  if (typeof key === 'number') return slots.has(key);
  const [, number] = typeof key === 'string' ? (/^(\d+) /.exec(key) ?? []) : [];
  return number !== undefined && slots.has(Number(number));
}

/** A timer, or an episode that is held back. */
function carriesGone(value: unknown, { slots }: Gone): boolean {
  type Carrier = { slot?: unknown; noticed?: { slot?: unknown } } | null;
  if (typeof value !== 'object') return false;
  const carrier = value as Carrier;
  const slot = carrier?.slot ?? carrier?.noticed?.slot;
  return typeof slot === 'number' && slots.has(slot);
}

/** One double a person is the instant of a timer: never. Everything else begins with zeros. */
function cleared(values: Float64Array | Uint8Array, { slots, size }: Gone) {
  if (values.length === 0 || values.length % size !== 0) return values;
  const width = values.length / size;
  const copy = values.slice();
  const nothing = copy instanceof Float64Array && width === 1 ? Infinity : 0;
  for (const slot of slots) copy.fill(nothing, slot * width, (slot + 1) * width);
  return copy;
}

const isEngineState = (value: object): value is EngineSnapshot =>
  'format' in value && 'subjects' in value && 'orders' in value;

const personsOf = ({ placeholders }: Gone): Forgotten[] =>
  [...placeholders].map(([subject, placeholder]) => ({
    subject: subjectKey(subject),
    placeholder: subjectKey(placeholder),
  }));
