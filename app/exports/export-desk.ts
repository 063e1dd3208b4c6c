// The one way a file leaves the product: content, digest, mark, entry in the ledger, and only then the bytes.

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UserError } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import type { ChanceIds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import type { Clock, EpochMs } from '../../core/time.ts';
import type { Hashing } from '../../security/audit/hashing.ts';
import {
  digestLine,
  exportNumber,
  markLine,
  type ExportMark,
} from '../../security/exports/export-mark.ts';
import {
  aboutColumn,
  askForExport,
  isLarge,
  findApproved,
  questionHash,
  useApproved,
  type ExportLimits,
} from '../../security/exports/export-requests.ts';
import type { SealExport } from '../../security/exports/export-seal.ts';
import { closeFile, enterFile } from '../../security/exports/ledger.ts';
import { readPurpose } from '../../security/exports/read-purpose.ts';
import type { Records } from '../../warehouse/records.ts';
import type { ExportFileTable, ExportFormat } from '../../warehouse/records-exports.ts';
import type { PdfPrinter } from '../reports/pdf.ts';
import type { ExportAsk, ExportDesk, ExportedFile } from './export-content.ts';
import { prepare, type Finished } from './write-content.ts';

export type ExportDeps = {
  /** Those of a route's recorder, so that its entry in the trail is written with the ledger's. */
  readonly records: Records;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly logger: Logger;
  readonly pdf: PdfPrinter;
  readonly hashing: Hashing;
  readonly limits: ExportLimits;
  readonly seal: SealExport;
  /** Where files lie while they are written and read; that of the system when left out. */
  readonly scratch?: string;
};

type Sized = { readonly rows: number; readonly persons: number };

export function createExportDesk(deps: ExportDeps): ExportDesk {
  const { records, clock, ids, limits, hashing, pdf } = deps;

  /** Nothing is read for what would not be handed over. */
  const assertMay = async (asked: ExportAsk, sized: Sized) => {
    if (!isLarge(limits, { kind: asked.kind, ...sized })) return;
    await findApproved(limits, records.db, {
      by: asked.who.id,
      atMs: clock.now(),
      questionHash: questionHash(asked),
      ...sized,
    });
  };

  const enter = async (asked: ExportAsk, row: ExportFileTable) => {
    const seal = await deps.seal(row);
    const sized = { rows: row.rowCount, persons: row.personCount };
    await records.transaction(async (trx) => {
      const used = isLarge(limits, { kind: asked.kind, ...sized })
        ? await useApproved(limits, trx, {
            by: asked.who.id,
            atMs: row.madeAtMs,
            questionHash: questionHash(asked),
            ...sized,
          })
        : undefined;
      const whole = { ...row, requestId: used?.id ?? null, approvedBy: used?.approvedBy ?? null };
      await enterFile(trx, whole, seal);
      await asked.alongside?.(trx, whole);
      // What the trail is told of the answer: its number, and whom it was about.
      return { id: row.number, persons: asked.subjects.map((subject) => ({ subject })) };
    });
    return seal;
  };

  const markOf = (
    { who }: Pick<ExportAsk, 'who'>,
    given: { purpose: string; contentDigest: string; atMs: EpochMs },
  ): ExportMark & { readonly atMs: EpochMs } => ({
    ...given,
    number: exportNumber(given.atMs, ids.next('ex')),
    name: text(who.displayZh, who.displayEn),
    login: who.login,
    hashing,
  });

  return {
    missing: (format) => (format === 'pdf' || format === 'png' ? pdf.missing : undefined),
    isLarge: ({ kind, rows, subjects }) =>
      isLarge(limits, { kind, rows, persons: subjects.length }),

    async exportFile(asked) {
      const purpose = readPurpose(asked.purpose);
      if ((asked.format === 'pdf' || asked.format === 'png') && pdf.missing) {
        throw new UserError('conflict', pdf.missing);
      }
      const persons = new Set(asked.subjects).size;
      await assertMay(asked, { rows: asked.rows, persons });
      const folder = await mkdtemp(join(deps.scratch ?? tmpdir(), 'plumbline-export-'));
      try {
        const prepared = await prepare(asked, { folder, hashing, pdf });
        const rows = prepared.rows ?? asked.rows;
        const atMs = clock.now();
        const mark = markOf(asked, { purpose, contentDigest: prepared.contentDigest, atMs });
        const finished = await prepared.finish(mark);
        const { fileDigest, byteCount } = await measure(finished, hashing);
        const name = fileNameOf(asked, mark.number);
        const row = rowOf(asked, mark, { rows, persons, fileDigest, byteCount, name });
        const seal = await enter(asked, row);
        return {
          number: row.number,
          contentDigest: row.contentDigest,
          fileDigest,
          name,
          type: TYPES[asked.format],
          byteCount,
          seal,
          stream: () => handOver(deps, { number: row.number, finished, folder }),
        } satisfies ExportedFile;
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },

    async enterPrint(asked) {
      const purpose = readPurpose(asked.purpose);
      const persons = new Set(asked.subjects).size;
      const contentDigest = createHash(hashing).update(asked.words).digest('hex');
      const mark = markOf(asked, { purpose, contentDigest, atMs: clock.now() });
      const rows = asked.words.split('\n').length;
      const given = { ...asked, format: 'paper' as const, rows, content: NOTHING };
      const row = rowOf(given, mark, {
        rows,
        persons,
        fileDigest: contentDigest,
        byteCount: Buffer.byteLength(asked.words),
        name: mark.number,
      });
      await enter(given, { ...row, state: 'taken', takenAtMs: mark.atMs });
      return { number: mark.number, line: markLine(mark), digest: digestLine(mark) };
    },

    async requestApproval({ reason, ...asked }) {
      const purpose = readPurpose(asked.purpose);
      const atMs = clock.now();
      const persons = new Set(asked.subjects).size;
      if (!isLarge(limits, { kind: asked.kind, rows: asked.rows, persons })) {
        throw new UserError(
          'conflict',
          text('数据量未超过限额，可直接导出', 'it is small enough to be taken at once'),
        );
      }
      return records.transaction(async (trx) => {
        const { id } = await askForExport({ ids, limits }, trx, {
          kind: asked.kind,
          grantedBy: asked.fn,
          requestedBy: asked.who.id,
          region: asked.region,
          about: aboutColumn.encode(asked.about),
          titleZh: asked.title.zh,
          titleEn: asked.title.en,
          questionHash: questionHash(asked),
          purpose,
          format: asked.format,
          rowCount: asked.rows,
          personCount: persons,
          reason: readReason(reason),
          requestedAtMs: atMs,
        });
        return { id };
      });
    },
  };
}

const NOTHING = { kind: 'bytes', bytes: [] } as const;

/** The entry as it is before anybody has approved it or taken the file. */
const rowOf = (
  asked: ExportAsk,
  mark: ExportMark & { readonly atMs: EpochMs },
  file: Sized & {
    readonly fileDigest: string;
    readonly byteCount: number;
    readonly name: string;
  },
): ExportFileTable => ({
  number: mark.number,
  kind: asked.kind,
  grantedBy: asked.fn,
  exporter: asked.who.id,
  region: asked.region,
  about: aboutColumn.encode(asked.about),
  titleZh: asked.title.zh,
  titleEn: asked.title.en,
  purpose: mark.purpose,
  purposeCode: asked.purposeCode ?? null,
  format: asked.format,
  rowCount: file.rows,
  personCount: file.persons,
  hashing: mark.hashing,
  contentDigest: mark.contentDigest,
  fileDigest: file.fileDigest,
  mark: markLine(mark)[asked.language],
  fileName: file.name,
  byteCount: file.byteCount,
  madeAtMs: mark.atMs,
  state: 'made',
  takenAtMs: null,
  requestId: null,
  approvedBy: null,
});

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pdf: 'application/pdf',
  png: 'image/png',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  duckdb: 'application/octet-stream',
  parquet: 'application/octet-stream',
  paper: 'text/plain; charset=utf-8',
};

/** The number is in every name: where the bytes may not be touched it is the mark. */
function fileNameOf({ fileName, title, language, format }: ExportAsk, number: string): string {
  const given = fileName ?? title[language];
  const clean = given.replaceAll(/[\p{Cc}<>:"/\\|?*：]+/gu, '').slice(0, 80);
  return `${clean}-${number}.${format}`;
}

const REASON_MIN = 4;
const REASON_MAX = 300;

function readReason(given: string): string {
  const reason = given
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (reason.length >= REASON_MIN && reason.length <= REASON_MAX) return hideNumbers(reason);
  throw new UserError('bad-input', text('请写明申请理由', 'the reason is missing, or too long'), {
    hint: text(
      `理由供审批人判断，${REASON_MIN} 至 ${REASON_MAX} 个字，不写姓名和号码。`,
      `Whoever decides reads it: ${REASON_MIN} to ${REASON_MAX} characters, without names and numbers.`,
    ),
  });
}

/** The digest and length of every byte. */
async function measure(
  finished: Finished,
  hashing: Hashing,
): Promise<{ readonly fileDigest: string; readonly byteCount: number }> {
  const hash = createHash(hashing);
  let byteCount = 0;
  for await (const chunk of finished.open()) {
    hash.update(chunk);
    byteCount += chunk.length;
  }
  return { fileDigest: hash.digest('hex'), byteCount };
}

/** Gives the bytes, tells the ledger how it ended, and leaves nothing behind. */
function handOver(
  { records, clock, logger }: ExportDeps,
  { number, finished, folder }: { number: string; finished: Finished; folder: string },
): Readable {
  async function* bytes() {
    let isWhole = false;
    try {
      yield* finished.open();
      isWhole = true;
    } finally {
      await closeFile(records.db, number, {
        state: isWhole ? 'taken' : 'broken-off',
        atMs: clock.now(),
      }).catch((cause: unknown) => logger.error('exports.not-closed', { cause: String(cause) }));
      await rm(folder, { recursive: true, force: true });
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}
