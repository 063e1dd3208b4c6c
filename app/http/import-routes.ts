// Imports over HTTP, for analysts: a file is uploaded as it is, looked at, tried, applied and taken back. The
// upload reads its body itself, so it lives in a corner of the server without body parsers.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { CheckReport } from '../../warehouse/import/check-file.ts';
import { guessMapping, PERSONAL_WORDS } from '../../warehouse/import/mapping.ts';
import { ROW_FAULTS } from '../../warehouse/import/row-fault-words.ts';
import {
  importAskedSchema,
  importListSchema,
  importStateSchema,
  lookAskedSchema,
  type ImportState,
  type ImportWork,
  type Upload,
} from '../api/imports.ts';
import { problemSchema } from '../api/session.ts';
import type { DeskUpload, DeskWork, ImportDesk } from '../imports/import-desk.ts';
import { rangesOf } from '../sql/region-ranges.ts';
import type { Guard } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  413: problemSchema,
  429: problemSchema,
};
const tags = ['imports'];

export async function registerImports(
  app: FastifyInstance,
  { guard, desk }: { guard: Guard; desk: ImportDesk },
): Promise<void> {
  app.addHook('onClose', () => desk.close());
  const stateOf = (accountId: string): ImportState => {
    const [upload, work] = [desk.uploadOf(accountId), desk.workOf(accountId)];
    return {
      upload: upload ? uploadAnswer(upload) : null,
      work: work ? workAnswer(work) : null,
      bytesMax: desk.bytesMax,
    };
  };
  await registerUpload(app, { guard, desk, stateOf });
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const response = { 200: importStateSchema, ...problems };

  routes.get(
    '/api/imports',
    {
      schema: {
        summary: 'Imports, the newest first',
        tags,
        response: { 200: importListSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'import.run');
      const list = await desk.list();
      return {
        imports: list.map(
          ({ id, kind, fileName, state, rowCount, refused, startedAtMs, importedBy }) => ({
            id,
            kind,
            fileName,
            state,
            rows: rowCount,
            refused,
            startedAtMs,
            isOwn: importedBy === account.id,
          }),
        ),
      };
    },
  );

  routes.get(
    '/api/imports/work',
    { schema: { summary: 'The file one has uploaded, and what is done with it', tags, response } },
    async (request) => stateOf((await guard.allow(request, 'import.run')).account.id),
  );

  routes.post(
    '/api/imports/look',
    {
      schema: {
        summary: 'Look at the file again, in another encoding or with another delimiter',
        tags,
        body: lookAskedSchema,
        response,
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'import.run');
      await desk.look(account.id, request.body);
      return stateOf(account.id);
    },
  );

  routes.post(
    '/api/imports/check',
    {
      schema: {
        summary: 'Try an import; nothing is changed',
        tags,
        body: importAskedSchema,
        response,
      },
    },
    async (request) => {
      const { account, scope } = await guard.allow(request, 'import.run');
      const { mapping } = request.body;
      desk.start(account.id, { kind: 'check', mapping, ranges: rangesOf(scope) });
      return stateOf(account.id);
    },
  );

  routes.post(
    '/api/imports/apply',
    {
      schema: {
        summary: 'Import the rows that can be used',
        tags,
        body: importAskedSchema,
        response,
      },
    },
    async (request) => {
      const { account, scope } = await guard.allow(request, 'import.run');
      const { mapping } = request.body;
      desk.start(account.id, { kind: 'apply', mapping, ranges: rangesOf(scope) });
      return stateOf(account.id);
    },
  );

  routes.post(
    '/api/imports/cancel',
    { schema: { summary: 'Stop what is running', tags, response } },
    async (request) => {
      const { account } = await guard.allow(request, 'import.run');
      desk.cancel(account.id);
      return stateOf(account.id);
    },
  );

  routes.post(
    '/api/imports/discard',
    { schema: { summary: 'Remove the uploaded file', tags, response } },
    async (request) => {
      const { account } = await guard.allow(request, 'import.run');
      await desk.discard(account.id);
      return stateOf(account.id);
    },
  );

  routes.post(
    '/api/imports/:id/undo',
    {
      schema: {
        summary: 'Take an import of one’s own out again',
        tags,
        params: z.strictObject({ id: z.string().min(1).max(80) }),
        response,
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'import.run');
      await desk.undo(account.id, request.params.id);
      return stateOf(account.id);
    },
  );
}

async function registerUpload(
  app: FastifyInstance,
  {
    guard,
    desk,
    stateOf,
  }: { guard: Guard; desk: ImportDesk; stateOf: (accountId: string) => ImportState },
): Promise<void> {
  await app.register((corner, _options, done) => {
    corner.removeAllContentTypeParsers();
    corner.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    corner.withTypeProvider<ZodTypeProvider>().post(
      '/api/imports/upload',
      {
        // The desk bounds what it reads by itself.
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          summary: 'Upload a file as it is: delimited text, .xlsx or Parquet',
          tags,
          querystring: z.strictObject({ name: z.string().max(300).default('') }),
          response: { 200: importStateSchema, ...problems },
        },
      },
      async (request) => {
        const { account } = await guard.allow(request, 'import.run');
        const body = request.body as AsyncIterable<Uint8Array> | null | undefined;
        if (!body) throw nothingSent();
        await desk.take(account.id, { fileName: request.query.name, body });
        return stateOf(account.id);
      },
    );
    done();
  });
}

function uploadAnswer({ fileName, source }: DeskUpload): Upload {
  const { form, bytes, headerLine, doubled, columns } = source;
  const guess = (kind: 'incidents' | 'measures') => {
    const { mapping = null, missing } = guessMapping(kind, columns);
    return { mapping, missing };
  };
  return {
    fileName,
    bytes,
    form: form.kind,
    encoding: form.kind === 'text' ? form.encoding : null,
    delimiter: form.kind === 'text' ? form.delimiter : null,
    headerLine,
    doubled: [...doubled],
    columns: columns.slice(0, COLUMNS_SHOWN).map(({ name, personal, samples }) => ({
      name,
      personal: personal ? PERSONAL_WORDS[personal] : null,
      samples: samples.slice(0, SAMPLES_SHOWN).map((sample) => sample.slice(0, SAMPLE_CHARS)),
    })),
    guesses: { incidents: guess('incidents'), measures: guess('measures') },
  };
}

const COLUMNS_SHOWN = 200;
const SAMPLES_SHOWN = 3;
const SAMPLE_CHARS = 60;
const ERRORS_SHOWN = 100;

function workAnswer({ kind, state, records, report, importId, problem }: DeskWork): ImportWork {
  return {
    kind,
    state,
    records,
    report: report ? reportAnswer(report) : null,
    importId: importId ?? null,
    problem: problem
      ? {
          code: problem.code,
          says: problem.says,
          ...(problem.detail !== undefined && { detail: problem.detail }),
          ...(problem.hint && { hint: problem.hint }),
        }
      : null,
  };
}

const reportAnswer = (report: CheckReport): NonNullable<ImportWork['report']> => ({
  records: report.records,
  rows: report.rows,
  refused: report.refused,
  regions: report.regions,
  from: report.from ?? null,
  until: report.until ?? null,
  faults: Object.entries(report.byFault).map(([fault, count]) => ({
    ...ROW_FAULTS[fault as keyof typeof ROW_FAULTS],
    count,
  })),
  errors: report.errors
    .flatMap(({ line, faults }) =>
      faults.map(({ column, fault }) => ({ line, column, ...ROW_FAULTS[fault] })),
    )
    .slice(0, ERRORS_SHOWN),
  words: report.words.map(({ name, rows }) => ({ name, rows })),
  moreWords: report.moreWords,
});

const nothingSent = () =>
  new UserError('bad-input', text('没有收到文件', 'no file was sent'), {
    hint: text('请选择文件后上传。', 'Choose a file and upload it.'),
  });
