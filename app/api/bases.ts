// Recorded bases as the console reads and makes them, and what is held about one person.

import { z } from 'zod';
import { MONITORING_GROUNDS, type MonitoringGround } from '../../core/recorded-basis.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { sourceKindSchema } from '../../core/source.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import { textSchema } from '../../core/text.ts';
import { HELD_PURPOSE_CODES } from './purposes.ts';

const purposeSchema = z.enum(HELD_PURPOSE_CODES);
const groundSchema = z.enum(
  Object.keys(MONITORING_GROUNDS) as [MonitoringGround, ...MonitoringGround[]],
);

const termSchema = z.strictObject({
  documentNumber: z.string(),
  approvedBy: z.string(),
  fromMs: z.number(),
  untilMs: z.number(),
  recordedBy: z.string(),
  confirmedBy: z.string(),
  recordedAtMs: z.number(),
});

export const measureSchema = z.strictObject({
  basisId: z.string(),
  kind: z.enum(['order', 'recorded']),
  article: z.string(),
  documentNumber: z.string(),
  approvedBy: z.string(),
  sources: z.array(sourceKindSchema),
  area: z.array(z.string()),
  ground: groundSchema.nullable(),
  fromMs: z.number(),
  untilMs: z.number(),
  state: z.enum(['to-come', 'running', 'ended', 'lifted', 'without-order']),
  daysLeft: z.number().nullable(),
  liftedAtMs: z.number().nullable(),
  terms: z.array(termSchema),
  renewals: z.number(),
  renewalsMax: z.number().nullable(),
});

const listedSchema = measureSchema.extend({
  subject: subjectKeySchema,
  subjectClass: z.enum(SUBJECT_CLASSES),
  county: regionCodeSchema,
});

export const proposalSchema = z.strictObject({
  id: z.string(),
  subject: subjectKeySchema,
  basisId: z.string(),
  county: regionCodeSchema,
  action: z.enum(['start', 'renew', 'end']),
  article: z.string(),
  documentNumber: z.string(),
  approvedBy: z.string(),
  sources: z.array(sourceKindSchema),
  fromMs: z.number(),
  untilMs: z.number(),
  reason: z.string(),
  proposedBy: textSchema,
  proposedAtMs: z.number(),
  confirmer: textSchema,
  decision: z.enum(['confirmed', 'refused']).nullable(),
  decidedBy: textSchema.nullable(),
  decidedAtMs: z.number().nullable(),
  decisionNote: z.string().nullable(),
  /** What the reader may do with it. */
  may: z.strictObject({ confirm: z.boolean(), refuse: z.boolean() }),
});

const limitsSchema = z.strictObject({
  monitoringMonths: z.number(),
  monitoringRenewals: z.number(),
  movementDays: z.number(),
  otherDays: z.number(),
  recordedLateMs: z.number(),
});

/** GET /api/bases: the bureau's list. */
export const basesSchema = z.strictObject({
  nowMs: z.number(),
  region: regionCodeSchema,
  counts: z.strictObject({
    persons: z.number(),
    recorded: z.number(),
    monitoring: z.number(),
    expiring: z.number(),
    expired: z.number(),
  }),
  expiring: z.array(listedSchema),
  expired: z.array(listedSchema),
  proposals: z.array(proposalSchema),
  /** What the gate refused in the last day, by the hour, feed and reason. */
  refusals: z.array(
    z.strictObject({
      hourMs: z.number(),
      source: z.string(),
      reason: z.string(),
      says: textSchema,
      count: z.number(),
    }),
  ),
  limits: limitsSchema,
  confirmers: z.array(z.strictObject({ id: z.string(), name: textSchema })),
});

const words = (max: number) => z.string().max(max);
const common = {
  subject: subjectKeySchema,
  article: z.string().min(1).max(200),
  documentNumber: words(100),
  approvedBy: z.string().min(1).max(100),
  confirmer: z.string().min(1).max(64),
  reason: words(300),
  untilMs: z.number().int(),
};

/** POST /api/bases */
export const newBasisSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('start'),
    ...common,
    fromMs: z.number().int(),
    sources: z.array(sourceKindSchema).min(1).max(20),
    area: z.array(regionCodeSchema).min(1).max(20),
    ground: groundSchema.optional(),
  }),
  z.strictObject({ action: z.literal('renew'), ...common, basisId: z.string().min(1).max(64) }),
]);

/** POST /api/bases/:id/decide */
export const decisionSchema = z.strictObject({
  decision: z.enum(['confirmed', 'refused']),
  note: words(300).default(''),
});

/** POST /api/bases/lift */
export const liftSchema = z.strictObject({
  subject: subjectKeySchema,
  basisId: z.string().min(1).max(64),
  documentNumber: words(100).default(''),
  reason: words(300),
});

/** POST /api/held: who asks says why. */
export const heldQuerySchema = z.strictObject({
  subject: subjectKeySchema,
  purpose: purposeSchema,
  reason: words(300),
});

export const heldSchema = z.strictObject({
  subject: subjectKeySchema,
  nowMs: z.number(),
  order: z
    .strictObject({
      subjectClass: z.enum(SUBJECT_CLASSES),
      correction: z.string().nullable(),
      county: regionCodeSchema,
      area: z.array(z.string()),
      fromMs: z.number(),
      untilMs: z.number(),
      inForce: z.boolean(),
    })
    .nullable(),
  measures: z.array(measureSchema),
  sources: z.array(
    z.strictObject({
      source: sourceKindSchema,
      open: z.boolean(),
      because: z.enum([
        'order',
        'recorded',
        'no-order',
        'lifted',
        'ended',
        'to-come',
        'needs-its-own',
        'never',
      ]),
      documentNumber: z.string().nullable(),
      untilMs: z.number().nullable(),
    }),
  ),
  held: z.array(
    z.strictObject({
      store: z.enum(['records', 'warehouse', 'log']),
      table: z.string(),
      count: z.number(),
      fromMs: z.number().nullable(),
      untilMs: z.number().nullable(),
    }),
  ),
  /** False where this process has no warehouse to ask. */
  heldIsWhole: z.boolean(),
  /** When all of it is due to be deleted; null without an order. */
  deleteAtMs: z.number().nullable(),
});

export type Bases = z.infer<typeof basesSchema>;
export type ListedBasis = z.infer<typeof listedSchema>;
export type MeasureAnswer = z.infer<typeof measureSchema>;
export type ProposalAnswer = z.infer<typeof proposalSchema>;
export type NewBasisBody = z.infer<typeof newBasisSchema>;
export type Held = z.infer<typeof heldSchema>;
export type HeldQuery = z.infer<typeof heldQuerySchema>;
