// Exports over HTTP: the ledger, requests for large ones, verifying a file, and the list of alerts as a file.

import { z } from 'zod';
import { regionCodeSchema } from '../../core/region.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import { textSchema } from '../../core/text.ts';
import { ALERT_STATUSES } from './alerts.ts';
import { auditQuerySchema } from './audit.ts';

const instant = z.coerce.number().int().min(0).max(8_640_000_000_000_000);

export const LIST_FORMATS = ['csv', 'xlsx'] as const;

/** POST /api/alerts/export */
export const exportAlertsSchema = z.strictObject({
  status: z.enum(['open', ...ALERT_STATUSES]).default('open'),
  level: z.number().int().min(1).max(3).optional(),
  region: regionCodeSchema.optional(),
  format: z.enum(LIST_FORMATS),
  language: z.enum(['zh', 'en']).default('zh'),
  purpose: z.string().max(500),
});

/** POST /api/alerts/export-requests */
export const askForAlertsSchema = exportAlertsSchema.extend({ reason: z.string().max(1_000) });

export type ExportAlerts = z.input<typeof exportAlertsSchema>;

/** POST /api/audit/records/export: the question of a search. */
export const exportAuditRecordsSchema = auditQuerySchema.omit({ before: true }).extend({
  format: z.enum(LIST_FORMATS).default('csv'),
  language: z.enum(['zh', 'en']).default('zh'),
  purpose: z.string().max(500),
});

const WORDS_MAX = 200_000;

/** POST /api/exports/prints: what the browser is about to print. */
export const printSchema = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('person-sheet'),
    subject: subjectKeySchema,
    words: z.string().min(1).max(WORDS_MAX),
  }),
  z.strictObject({
    what: z.literal('report'),
    period: z.string().max(30),
    region: regionCodeSchema,
    /** Of a kept one. */
    report: z.string().max(80).optional(),
    purpose: z.string().max(500),
    words: z.string().min(1).max(WORDS_MAX),
  }),
]);

export type PrintQuestion = z.input<typeof printSchema>;

export const printedMarkSchema = z.strictObject({
  number: z.string(),
  line: textSchema,
  digest: z.string(),
});

export type PrintedMark = z.infer<typeof printedMarkSchema>;

/** GET /api/exports */
export const ledgerQuerySchema = z.strictObject({
  /** `all` for whoever may see others'. */
  whose: z.enum(['own', 'all']).default('own'),
  kind: z.string().max(40).optional(),
  format: z.string().max(10).optional(),
  /** Begin of a number or digest. */
  text: z.string().max(80).optional(),
  from: instant.optional(),
  until: instant.optional(),
  /** Number of the last entry of the page before. */
  after: z.string().max(40).optional(),
});

const aboutSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

export const ledgerEntrySchema = z.strictObject({
  number: z.string(),
  kind: z.string(),
  kindName: textSchema,
  title: textSchema,
  format: z.string(),
  exporter: textSchema,
  isOwn: z.boolean(),
  region: regionCodeSchema,
  about: aboutSchema,
  purpose: z.string(),
  purposeCode: z.string().nullable(),
  rows: z.number(),
  persons: z.number(),
  /** `sha256` or `sm3`. */
  hashing: z.string(),
  contentDigest: z.string(),
  fileDigest: z.string(),
  mark: z.string(),
  fileName: z.string(),
  byteCount: z.number(),
  madeAtMs: z.number(),
  state: z.enum(['made', 'taken', 'broken-off']),
  takenAtMs: z.number().nullable(),
  approvedBy: textSchema.nullable(),
  /** Null for files of older versions. */
  seal: z.strictObject({ stampedAtMs: z.number().nullable() }).nullable(),
});

export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export const ledgerPageSchema = z.strictObject({
  entries: z.array(ledgerEntrySchema),
  /** Goes back in as `after`; null on the last page. */
  next: z.string().nullable(),
  /** Others' may be seen. */
  mayAll: z.boolean(),
  kinds: z.array(z.strictObject({ kind: z.string(), name: textSchema })),
});

export type LedgerPage = z.infer<typeof ledgerPageSchema>;

export const exportRequestSchema = z.strictObject({
  id: z.string(),
  kindName: textSchema,
  title: textSchema,
  format: z.string(),
  requestedBy: textSchema,
  isOwn: z.boolean(),
  region: regionCodeSchema,
  about: aboutSchema,
  purpose: z.string(),
  reason: z.string(),
  rows: z.number(),
  persons: z.number(),
  requestedAtMs: z.number(),
  state: z.enum(['waiting', 'approved', 'refused', 'used', 'withdrawn', 'lapsed']),
  decidedBy: textSchema.nullable(),
  decidedAtMs: z.number().nullable(),
  note: z.string(),
  untilMs: z.number(),
  may: z.strictObject({ decide: z.boolean(), withdraw: z.boolean() }),
});

export type ExportRequest = z.infer<typeof exportRequestSchema>;

export const exportRequestsSchema = z.strictObject({ requests: z.array(exportRequestSchema) });

/** POST /api/exports/requests/:id/decide */
export const decideExportSchema = z.strictObject({
  decision: z.enum(['approved', 'refused']),
  note: z.string().max(300).default(''),
});

export const askedExportSchema = z.strictObject({ id: z.string() });

/** POST /api/exports/verify; the body is the file. */
export const verifiedSchema = z.strictObject({
  is: z.enum(['unaltered', 'altered', 'truncated', 'not-in-ledger', 'unknown']),
  /** In the mark of the file, or in the ledger. */
  number: z.string().nullable(),
  /** Of an altered file whose data can be told from its mark. */
  isContentSame: z.boolean().nullable(),
  isCut: z.boolean(),
  byteCount: z.number(),
  sha256: z.string(),
  sm3: z.string(),
  /** Of an unaltered file. */
  seal: z
    .strictObject({
      seal: z.enum(['sound', 'none', 'other-entry', 'broken']),
      stamp: z.enum(['none', 'sound', 'broken', 'unchecked']),
      stampedAtMs: z.number().nullable(),
    })
    .nullable(),
  /** For whoever took it, and whoever may see the ledger there. */
  entry: ledgerEntrySchema.nullable(),
});

export type VerifiedAnswer = z.infer<typeof verifiedSchema>;
