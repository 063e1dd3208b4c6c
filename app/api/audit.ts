// The audit trail as the auditor's page has it, and what instances that bear witness for each other say.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';

const instant = z.coerce.number().int().min(0);
const word = z.string().min(1).max(80);

export const OUTCOMES = ['done', 'refused', 'failed'] as const;

/** GET /api/audit/records */
export const auditQuerySchema = z.strictObject({
  actor: word.optional(),
  action: word.optional(),
  subject: word.optional(),
  purpose: word.optional(),
  outcome: z.enum(OUTCOMES).optional(),
  from: instant.optional(),
  until: instant.optional(),
  before: instant.optional(),
});

export const auditRecordSchema = z.strictObject({
  position: z.number(),
  hash: z.string(),
  atMs: z.number(),
  sealedAtMs: z.number(),
  actor: z.string(),
  /** What the account is called, where there is one. */
  actorName: textSchema.nullable(),
  action: z.string(),
  outcome: z.enum(OUTCOMES),
  subjects: z.array(z.string()),
  purpose: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const auditPageSchema = z.strictObject({
  records: z.array(auditRecordSchema),
  /** Goes back in as `before`; null on the last page. */
  next: z.number().nullable(),
});

export const auditFindingSchema = z.strictObject({
  kind: z.string(),
  from: z.number(),
  until: z.number(),
  says: textSchema,
});

/** GET /api/audit */
export const auditStatusSchema = z.strictObject({
  atMs: z.number(),
  hashing: z.string(),
  signing: z.string(),
  keyId: z.string(),
  /** Records in the chain, archived ones included, and entries that wait for it. */
  size: z.number(),
  waiting: z.number(),
  archived: z.number(),
  checkpoint: z
    .strictObject({ number: z.number(), size: z.number(), atMs: z.number(), root: z.string() })
    .nullable(),
  checkpointEveryMs: z.number(),
  /** When everything was read last, and what did not fit. */
  verified: z
    .strictObject({
      atMs: z.number(),
      size: z.number(),
      findings: z.array(auditFindingSchema),
    })
    .nullable(),
  witnesses: z.array(
    z.strictObject({
      name: z.string(),
      /** The newest checkpoint it has, and whether it took it. */
      checkpoint: z.number().nullable(),
      outcome: z.enum(['accepted', 'refused']).nullable(),
      atMs: z.number().nullable(),
      failingSinceMs: z.number().nullable(),
    }),
  ),
  /** Who can be searched for. */
  actors: z.array(z.strictObject({ id: z.string(), name: textSchema })),
});

export const auditNoticeSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  actor: z.string().nullable(),
  actorName: textSchema.nullable(),
  atMs: z.number(),
  says: textSchema,
  seenBy: textSchema.nullable(),
  seenAtMs: z.number().nullable(),
  /** Of a person who reads: what the rule said, and what became of it. */
  reader: z
    .strictObject({
      rule: z.string(),
      level: z.number(),
      article: z.string(),
      duty: textSchema.nullable(),
      /** How many records of the trail it rests on. */
      entries: z.number(),
      /** The one who asks may not decide: it is about themselves. */
      isOwn: z.boolean(),
      answer: z.enum(['acknowledged', 'explained', 'referred']).nullable(),
      reason: z.string().nullable(),
      answeredBy: textSchema.nullable(),
      answeredAtMs: z.number().nullable(),
    })
    .nullable(),
});

/** GET /api/audit/notices */
export const auditNoticesSchema = z.strictObject({ notices: z.array(auditNoticeSchema) });

/** POST /api/audit/notices/:id/answer */
export const noticeAnswerSchema = z.strictObject({
  answer: z.enum(['explained', 'referred']),
  reason: z.string().min(1).max(500),
});

/** GET /api/audit/notices/:id/evidence: the records of the trail a notice rests on, in their order. */
export const noticeEvidenceSchema = z.strictObject({
  records: z.array(auditRecordSchema),
  /** How many of them were archived since. */
  archived: z.number(),
});

/** POST /api/audit/export */
export const auditExportSchema = z.strictObject({
  from: instant,
  until: instant,
  purpose: z.string().min(2).max(60),
});

/** GET /api/audit/mark: the newest checkpoint, for paper. */
export const auditMarkSchema = z.strictObject({
  mark: z
    .strictObject({
      number: z.number(),
      size: z.number(),
      atMs: z.number(),
      root: z.string(),
      keyId: z.string(),
      /** What the code says: the checkpoint and its signature. */
      code: z.string(),
      svg: z.string(),
    })
    .nullable(),
});

/** POST /api/witness, from another instance. */
export const shownCheckpointSchema = z.strictObject({
  key: z.strictObject({ signing: z.enum(['ed25519', 'sm2']), publicKey: z.string().max(400) }),
  checkpoint: z.strictObject({ body: z.string().max(2_000), signature: z.string().max(200) }),
  path: z.array(z.string().max(64)).max(128),
});

export type AuditPage = z.infer<typeof auditPageSchema>;
export type AuditRecordAnswer = z.infer<typeof auditRecordSchema>;
export type AuditStatus = z.infer<typeof auditStatusSchema>;
export type AuditNotices = z.infer<typeof auditNoticesSchema>;
export type AuditNoticeAnswer = z.infer<typeof auditNoticeSchema>;
export type NoticeEvidence = z.infer<typeof noticeEvidenceSchema>;
export type AuditMark = z.infer<typeof auditMarkSchema>;
