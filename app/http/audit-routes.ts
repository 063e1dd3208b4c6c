// The audit trail over HTTP: for the auditor, whose own looks are told as well; for readers of reports, who
// get the mark that is printed; and for other instances this one bears witness for.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import { localDate } from '../../core/local-time.ts';
import { isSubjectKey, subjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import type { AuditTrail } from '../../security/audit/audit-entry.ts';
import { countExported, exportLines } from '../../security/audit/export.ts';
import { WITNESS_PATH } from '../../security/audit/instance-witness.ts';
import { keepForeign, knownSize } from '../../security/audit/keep-foreign.ts';
import { publicHalf } from '../../security/audit/key-file.ts';
import type { AuditKeeper } from '../../security/audit/keeper.ts';
import { seeNotice, writeNotice } from '../../security/audit/notices.ts';
import { keyIdOf } from '../../security/audit/signer.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import {
  auditExportSchema,
  auditMarkSchema,
  auditNoticesSchema,
  auditPageSchema,
  auditQuerySchema,
  auditStatusSchema,
  shownCheckpointSchema,
} from '../api/audit.ts';
import { problemSchema } from '../api/session.ts';
import type { AuditConfig } from '../audit-config.ts';
import {
  readAuditNotices,
  readAuditPage,
  readAuditStatus,
  type AuditorDeps,
} from '../audit/auditor.ts';
import { readMark } from '../audit/mark.ts';
import type { ExportDesk } from '../exports/export-content.ts';
import { fileAnswer } from './file-answer.ts';
import { sendExport } from './send-export.ts';
import type { Guard } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
};

export type AuditRoutesDeps = AuditorDeps & {
  readonly guard: Guard;
  readonly records: Records;
  readonly audit: AuditTrail;
  readonly keeper: AuditKeeper;
  readonly exports: ExportDesk;
  readonly witnessFor: AuditConfig['witnessFor'];
};

export function registerAudit(app: FastifyInstance, deps: AuditRoutesDeps): void {
  registerReading(app, deps);
  registerTaking(app, deps);
  registerWitness(app, deps);
}

function registerReading(app: FastifyInstance, deps: AuditRoutesDeps): void {
  const { guard, audit, clock, db } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['audit'];

  routes.get(
    '/api/audit',
    {
      schema: {
        summary: 'How the audit trail is: its size, checkpoints, witnesses, last verification',
        tags,
        response: { 200: auditStatusSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'audit.read', { tellsLater: true });
      return readAuditStatus(deps);
    },
  );

  routes.get(
    '/api/audit/records',
    {
      schema: {
        summary: 'Records of the audit trail, the newest first; the search itself is recorded',
        tags,
        querystring: auditQuerySchema,
        response: { 200: auditPageSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'audit.read', { tellsLater: true });
      const { from, until, ...query } = request.query;
      const { subject } = query;
      if (subject !== undefined && !isSubjectKey(subject)) {
        throw new UserError(
          'bad-input',
          text('对象须填编号，不能填姓名或号码', 'a subject is a key, not a name or number'),
        );
      }
      const given = Object.fromEntries(
        Object.entries({ ...query, from, until }).filter(
          ([key, value]) => value !== undefined && key !== 'subject',
        ),
      );
      await audit.note({
        ...actOf(deps, account, 'audit.search'),
        subjects: subject === undefined ? [] : [subjectKey(subject)],
        detail: given as Record<string, string | number>,
      });
      return readAuditPage(db, {
        ...query,
        fromMs: from === undefined ? undefined : epochMs(from),
        untilMs: until === undefined ? undefined : epochMs(until),
      });
    },
  );

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
      await guard.allow(request, 'audit.read', { tellsLater: true });
      return readAuditNotices(db);
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
      await deps.records.transaction(async (trx) => {
        const seen = await seeNotice(trx, { id, by: account.id, atMs: clock.now() });
        if (!seen)
          throw new UserError('not-found', text('没有这条提醒', 'there is no such notice'));
        await audit.record(trx, { ...actOf(deps, account, 'audit.notice-seen'), detail: { id } });
      });
      return readAuditNotices(db);
    },
  );

  routes.post(
    '/api/audit/verify',
    {
      schema: {
        summary: 'Read all of the trail again now',
        tags,
        response: { 200: auditStatusSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'audit.read', { tellsLater: true });
      await audit.note(actOf(deps, account, 'audit.verify'));
      await deps.keeper.seal();
      await deps.keeper.verify();
      return readAuditStatus(deps);
    },
  );

  routes.get(
    '/api/audit/mark',
    {
      schema: {
        summary: 'The newest checkpoint as a code that is printed on reports',
        tags,
        response: { 200: auditMarkSchema, ...problems },
      },
    },
    async (request) => {
      await guard.require(request);
      return { mark: await readMark(db) };
    },
  );
}

function registerTaking(app: FastifyInstance, deps: AuditRoutesDeps): void {
  const { guard, audit, clock, db, hashing, signer } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['audit'];

  routes.post(
    '/api/audit/export',
    {
      schema: {
        summary: 'Take a stretch of the trail away, as a file that verifies by itself',
        tags,
        body: auditExportSchema,
        response: { 200: fileAnswer('application/x-ndjson'), ...problems },
      },
    },
    async (request, reply) => {
      const { account } = await guard.allow(request, 'audit.export', { tellsLater: true });
      const { from, until, purpose } = request.body;
      await audit.note({
        ...actOf(deps, account, 'audit.export'),
        reason: purpose,
        detail: { from, until },
      });
      await deps.keeper.seal();
      const nowMs = clock.now();
      const span = { fromMs: epochMs(from), untilMs: epochMs(until), nowMs };
      const file = await deps.exports.exportFile({
        who: account,
        fn: 'audit.export',
        purposeCode: 'audit-review',
        kind: 'audit-trail',
        title: text('审计日志', 'Audit trail'),
        purpose,
        region: account.region,
        about: { from, until },
        format: 'ndjson',
        language: 'zh',
        content: { kind: 'bytes', bytes: exportLines({ db, hashing, signer }, span) },
        rows: await countExported(db, span),
        // The trail tells of its own export; whom its records are about stands in them.
        subjects: [],
        fileName: `audit-${localDate(from)}-${localDate(until)}`,
      });
      return sendExport(reply, file);
    },
  );

  routes.get(
    '/api/audit/key',
    {
      schema: {
        summary: 'The public key of checkpoints, to be kept elsewhere',
        tags,
        response: { 200: fileAnswer('application/json'), ...problems },
      },
    },
    async (request, reply) => {
      await guard.allow(request, 'audit.read', { tellsLater: true });
      void reply.headers({
        'content-type': 'application/json',
        'content-disposition': `attachment; filename="${signer.keyId}.json"`,
      });
      return reply.send(`${JSON.stringify(publicHalf(signer))}\n` as never);
    },
  );
}

function registerWitness(app: FastifyInstance, deps: AuditRoutesDeps): void {
  const { records, audit, clock, db } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['witness'];
  const security = [{ partner: [] }];
  const known = z.strictObject({ size: z.number() });
  const outcome = z.strictObject({ outcome: z.enum(['accepted', 'refused']) });

  routes.get(
    `${WITNESS_PATH}/:id`,
    {
      schema: {
        summary: 'How many records of a trail this instance has a checkpoint over',
        tags,
        security,
        params: idSchema,
        response: { 200: known, ...problems },
      },
    },
    async (request) => {
      assertToken(request, deps, request.params.id);
      return { size: await knownSize(db, request.params.id) };
    },
  );

  routes.post(
    WITNESS_PATH,
    {
      schema: {
        summary: 'Keep a checkpoint of another instance, or refuse one that contradicts the last',
        tags,
        security,
        body: shownCheckpointSchema,
        response: { 200: outcome, 409: outcome, ...problems },
      },
    },
    async (request, reply) => {
      const { key, checkpoint, path } = request.body;
      const origin = keyIdOf(key);
      assertToken(request, deps, origin);
      const atMs = clock.now();
      const kept = await records.transaction((trx) =>
        keepForeign(trx, { key, signed: checkpoint, path, atMs }),
      );
      if (kept.outcome === 'accepted') return { outcome: 'accepted' as const };
      const { because, known: had, shown } = kept;
      const detail = { origin, because, known: had, shown };
      await audit.note({
        atMs,
        actor: 'system',
        action: 'audit.split-view',
        outcome: 'refused',
        subjects: [],
        purpose: null,
        reason: null,
        detail,
      });
      await writeNotice(db, {
        kind: 'audit.split-view',
        actor: null,
        atMs,
        key: [origin, had, shown, contentHash(checkpoint.body)],
        detail,
      });
      return reply.code(409).send({ outcome: 'refused' as const });
    },
  );
}

/** A token is for one trail. Compared by hash, so that time tells nothing. */
function assertToken(request: FastifyRequest, deps: AuditRoutesDeps, origin: string): void {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const given = Buffer.from(contentHash(token));
  const isKnown = deps.witnessFor.some(
    (one) => one.origin === origin && timingSafeEqual(Buffer.from(contentHash(one.token)), given),
  );
  if (isKnown) return;
  throw new UserError('unauthenticated', text('见证令牌无效', 'the token is not valid'), {
    hint: text(
      '双方在配置项 audit.witnesses 与 audit.witnessFor 中填写同一令牌与密钥编号',
      'Both sides name the same token, and the id of the key, in audit.witnesses and audit.witnessFor.',
    ),
  });
}

const actOf = ({ clock }: AuditRoutesDeps, account: Account, action: string) => ({
  atMs: clock.now(),
  actor: account.id,
  action,
  outcome: 'done' as const,
  subjects: [],
  purpose: 'audit',
  reason: null,
  detail: {},
});
