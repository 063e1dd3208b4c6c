// The audit administrator's inbox over HTTP. Looks at evidence and answers are in the trail themselves, and so is an
// attempt to answer a notice about oneself.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';
import type { AuditEntry, AuditTrail } from '../../security/audit/audit-entry.ts';
import { answerNotice, type NoticeAnswer } from '../../security/audit/notice-answers.ts';
import type { Records, RecordsDb } from '../../warehouse/records.ts';
import { auditNoticesSchema, noticeAnswerSchema, noticeEvidenceSchema } from '../api/audit.ts';
import { problemSchema } from '../api/session.ts';
import { readEvidence, readInbox } from '../audit/inbox.ts';
import type { Guard } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export type InboxRoutesDeps = {
  readonly guard: Guard;
  readonly records: Records;
  readonly db: RecordsDb;
  readonly audit: AuditTrail;
  readonly clock: Clock;
};

export function registerInbox(app: FastifyInstance, deps: InboxRoutesDeps): void {
  const { guard, audit, db } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['audit'];

  routes.get(
    '/api/audit/notices',
    {
      schema: {
        summary: 'What the audit administrator is told of',
        tags,
        response: { 200: auditNoticesSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'audit.read', { tellsLater: true });
      return readInbox(db, account.id);
    },
  );

  routes.get(
    '/api/audit/notices/:id/evidence',
    {
      schema: {
        summary: 'The records of the trail a notice rests on; the look itself is recorded',
        tags,
        params: idSchema,
        response: { 200: noticeEvidenceSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'audit.read', { tellsLater: true });
      const { id } = request.params;
      const evidence = await readEvidence(db, id);
      await audit.note(actOf(deps, { by: account.id, action: 'audit.evidence-look', id }));
      return evidence;
    },
  );

  routes.post(
    '/api/audit/notices/:id/seen',
    {
      schema: {
        summary: 'Take note of a notice',
        tags,
        params: idSchema,
        response: { 200: auditNoticesSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'audit.read', { tellsLater: true });
      const { id } = request.params;
      await answer(deps, { id, by: account.id, answer: 'acknowledged', reason: null });
      return readInbox(db, account.id);
    },
  );

  routes.post(
    '/api/audit/notices/:id/answer',
    {
      schema: {
        summary: 'Say that a notice about a reader is explained, or refer it, with the reason',
        tags,
        params: idSchema,
        body: noticeAnswerSchema,
        response: { 200: auditNoticesSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'audit.read', { tellsLater: true });
      await answer(deps, { ...request.params, ...request.body, by: account.id });
      return readInbox(db, account.id);
    },
  );
}

const ACTIONS: Readonly<Record<NoticeAnswer, string>> = {
  acknowledged: 'audit.notice-seen',
  explained: 'audit.notice-explained',
  referred: 'audit.notice-referred',
};

type Answering = {
  readonly id: string;
  readonly by: string;
  readonly answer: NoticeAnswer;
  readonly reason: string | null;
};

/** The answer and its entry in one transaction; a refusal is told as well. Throws UserError. */
async function answer(deps: InboxRoutesDeps, given: Answering): Promise<void> {
  const { records, audit, clock } = deps;
  const { id, by, reason } = given;
  const entry = { ...actOf(deps, { by, action: ACTIONS[given.answer], id }), reason };
  try {
    await records.transaction(async (trx) => {
      const { before, actor } = await answerNotice(trx, { ...given, atMs: clock.now() });
      await audit.record(trx, { ...entry, detail: { id, account: actor, before } });
    });
  } catch (error) {
    if (error instanceof UserError && error.code !== 'not-found') {
      await audit.note({ ...entry, outcome: 'refused', detail: { id, code: error.code } });
    }
    throw error;
  }
}

const actOf = (
  { clock }: InboxRoutesDeps,
  { by, action, id }: { by: string; action: string; id: string },
): AuditEntry => ({
  atMs: clock.now(),
  actor: by,
  action,
  outcome: 'done',
  subjects: [],
  purpose: 'audit',
  reason: null,
  detail: { id },
});
