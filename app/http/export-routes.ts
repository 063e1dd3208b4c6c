// The ledger of exports, requests for large ones, and verifying a file somebody has found.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { DataScope } from '../../security/access/data-scope.ts';
import { scopeOf } from '../../security/access/policy.ts';
import {
  decideExport,
  noSuchRequest,
  withdrawRequest,
  type ExportLimits,
} from '../../security/exports/export-requests.ts';
import { checkSeal, type SealChecks } from '../../security/exports/check-seal.ts';
import { findByNumber, findSeal } from '../../security/exports/ledger.ts';
import { digestsOf, verifyFile } from '../../security/exports/verify-file.ts';
import type { Records } from '../../warehouse/records.ts';
import {
  askedExportSchema,
  decideExportSchema,
  exportRequestsSchema,
  ledgerEntrySchema,
  ledgerPageSchema,
  ledgerQuerySchema,
  verifiedSchema,
  type VerifiedAnswer,
} from '../api/exports.ts';
import { problemSchema } from '../api/session.ts';
import { actOn, lookAt } from '../audit/about.ts';
import { fileAnswer } from './file-answer.ts';
import {
  entriesOf,
  ledgerPage,
  maySee,
  requestsOf,
  type Reader,
} from '../exports/ledger-answers.ts';
import type { Guard } from './sessions.ts';

const exportIdSchema = z.strictObject({ id: z.string().min(1).max(40) });
const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

/** A file to be verified is held in memory while it is read. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

export type ExportRoutesDeps = {
  readonly guard: Guard;
  readonly records: Records;
  readonly clock: Clock;
  readonly limits: ExportLimits;
  /** What seals are verified with, as it is now. */
  readonly sealChecks: () => Promise<SealChecks>;
};

export function registerExports(app: FastifyInstance, deps: ExportRoutesDeps): void {
  registerLedger(app, deps);
  registerRequests(app, deps);
  // The body of this route is a file; parsers are set for it alone.
  void app.register((corner, _options, done) => {
    registerVerifying(corner, deps);
    done();
  });
}

/** One's own needs no right; how far others' are seen is the policy's to say. */
async function readerOf(guard: Guard, request: FastifyRequest): Promise<Reader> {
  const { id: accountId } = await guard.require(request);
  const { asker } = await guard.session(request);
  const reach = (fn: 'export.read' | 'export.approve'): DataScope | undefined => scopeOf(asker, fn);
  return { accountId, others: reach('export.read'), decides: reach('export.approve') };
}

function registerLedger(app: FastifyInstance, { guard, records }: ExportRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['exports'];
  const { db } = records;

  routes.get(
    '/api/exports',
    {
      config: {
        audit: {
          ...lookAt('export.ledger-look', 'export-review', ['whose', 'kind']),
          isRepeated: true,
        },
      },
      schema: {
        summary: 'The ledger of exports, the newest first: one’s own, or all one may see',
        tags,
        querystring: ledgerQuerySchema,
        response: { 200: ledgerPageSchema, ...problems },
      },
    },
    async (request) => {
      const { whose, from, until, ...query } = request.query;
      if (whose === 'all') await guard.allow(request, 'export.read');
      const reader = await readerOf(guard, request);
      return ledgerPage(db, reader, {
        ...query,
        whose,
        fromMs: from === undefined ? undefined : epochMs(from),
        untilMs: until === undefined ? undefined : epochMs(until),
      });
    },
  );

  routes.get(
    '/api/exports/:id',
    {
      config: { audit: { ...lookAt('export.ledger-look', 'export-review'), isRepeated: true } },
      schema: {
        summary: 'One entry of the ledger',
        tags,
        params: exportIdSchema,
        response: { 200: ledgerEntrySchema, ...problems },
      },
    },
    async (request) => {
      const reader = await readerOf(guard, request);
      const row = await findByNumber(db, request.params.id);
      const [entry] =
        row && maySee(reader, row) ? await entriesOf(db, [row], reader.accountId) : [];
      if (entry) return entry;
      throw noSuchEntry();
    },
  );

  routes.get(
    '/api/exports/:id/seal',
    {
      config: { audit: lookAt('export.seal-take', 'export-review') },
      schema: {
        summary: 'The electronic seal of a file, to be kept beside it',
        tags,
        params: exportIdSchema,
        response: { 200: fileAnswer('text/plain'), ...problems },
      },
    },
    async (request, reply) => {
      const reader = await readerOf(guard, request);
      const row = await findByNumber(db, request.params.id);
      const seal = row && maySee(reader, row) ? await findSeal(db, row.number) : undefined;
      if (!row || !seal) throw noSuchEntry();
      const name = encodeURIComponent(`${row.fileName}.seal`);
      void reply.headers({
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
        'cache-control': 'no-store',
      });
      return seal.seal;
    },
  );
}

const noSuchEntry = () =>
  new UserError('not-found', text('台账中没有这个编号', 'the ledger has no such number'));

function registerRequests(
  app: FastifyInstance,
  { guard, records, clock, limits }: ExportRoutesDeps,
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['exports'];

  routes.get(
    '/api/exports/requests',
    {
      schema: {
        summary: 'Requests for large exports: one’s own, and those one may decide or see',
        tags,
        response: { 200: exportRequestsSchema, ...problems },
      },
    },
    async (request) => ({
      requests: await requestsOf(records.db, await readerOf(guard, request), clock.now()),
    }),
  );

  routes.post(
    '/api/exports/requests/:id/decide',
    {
      config: { audit: actOn('export.decide', 'export-review', ['decision']) },
      schema: {
        summary: 'Approve or refuse what another person asked for',
        tags,
        params: idSchema,
        body: decideExportSchema,
        response: { 200: askedExportSchema, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const row = await records.db
        .selectFrom('exportRequest')
        .select('region')
        .where('id', '=', id)
        .executeTakeFirst();
      // Deciding about somebody else's request is a check of it.
      const { account } = await guard.allow(request, 'export.approve', {
        purpose: 'inspection',
        tellsLater: true,
        ...(row ? { region: row.region } : {}),
      });
      if (!row) throw noSuchRequest();
      const { decision, note } = request.body;
      return records.transaction(async (trx) => {
        const decided = await decideExport(limits, trx, {
          id,
          by: account.id,
          atMs: clock.now(),
          decision,
          note: hideNumbers(note.toWellFormed().trim()),
        });
        return { id: decided.id };
      });
    },
  );

  routes.post(
    '/api/exports/requests/:id/withdraw',
    {
      config: { audit: actOn('export.withdraw', 'export-review') },
      schema: {
        summary: 'Take back what one has asked for',
        tags,
        params: idSchema,
        response: { 200: askedExportSchema, ...problems },
      },
    },
    async (request) => {
      const account = await guard.require(request);
      return records.transaction(async (trx) => {
        const { id } = await withdrawRequest(trx, {
          id: request.params.id,
          by: account.id,
          atMs: clock.now(),
        });
        return { id };
      });
    },
  );
}

function registerVerifying(
  app: FastifyInstance,
  { guard, records, sealChecks }: ExportRoutesDeps,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: FILE_BYTES_MAX },
    (_request, body, parsed) => parsed(null, body),
  );
  app.withTypeProvider<ZodTypeProvider>().post(
    '/api/exports/verify',
    {
      config: { audit: lookAt('export.verify', 'export-review') },
      schema: {
        summary: 'Whether a file is one of ours, unaltered, and whose: the body is the file itself',
        consumes: ['application/octet-stream'],
        tags: ['exports'],
        response: { 200: verifiedSchema, ...problems, 413: problemSchema },
      },
    },
    async (request): Promise<VerifiedAnswer> => {
      const reader = await readerOf(guard, request);
      const { body } = request as { body: unknown };
      if (!Buffer.isBuffer(body) || body.length === 0) {
        throw new UserError('bad-input', text('请求里没有文件', 'the request holds no file'));
      }
      const found = await verifyFile(records.db, body);
      const row = 'entry' in found ? found.entry : undefined;
      const [entry] =
        row && maySee(reader, row) ? await entriesOf(records.db, [row], reader.accountId) : [];
      return {
        is: found.is,
        number: row?.number ?? ('number' in found ? found.number : null),
        isContentSame: 'isContentSame' in found ? (found.isContentSame ?? null) : null,
        isCut: found.is === 'truncated' || ('isCut' in found && found.isCut),
        byteCount: body.length,
        ...digestsOf(body),
        seal:
          found.is === 'unaltered'
            ? await checkSeal(records.db, found.entry, await sealChecks())
            : null,
        entry: entry ?? null,
      };
    },
  );
}
