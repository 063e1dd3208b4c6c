// The duty roster over HTTP: what the page shows, and what officers do with it. Instants are epoch
// milliseconds, periods half-open.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { instantSchema } from '../../core/instant.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';

export const LINES = ['duty', 'deputy', 'leader'] as const;
export const DAY_KINDS = ['workday', 'rest-day', 'holiday', 'make-up'] as const;
export const CHANGE_STATES = ['asked', 'agreed', 'in-force', 'declined', 'withdrawn'] as const;
export const CHANGE_ACTS = ['agreed', 'confirmed', 'declined', 'withdrawn'] as const;
export const UNREACHABLE = [
  'unknown',
  'inactive',
  'no-phone',
  'not-verified',
  'other-bureau',
] as const;

const stretch = { fromMs: z.number(), untilMs: z.number() };
const askedStretch = { fromMs: instantSchema, untilMs: instantSchema };
const officerId = z.string().min(1).max(64);
const line = z.enum(LINES);

/** GET /api/roster */
export const rosterQuerySchema = z.strictObject({ bureau: regionCodeSchema.optional() });

const bodySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('override'),
    bureau: regionCodeSchema,
    line,
    ...stretch,
    officer: officerId,
    insteadOf: officerId.optional(),
  }),
  z.strictObject({
    kind: z.literal('swap'),
    bureau: regionCodeSchema,
    line,
    given: z.strictObject({ officer: officerId, ...stretch }),
    taken: z.strictObject({ officer: officerId, ...stretch }),
    needsLeader: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('leave'),
    bureau: regionCodeSchema,
    officer: officerId,
    ...stretch,
    standIn: officerId.optional(),
  }),
]);

const changeSchema = z.strictObject({
  id: z.string(),
  body: bodySchema,
  /** A swap is `asked` until the other officer agrees, `agreed` until the leader confirms. */
  state: z.enum(CHANGE_STATES),
  reason: z.string(),
  madeAtMs: z.number(),
  madeBy: textSchema,
  /** What the asking account may do with it. */
  may: z.array(z.enum(CHANGE_ACTS)),
});

const noteSchema = z.strictObject({
  id: z.string(),
  bureau: regionCodeSchema,
  officer: z.string(),
  turnFromMs: z.number(),
  turnUntilMs: z.number(),
  body: z.string(),
  writtenBy: textSchema,
  atMs: z.number(),
  seenBy: z.array(textSchema),
});

export const rosterPageSchema = z.strictObject({
  nowMs: z.number(),
  bureau: regionCodeSchema,
  /** Bureaus the account may choose from. */
  bureaus: z.array(regionCodeSchema),
  /** False where no roster is configured, or it does not have the bureau. */
  isConfigured: z.boolean(),
  /** The officer who is signed in; null for an account that is none. */
  me: z.string().nullable(),
  days: z.array(
    z.strictObject({
      date: z.string(),
      startMs: z.number(),
      kind: z.enum(DAY_KINDS),
      /** What the local table of workdays calls it. */
      name: z.string().nullable(),
      /** The calendar does not reach so far: only weekends are known. */
      isGuessed: z.boolean(),
    }),
  ),
  lines: z.array(
    z.strictObject({
      name: line,
      turns: z.array(
        z.strictObject({ officer: z.string(), ...stretch, changeId: z.string().nullable() }),
      ),
    }),
  ),
  officers: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      isLeader: z.boolean(),
      /** Signs in, so that a swap can be agreed to. */
      hasAccount: z.boolean(),
      phoneEnd: z.string().nullable(),
      /** When the number was tried last; null while nobody has. */
      verifiedAtMs: z.number().nullable(),
      /** It was tried too long ago. */
      isStale: z.boolean(),
    }),
  ),
  /** From now to `untilMs`, each stretch in which nobody can be reached for a level. */
  coverage: z.strictObject({
    untilMs: z.number(),
    gaps: z.array(
      z.strictObject({
        bureau: regionCodeSchema,
        level: levelSchema,
        ...stretch,
        unreachable: z.array(z.strictObject({ officer: z.string(), because: z.enum(UNREACHABLE) })),
      }),
    ),
  }),
  changes: z.array(changeSchema),
  notes: z.array(noteSchema),
  leaderConfirmsSwaps: z.boolean(),
  remindAt: z.string(),
});

/** GET /api/roster/mine: what waits for the officer who is signed in. */
export const myDutySchema = z.strictObject({
  nowMs: z.number(),
  turns: z.array(z.strictObject({ bureau: regionCodeSchema, line, ...stretch })),
  /** From the time of the reminder on. */
  tomorrow: z.strictObject({ bureau: regionCodeSchema, line, ...stretch }).nullable(),
  /** The turn that ends within half an hour and has not been handed over yet. */
  toHandOver: z.strictObject({ bureau: regionCodeSchema, line, ...stretch }).nullable(),
  unread: z.array(noteSchema),
  requests: z.array(changeSchema),
});

const reason = z.string().max(500);

/** POST /api/roster/changes */
export const askChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('override'),
    bureau: regionCodeSchema,
    line: line.default('duty'),
    ...askedStretch,
    officer: officerId,
    /** Everyone of the line when left out. */
    insteadOf: officerId.optional(),
    reason,
  }),
  z.strictObject({
    kind: z.literal('swap'),
    bureau: regionCodeSchema,
    line: line.default('duty'),
    /** The turn of the officer who is signed in. */
    given: z.strictObject(askedStretch),
    taken: z.strictObject({ officer: officerId, ...askedStretch }),
    reason,
  }),
  z.strictObject({
    kind: z.literal('leave'),
    bureau: regionCodeSchema,
    officer: officerId,
    ...askedStretch,
    /** Who takes the turns that fall into it. */
    standIn: officerId.optional(),
    reason,
  }),
]);

/** POST /api/roster/changes/:id/acts */
export const actOnChangeSchema = z.strictObject({
  act: z.enum(CHANGE_ACTS),
  reason: reason.default(''),
});

/** POST /api/roster/notes */
export const writeNoteSchema = z.strictObject({ body: z.string().max(4_000) });

/** POST /api/roster/numbers: sends a code. */
export const askNumberSchema = z.strictObject({
  officer: officerId,
  /** A new number; the present one when left out. */
  phone: z.string().max(40).optional(),
  channel: z.enum(['sms', 'phone']),
});

export const numberAskedSchema = z.strictObject({ id: z.string(), expiresAtMs: z.number() });

/** POST /api/roster/numbers/:id: the code that came. */
export const enterCodeSchema = z.strictObject({ code: z.string().max(20) });

export type RosterAnswer = z.infer<typeof rosterPageSchema>;
export type RosterChangeAnswer = z.infer<typeof changeSchema>;
export type RosterNoteAnswer = z.infer<typeof noteSchema>;
export type MyDutyAnswer = z.infer<typeof myDutySchema>;
export type AskChange = z.input<typeof askChangeSchema>;
export type NumberAsked = z.infer<typeof numberAskedSchema>;
