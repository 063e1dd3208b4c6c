// The desk behind the import page: one uploaded file for each analyst, spooled to a folder that is emptied at
// every start, and one thing done with it at a time. Whoever uploads again begins anew.

import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OperatingError, UserError } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { AuditTrail } from '../../security/audit/audit-entry.ts';
import {
  applyImport,
  listImports,
  undoImport,
  type ImportDeps,
  type ListedImport,
} from '../../warehouse/import/apply-import.ts';
import { checkFile, type CheckReport } from '../../warehouse/import/check-file.ts';
import type { Delimiter } from '../../warehouse/import/delimited.ts';
import type { Encoding } from '../../warehouse/import/encoding.ts';
import type { Mapping } from '../../warehouse/import/mapping.ts';
import { openSource, type ImportSource } from '../../warehouse/import/source.ts';
import type { RegionRange } from '../../warehouse/console/views.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import { tellImport } from './tell-import.ts';

/** What one upload may be; a larger file goes in by command. */
export const UPLOAD_BYTES_MAX = 512 * 1024 * 1024;
/** A workbook is read as a whole. */
export const WORKBOOK_BYTES_MAX = 10 * 1024 * 1024;
/** Analysts with a file at the same time, and things done at the same time. */
const UPLOADS_MAX = 8;
const RUNNING_MAX = 2;
const NAME_CHARS_MAX = 120;

export type DeskUpload = { readonly fileName: string; readonly source: ImportSource };

export type DeskWork = {
  readonly kind: 'check' | 'apply';
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly records: number;
  readonly report?: CheckReport;
  readonly importId?: string;
  readonly problem?: UserError;
};

type Seat = {
  folder: string;
  upload: DeskUpload;
  work: DeskWork | undefined;
  stopping: AbortController | undefined;
  ended: Promise<void>;
};

export type ImportDesk = ReturnType<typeof createImportDesk>;

export function createImportDesk({
  olap,
  records,
  audit,
  clock,
  folder,
  bytesMax = UPLOAD_BYTES_MAX,
}: {
  olap: Olap | undefined;
  records: Records;
  audit: AuditTrail;
  clock: Clock;
  folder: string;
  bytesMax?: number;
}) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seats = new Map<string, Seat>();
  const uploading = new Set<string>();
  let count = 0;

  const deps = (): ImportDeps => {
    if (!olap) throw noWarehouse();
    return { records, olap, clock, tell: tellImport({ audit, clock }) };
  };
  const seatOf = (accountId: string): Seat => {
    const seat = seats.get(accountId);
    if (!seat) throw noFile();
    return seat;
  };
  const idle = (accountId: string): Seat => {
    const seat = seatOf(accountId);
    if (seat.work?.state === 'running') throw busy();
    return seat;
  };
  const discard = async (accountId: string): Promise<void> => {
    const seat = seats.get(accountId);
    if (!seat) return;
    seats.delete(accountId);
    seat.stopping?.abort();
    await seat.ended;
    await rm(seat.folder, { recursive: true, force: true });
  };

  return {
    bytesMax,
    uploadOf: (accountId: string): DeskUpload | undefined => seats.get(accountId)?.upload,
    workOf: (accountId: string): DeskWork | undefined => seats.get(accountId)?.work,

    /** Spools a file, in pieces as they come, and looks at it. Throws UserError; then nothing is kept. */
    async take(
      accountId: string,
      { fileName, body }: { fileName: string; body: AsyncIterable<Uint8Array> },
    ): Promise<DeskUpload> {
      if (seats.get(accountId)?.work?.state === 'running' || uploading.has(accountId)) throw busy();
      const others = [...seats.keys()].filter((id) => id !== accountId).length + uploading.size;
      if (others >= UPLOADS_MAX) throw full();
      uploading.add(accountId);
      const own = join(folder, `${count++}`);
      try {
        await discard(accountId);
        await mkdir(own, { mode: 0o700 });
        const path = join(own, 'file');
        await pipeline(limited(body, bytesMax), createWriteStream(path, { mode: 0o600 }));
        const source = await lookedAt(path);
        const shown = hideNumbers(basename(fileName.replaceAll('\\', '/'))).slice(-NAME_CHARS_MAX);
        const upload = { fileName: shown === '' ? '未命名' : shown, source };
        await audit.note({
          atMs: clock.now(),
          actor: accountId,
          action: 'import.upload',
          outcome: 'done',
          subjects: [],
          purpose: 'import',
          reason: null,
          detail: {
            digest: source.digest,
            bytes: source.bytes,
            personalColumns: source.columns.filter(({ personal }) => personal).length,
          },
        });
        const nothing = { work: undefined, stopping: undefined, ended: Promise.resolve() };
        seats.set(accountId, { folder: own, upload, ...nothing });
        return upload;
      } catch (error) {
        await rm(own, { recursive: true, force: true });
        throw error;
      } finally {
        uploading.delete(accountId);
      }
    },

    /** Looks at the file again, as another encoding or with another delimiter. */
    async look(
      accountId: string,
      as: { encoding?: Encoding | undefined; delimiter?: Delimiter | undefined },
    ): Promise<DeskUpload> {
      const seat = idle(accountId);
      const source = await lookedAt(seat.upload.source.path, as);
      seat.upload = { ...seat.upload, source };
      seat.work = undefined;
      return seat.upload;
    },

    discard,

    /** Begins a dry run or an import; what becomes of it is asked for. Throws UserError when busy. */
    start(
      accountId: string,
      {
        kind,
        mapping,
        ranges,
      }: { kind: DeskWork['kind']; mapping: Mapping; ranges: readonly RegionRange[] },
    ): void {
      const seat = idle(accountId);
      const running = [...seats.values()].filter(({ work }) => work?.state === 'running').length;
      if (running >= RUNNING_MAX) throw full();
      const ready = deps();
      const stopping = new AbortController();
      const { source, fileName } = seat.upload;
      const watch = {
        signal: stopping.signal,
        progress: (read: number) => {
          seat.work = { kind, state: 'running', records: read };
        },
        isWithin: (region: number) =>
          ranges.some(({ from, until }) => region >= from && region <= until),
      };
      seat.stopping = stopping;
      seat.work = { kind, state: 'running', records: 0 };
      const run = async (): Promise<DeskWork> => {
        if (kind === 'check') {
          const report = await checkFile(source, mapping, watch);
          return { kind, state: 'done', records: report.records, report };
        }
        const asked = { source, mapping, fileName, by: accountId };
        const { id, report } = await applyImport(ready, asked, watch);
        return { kind, state: 'done', records: report.records, report, importId: id };
      };
      const settle = async (): Promise<void> => {
        try {
          seat.work = await run();
        } catch (error) {
          const { records: read = 0 } = seat.work ?? {};
          const problem = stopping.signal.aborted ? undefined : problemOf(error);
          const how = problem ? ('failed' as const) : ('cancelled' as const);
          seat.work = { kind, state: how, records: read, ...(problem && { problem }) };
        }
      };
      seat.ended = settle();
    },

    /** False when nothing is running. An import that is stopped goes on when it is begun again. */
    cancel(accountId: string): boolean {
      const seat = seats.get(accountId);
      if (seat?.work?.state !== 'running') return false;
      seat.stopping?.abort();
      return true;
    },

    list: (): Promise<ListedImport[]> => listImports(records),

    /** Takes an import of one's own back. Throws UserError `not-found`, `forbidden`, `conflict`. */
    async undo(accountId: string, id: string): Promise<void> {
      const found = await records.db
        .selectFrom('dataImport')
        .select('importedBy')
        .where('id', '=', id)
        .executeTakeFirst();
      if (found && found.importedBy !== accountId) throw notOwn();
      await undoImport(deps(), { id, by: accountId });
    },

    async close(): Promise<void> {
      for (const accountId of seats.keys()) await discard(accountId);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function* limited(
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    yield piece;
  }
}

/** What is wrong with a file is said without where it lies. */
async function lookedAt(
  path: string,
  as: { encoding?: Encoding | undefined; delimiter?: Delimiter | undefined } = {},
): Promise<ImportSource> {
  const { encoding, delimiter } = as;
  try {
    const source = await openSource(path, {
      ...(encoding && { encoding }),
      ...(delimiter && { delimiter }),
    });
    if (source.form.kind === 'xlsx' && source.bytes > WORKBOOK_BYTES_MAX) {
      throw tooLarge(WORKBOOK_BYTES_MAX);
    }
    return source;
  } catch (error) {
    if (!(error instanceof UserError) || !error.detail?.includes(path)) throw error;
    throw new UserError(error.code, error.says, error.hint && { hint: error.hint });
  }
}

/** Guarantee: what is no mistake of the user or the world is a bug, and said as one. */
function problemOf(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const isWorld = error instanceof OperatingError;
  return new UserError(
    'bad-input',
    isWorld
      ? text('数据仓库暂不可用', 'the warehouse is away')
      : text('导入未能完成', 'the import did not end'),
    { hint: text('请稍后重试；已写入的部分会续传。', 'Try again; it goes on where it stopped.') },
  );
}

const busy = () =>
  new UserError('too-many', text('上一项操作尚未完成', 'something is running already'), {
    hint: text('请等待其完成，或先取消。', 'Wait for it, or cancel it.'),
  });
const full = () =>
  new UserError('too-many', text('导入的人员过多', 'too many are importing'), {
    hint: text('请稍后再试。', 'Try again later.'),
  });
const noFile = () =>
  new UserError('not-found', text('没有已上传的文件', 'no file was uploaded'), {
    hint: text('请先上传文件。', 'Upload one first.'),
  });
const notOwn = () =>
  new UserError('forbidden', text('只能撤销本人的导入', 'somebody else imported it'), {
    hint: text(
      '请由导入人撤销，或由系统管理员用命令撤销。',
      'Whoever imported it takes it back, or the administrator by command.',
    ),
  });
const tooLarge = (bytesMax: number) =>
  new UserError('too-large', text('文件过大', 'the file is too large'), {
    detail: `> ${Math.round(bytesMax / 1024 / 1024)} MB`,
    hint: text(
      '请拆分文件，或由系统管理员用命令导入；工作簿可另存为 CSV。',
      'Split it, or have it imported by command; a workbook can be saved as CSV.',
    ),
  });
const noWarehouse = () =>
  new UserError('not-found', text('未配置数据仓库', 'there is no warehouse'), {
    hint: text('请联系系统管理员', 'Ask the system administrator.'),
  });
