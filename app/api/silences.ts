// Silences as the console reads and makes them, and the trail of decisions about an alert.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import { textSchema } from '../../core/text.ts';
import { alertSummarySchema } from './alerts.ts';

export const SILENCE_STATES = [
  'pending',
  'scheduled',
  'active',
  'ended',
  'expired',
  'lapsed',
] as const;

const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(50);

export const silenceMatcherSchema = z.strictObject({
  levels: some(levelSchema),
  rules: some(z.string().min(1).max(60)).optional(),
  counties: some(regionCodeSchema).optional(),
  classes: some(z.enum(SUBJECT_CLASSES)).optional(),
  /** Pseudonymous keys. */
  subjects: some(subjectKeySchema).optional(),
});

const actSchema = z.strictObject({
  actor: z.string(),
  name: textSchema,
  reason: z.string(),
  atMs: z.number(),
});

export const silenceSchema = z.strictObject({
  id: z.string(),
  state: z.enum(SILENCE_STATES),
  matcher: silenceMatcherSchema,
  /** What the author answers for; nothing outside it is hidden. */
  region: regionCodeSchema,
  coversOpen: z.boolean(),
  needsApproval: z.boolean(),
  author: z.string(),
  authorName: textSchema,
  reason: z.string(),
  fromMs: z.number(),
  untilMs: z.number(),
  createdAtMs: z.number(),
  approved: actSchema.nullable(),
  ended: actSchema.nullable(),
  /** Alerts it hides now that nobody has taken, and all it ever hid. */
  hidesNow: z.number(),
  hid: z.number(),
  /** What the reader may do with it. */
  may: z.strictObject({ approve: z.boolean(), end: z.boolean() }),
});

/** GET /api/silences: those that concern the officer's city or county, the newest first. */
export const silenceListSchema = z.strictObject({
  silences: z.array(silenceSchema),
  /** Open alerts of the officer's that are hidden now. */
  silenced: z.number(),
  /** Rules to choose from. */
  rules: z.array(z.strictObject({ id: z.string(), title: textSchema })),
  limits: z.strictObject({ level1MsMax: z.number(), msMax: z.number() }),
  nowMs: z.number(),
});

/** POST /api/silences */
export const newSilenceSchema = z.strictObject({
  matcher: silenceMatcherSchema,
  coversOpen: z.boolean().default(false),
  reason: z.string().max(300),
  /** Now when left out. */
  fromMs: z.number().int().optional(),
  untilMs: z.number().int(),
});

/** POST /api/silences/preview */
export const previewQuerySchema = z.strictObject({ matcher: silenceMatcherSchema });

const perLevel = z.strictObject({ 1: z.number(), 2: z.number(), 3: z.number() });

export const silencePreviewSchema = z.strictObject({
  open: perLevel,
  week: perLevel,
  examples: z.array(alertSummarySchema),
});

/** POST /api/silences/:id/approve and /end */
export const silenceActSchema = z.strictObject({ reason: z.string().max(300).default('') });

/** GET /api/alerts/:id/decisions */
export const decisionsSchema = z.strictObject({
  decisions: z.array(
    z.strictObject({
      id: z.string(),
      atMs: z.number(),
      kind: z.string(),
      /** Who did it; null for the system. */
      actor: textSchema.nullable(),
      says: textSchema,
      noticeId: z.string().optional(),
      /** The provider's name of the message, where `says` has it. */
      messageId: z.string().optional(),
    }),
  ),
});

export type SilenceMatcher = z.infer<typeof silenceMatcherSchema>;
export type SilenceAnswer = z.infer<typeof silenceSchema>;
export type SilenceList = z.infer<typeof silenceListSchema>;
export type NewSilence = z.input<typeof newSilenceSchema>;
export type SilencePreview = z.infer<typeof silencePreviewSchema>;
export type Decisions = z.infer<typeof decisionsSchema>;
