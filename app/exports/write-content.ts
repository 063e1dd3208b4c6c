// From content to file: first what is in it and its digest, then, when the mark is known, the bytes.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { Hashing } from '../../security/audit/hashing.ts';
import { csvEnd, csvHead } from '../../security/exports/csv-text.ts';
import type { ExportMark } from '../../security/exports/export-mark.ts';
import { markPdf } from '../../security/exports/pdf-mark.ts';
import { markPng } from '../../security/exports/png-mark.ts';
import { docxOf } from '../reports/docx.ts';
import { htmlOf } from '../reports/html.ts';
import type { PdfPrinter } from '../reports/pdf.ts';
import { xlsxOf } from '../reports/xlsx.ts';
import type { ExportAsk, ExportContent } from './export-content.ts';
import { pictureBytes, picturePage, sizeWithStrip } from './picture-page.ts';
import { csvBytes, packSheet, pageTable, spoolCsv } from './write-table.ts';

/** The bytes of a file, which can be read more than once. */
export type Finished = { open(): AsyncIterable<Buffer> };

export type Prepared = {
  readonly contentDigest: string;
  /** As many as were read; undefined where whoever asked has counted. */
  readonly rows?: number;
  finish(mark: ExportMark): Promise<Finished>;
};

type With = {
  readonly folder: string;
  readonly hashing: Hashing;
  readonly pdf: PdfPrinter;
};

/** Throws UserError `bad-input` for a format the content does not come in. */
export async function prepare(asked: ExportAsk, deps: With): Promise<Prepared> {
  const { content } = asked;
  switch (content.kind) {
    case 'table':
      return prepareTable(asked, content, deps);
    case 'document':
      return prepareDocument(asked, content, deps);
    case 'picture':
      return preparePicture(asked, content, deps);
    case 'bytes':
      return prepareBytes(content, deps);
  }
}

type Of<Kind extends ExportContent['kind']> = Extract<ExportContent, { kind: Kind }>;

async function prepareTable(
  { format, title, language }: ExportAsk,
  { table, notes = [] }: Of<'table'>,
  { folder, hashing, pdf }: With,
): Promise<Prepared> {
  const given = { table, language, hashing };
  if (format === 'csv') {
    const { path, rows, contentDigest } = await spoolCsv({ ...given, folder });
    return {
      rows,
      contentDigest,
      finish: async (mark) => ({ open: () => csvBytes(path, csvHead(mark), csvEnd(mark, rows)) }),
    };
  }
  if (format === 'xlsx') {
    const { rows, contentDigest, finish } = await packSheet(given);
    return {
      rows,
      contentDigest,
      finish: async (mark) => inMemory(await finish({ mark, title, notes, facts: [] })),
    };
  }
  if (format === 'pdf') {
    const { rows, contentDigest, tables } = await pageTable({ ...given, title });
    const document = { title, facts: [], notices: notes, tables, footnotes: [] };
    return {
      rows,
      contentDigest,
      finish: async (mark) =>
        inMemory(markPdf(await pdf.print(htmlOf(document, mark, language), mark.atMs), mark)),
    };
  }
  throw noSuchFormat(format);
}

async function prepareDocument(
  { format, language }: ExportAsk,
  { document }: Of<'document'>,
  { hashing, pdf }: With,
): Promise<Prepared> {
  const contentDigest = digestOf(hashing, canonicalJson(document));
  const write = async (mark: ExportMark): Promise<Buffer> => {
    if (format === 'xlsx') return xlsxOf(document, mark, language);
    if (format === 'docx') return docxOf(document, mark, language);
    return markPdf(await pdf.print(htmlOf(document, mark, language), mark.atMs), mark);
  };
  if (format !== 'xlsx' && format !== 'docx' && format !== 'pdf') throw noSuchFormat(format);
  return { contentDigest, finish: async (mark) => inMemory(await write(mark)) };
}

async function preparePicture(
  { format, title, language }: ExportAsk,
  { picture }: Of<'picture'>,
  { hashing, pdf }: With,
): Promise<Prepared> {
  if (format !== 'png' && format !== 'pdf') throw noSuchFormat(format);
  return {
    contentDigest: digestOf(hashing, pictureBytes(picture)),
    async finish(mark) {
      const page = picturePage(picture, { mark, title, language });
      return inMemory(
        format === 'png'
          ? markPng(await pdf.shoot(page, sizeWithStrip(picture)), mark)
          : markPdf(await pdf.print(page, mark.atMs), mark),
      );
    },
  };
}

async function prepareBytes({ bytes }: Of<'bytes'>, { folder, hashing }: With): Promise<Prepared> {
  const path = join(folder, 'content');
  const hash = createHash(hashing);
  async function* hashed() {
    for await (const chunk of bytes) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(Readable.from(hashed()), createWriteStream(path, { mode: 0o600 }));
  return {
    contentDigest: hash.digest('hex'),
    finish: async () => ({ open: () => createReadStream(path) as AsyncIterable<Buffer> }),
  };
}

const inMemory = (file: Buffer): Finished => ({
  open: async function* () {
    yield file;
  },
});

const digestOf = (hashing: Hashing, content: string | Buffer): string =>
  createHash(hashing).update(content).digest('hex');

const noSuchFormat = (format: string) =>
  new UserError('bad-input', text('此内容没有这种格式', 'it does not come in this format'), {
    detail: format,
  });
