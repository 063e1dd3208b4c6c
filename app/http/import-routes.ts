// Files of incidents and measures over HTTP, for analysts: looked at, taken in within their area, taken back.

import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { loadNames } from '../../alerts/names.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { listImports } from '../../warehouse/import/apply-import.ts';
import { mappingSchema, PERSONAL_WORDS, type Mapping } from '../../warehouse/import/mapping.ts';
import { ROW_FAULTS } from '../../warehouse/import/row-fault-words.ts';
import type { ImportSource } from '../../warehouse/import/source.ts';
import type { Records } from '../../warehouse/records.ts';
import { IMPORT_MEDIA_TYPE } from '../api/import-media-type.ts';
import {
  importCheckSchema,
  importedSchema,
  importListSchema,
  importParamsSchema,
  importQuerySchema,
  type ImportCheck,
  type ImportList,
  type ImportQuery,
} from '../api/imports.ts';
import { problemSchema } from '../api/session.ts';
import {
  cancelled,
  tooLarge,
  type Brought,
  type Doing,
  type ImportDesk,
  type ScopedReport,
} from '../imports/import-desk.ts';
import { rangesOf } from '../sql/region-ranges.ts';
import type { Guard } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  413: problemSchema,
  415: problemSchema,
  429: problemSchema,
};
const tags = ['imports'];

type Deps = { readonly guard: Guard; readonly desk: ImportDesk; readonly records: Records };

export async function registerImports(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register((corner, _options, done) => {
    // The file is read as it comes, by the desk, which bounds it.
    corner.removeAllContentTypeParsers();
    corner.addContentTypeParser(IMPORT_MEDIA_TYPE, (_request, payload, parsed) =>
      parsed(null, payload),
    );
    registerFiles(corner, deps);
    done();
  });
  registerList(app, deps);
}

function registerFiles(corner: FastifyInstance, { guard, desk }: Deps): void {
  const routes = corner.withTypeProvider<ZodTypeProvider>();
  const brought = async (
    request: FastifyRequest<{ Querystring: ImportQuery }>,
    reply: FastifyReply,
  ): Promise<Brought> => {
    const { account, scope } = await guard.allow(request, 'data.import');
    const { mapping, encoding, delimiter } = request.query;
    return {
      body: fileIn(request, desk.limits.fileBytesMax),
      by: account.id,
      mapping: mappingIn(mapping),
      reading: { encoding, delimiter },
      ranges: rangesOf(scope),
      signal: goneSignal(reply),
    };
  };
  // Nothing is kept of it, and nobody is in what is shown.
  routes.post(
    '/api/imports/check',
    {
      bodyLimit: desk.limits.fileBytesMax,
      schema: {
        summary: 'Dry run of a file: what is understood of it and what would come of it',
        tags,
        consumes: [IMPORT_MEDIA_TYPE],
        querystring: importQuerySchema,
        response: { 200: importCheckSchema, ...problems },
      },
    },
    async (request, reply) => {
      const { source, mapping, report } = await desk.check(await brought(request, reply));
      return {
        ...looked(source),
        mapping: mapping ?? null,
        report: report ? reportAnswer(report) : null,
      };
    },
  );
  // Told by the import itself, in the transactions that make it so.
  routes.post(
    '/api/imports',
    {
      bodyLimit: desk.limits.fileBytesMax,
      schema: {
        summary: 'Take a file in',
        tags,
        consumes: [IMPORT_MEDIA_TYPE],
        querystring: importQuerySchema,
        response: { 200: importedSchema, ...problems },
      },
    },
    async (request, reply) => {
      const { id, report } = await desk.apply({
        ...(await brought(request, reply)),
        fileName: baseName(request.query.file),
      });
      return { id, report: reportAnswer(report) };
    },
  );
}

function registerList(app: FastifyInstance, { guard, desk, records }: Deps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const list = async (accountId: string) => {
    // Before the rows: once nothing is being done any more, they are as it left them.
    const doing = desk.doing();
    const rows = await listImports(records);
    const names = await records.transaction((trx) =>
      loadNames(
        trx,
        rows.map(({ importedBy }) => importedBy),
      ),
    );
    return {
      bytesMax: desk.limits.fileBytesMax,
      workbookBytesMax: desk.limits.workbook.fileBytesMax,
      doing: doing?.by === accountId ? doingAnswer(doing) : null,
      imports: rows.map(
        ({ id, kind, fileName, state, rowCount, refused, importedBy, startedAtMs }) => ({
          id,
          kind,
          fileName,
          state,
          rows: rowCount,
          refused,
          by: names.get(importedBy) ?? text('系统命令', 'the command'),
          startedAtMs,
          may: {
            undo: importedBy === accountId && state !== 'undone' && !(doing && state === 'writing'),
          },
        }),
      ),
    };
  };
  routes.get(
    '/api/imports',
    {
      schema: {
        summary: 'What was taken in and taken back, the newest first',
        tags,
        response: { 200: importListSchema, ...problems },
      },
    },
    async (request) => list((await guard.allow(request, 'data.import')).account.id),
  );
  routes.post(
    '/api/imports/:id/undo',
    {
      schema: {
        summary: 'Take all rows of one’s own import out again',
        tags,
        params: importParamsSchema,
        response: { 200: importListSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'data.import');
      await desk.undo({ id: request.params.id, by: account.id });
      return list(account.id);
    },
  );
}

const doingAnswer = ({ step, records, of }: Doing): ImportList['doing'] => ({ step, records, of });

/** Aborts when the connection ends before the answer is out. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(cancelled());
  });
  return gone.signal;
}

/** Without a file there is no body at all. Too large a one is refused before any of it is read. */
function fileIn({ body, headers }: FastifyRequest, bytesMax: number): Readable {
  if (Number(headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  if (body && typeof body === 'object' && 'pipe' in body) return body as Readable;
  throw new UserError('bad-input', text('没有收到文件', 'no file came'));
}

function mappingIn(given: string | undefined): Mapping | undefined {
  if (given === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    value = undefined;
  }
  const read = mappingSchema.safeParse(value);
  if (read.success) return read.data;
  throw new UserError('bad-input', text('列的对应关系有误', 'the mapping is not valid'), {
    detail: read.error.issues.map(({ path }) => path.join('.')).join(', '),
  });
}

const baseName = (name: string): string => name.split(/[/\\]/).at(-1)?.trim() || 'file';

const looked = ({
  form,
  bytes,
  headerLine,
  doubled,
  columns,
}: ImportSource): Pick<ImportCheck, 'form' | 'bytes' | 'headerLine' | 'doubled' | 'columns'> => ({
  form: formAnswer(form),
  bytes,
  headerLine,
  doubled: [...doubled],
  columns: columns.map(({ name, personal, samples }) => ({
    name,
    personal: personal ? PERSONAL_WORDS[personal] : null,
    samples: [...samples],
  })),
});

function formAnswer(form: ImportSource['form']): ImportCheck['form'] {
  if (form.kind !== 'text') return { kind: form.kind };
  const { encoding, delimiter, recognised } = form;
  return {
    kind: 'text',
    encoding,
    delimiter,
    recognised: { ...recognised, encoding: recognised.encoding ?? null },
  };
}

function reportAnswer(report: ScopedReport) {
  const { records, rows, refused, outside, regions, from, until, words, moreWords } = report;
  return {
    records,
    rows,
    refused,
    outside,
    regions,
    from: from ?? null,
    until: until ?? null,
    words: words.map(({ name, rows: count }) => ({ name, rows: count })),
    moreWords,
    byFault: Object.entries(report.byFault).map(([fault, count]) => ({
      says: ROW_FAULTS[fault as keyof typeof ROW_FAULTS].says,
      count,
    })),
    errors: report.errors.map(({ line, faults }) => ({
      line,
      faults: faults.map(({ column, fault }) => ({ column, ...ROW_FAULTS[fault] })),
    })),
  };
}
