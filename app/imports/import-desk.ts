// Files brought in through the screens: written aside, looked at, taken in within the bringer's own area, and never
// left behind. One at a time: what is read is read in this process. Whoever leaves while it is read has cancelled.

import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { AuditTrail } from '../../security/audit/audit-entry.ts';
import type { RegionRange } from '../../warehouse/console/views.ts';
import {
  applyImport,
  undoImport,
  unfinishedImport,
  type AskedImport,
  type ImportDeps,
} from '../../warehouse/import/apply-import.ts';
import { checkFile, type CheckReport } from '../../warehouse/import/check-file.ts';
import { guessMapping, IMPORT_KINDS, type Mapping } from '../../warehouse/import/mapping.ts';
import { openSource, type ImportSource, type OpenOptions } from '../../warehouse/import/source.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import type { ImportLimits } from '../import-config.ts';
import { tellImport } from './tell-import.ts';

export type Looked = {
  readonly source: ImportSource;
  readonly mapping: Mapping | undefined;
  readonly report: ScopedReport | undefined;
};

export type Taken = { readonly id: string; readonly report: ScopedReport };

/** `outside`: good rows of regions the ranges do not reach. */
export type ScopedReport = CheckReport & { readonly outside: number };

export type Brought = {
  readonly body: Readable;
  readonly by: string;
  /** How the file is to be read, where it is not as it looks. */
  readonly reading: Pick<OpenOptions, 'encoding' | 'delimiter'>;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly mapping: Mapping | undefined;
  readonly ranges: readonly RegionRange[];
};

/** What the desk is at; `of` where it is known how many records there are. */
export type Doing = {
  readonly by: string;
  readonly step: 'receive' | 'look' | 'check' | 'write' | 'undo';
  readonly records: number;
  readonly of: number | null;
};

export type ImportDesk = ReturnType<typeof createImportDesk>;

export function createImportDesk({
  olap,
  records,
  audit,
  clock,
  limits,
  folder,
}: {
  olap: Olap | undefined;
  records: Records;
  audit: AuditTrail;
  clock: Clock;
  limits: ImportLimits;
  /** Where files lie while they are read; what lies there at the start was left by a crash and is removed. */
  folder: string;
}) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let doing: Doing | undefined;
  const alone = async <Result>(first: Doing, run: () => Promise<Result>): Promise<Result> => {
    if (doing) throw busy();
    doing = first;
    try {
      return await run();
    } finally {
      doing = undefined;
    }
  };
  const now = (by: string, step: Doing['step'], of: number | null = null) => {
    doing = { by, step, records: 0, of };
    return (read: number) => {
      doing = { by, step, records: read, of };
    };
  };
  const withFile = <Result>(
    { body, by, reading, signal }: Brought,
    run: (source: ImportSource) => Promise<Result>,
  ): Promise<Result> =>
    alone({ by, step: 'receive', records: 0, of: null }, async () => {
      const own = await mkdtemp(join(folder, 'plumbline-import-'));
      const path = join(own, 'file');
      try {
        const file = createWriteStream(path, { mode: 0o600 });
        const seen = { bytes: 0, isZip: false };
        await pipeline(body, bounded(seen, limits.fileBytesMax), file, { signal });
        const { fileBytesMax } = limits.workbook;
        if (seen.isZip && seen.bytes > fileBytesMax) throw tooLarge(fileBytesMax);
        now(by, 'look');
        return await run(await openSource(path, { ...reading, signal, workbook: limits.workbook }));
      } catch (error) {
        throw signal.aborted ? signal.reason : withoutPath(error, own);
      } finally {
        await rm(own, { recursive: true, force: true });
      }
    });
  /** What was cancelled leaves nothing. */
  const takeIn = async (asked: AskedImport, watch: { signal: AbortSignal; of: number }) => {
    const warehouse = deps();
    const { by } = asked;
    try {
      const progress = now(by, 'write', watch.of);
      return await applyImport(warehouse, asked, { signal: watch.signal, progress });
    } catch (error) {
      if (!watch.signal.aborted) throw error;
      const id = await unfinishedImport(records, asked);
      now(by, 'undo');
      if (id !== undefined) await undoImport(warehouse, { id, by });
      throw error;
    }
  };
  const deps = (): ImportDeps => {
    if (!olap) throw noWarehouse();
    return { records, olap, clock, tell: tellImport({ audit, clock }) };
  };
  return {
    limits,

    /** What it is at just now. */
    doing: () => doing,

    /** Says what is understood and what would come of it. Throws UserError for what is no such file. */
    check: (brought: Brought): Promise<Looked> =>
      withFile(brought, async (source) => {
        const { by, mapping = guessed(source), ranges, signal } = brought;
        const progress = now(by, 'check');
        const report =
          mapping && (await checkWithin(source, { mapping, ranges, signal, progress }));
        return { source, mapping, report };
      }),

    /** Takes the good rows in. Throws UserError `forbidden` when the file reaches beyond the ranges. */
    apply: (brought: Brought & { fileName: string }): Promise<Taken> =>
      withFile(brought, async (source) => {
        const { by, mapping = guessed(source), ranges, signal } = brought;
        if (!mapping) throw noMapping();
        const progress = now(by, 'check');
        const checked = await checkWithin(source, { mapping, ranges, signal, progress });
        const { outside, records: of } = checked;
        if (outside > 0) throw tooFar(outside);
        const fileName = hideNumbers(brought.fileName);
        const { id, report } = await takeIn({ source, mapping, fileName, by }, { signal, of });
        return { id, report: { ...report, outside } };
      }),

    /** Takes one's own import back. Throws UserError `not-found` also for somebody else's. */
    undo: ({ id, by }: { id: string; by: string }): Promise<void> =>
      alone({ by, step: 'undo', records: 0, of: null }, async () => {
        const found = await records.db
          .selectFrom('dataImport')
          .select('importedBy')
          .where('id', '=', id)
          .executeTakeFirst();
        if (found?.importedBy !== by) {
          throw new UserError(
            'not-found',
            text('没有您的这次导入', 'there is no such import of yours'),
          );
        }
        await undoImport(deps(), { id, by });
      }),
  };
}

/** Ends with a UserError once too much has come, which cuts the line: whoever says the length is told before. */
function bounded(seen: { bytes: number; isZip: boolean }, bytesMax: number): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (seen.bytes === 0) seen.isZip = piece.subarray(0, 2).toString('latin1') === 'PK';
      seen.bytes += piece.byteLength;
      done(seen.bytes > bytesMax ? tooLarge(bytesMax) : null, piece);
    },
  });
}

/** The command names the path in its errors; here it is ours and nobody's business. */
function withoutPath(error: unknown, own: string): unknown {
  if (!(error instanceof UserError) || !error.detail?.includes(own)) return error;
  return new UserError(error.code, error.says, error.hint ? { hint: error.hint } : {});
}

function guessed({ columns }: ImportSource): Mapping | undefined {
  for (const kind of IMPORT_KINDS) {
    const { mapping } = guessMapping(kind, columns);
    if (mapping) return mapping;
  }
  return undefined;
}

async function checkWithin(
  source: ImportSource,
  {
    mapping,
    ranges,
    signal,
    progress,
  }: {
    mapping: Mapping;
    ranges: readonly RegionRange[];
    signal: AbortSignal;
    progress: (records: number) => void;
  },
): Promise<ScopedReport> {
  const isWithin = (region: number) =>
    ranges.some(({ from, until }) => region >= from && region <= until);
  let outside = 0;
  const report = await checkFile(source, mapping, {
    signal,
    progress,
    onRows: async ({ incidents, measures }) => {
      for (const { region } of incidents) if (!isWithin(region)) outside++;
      for (const { region } of measures) if (!isWithin(region)) outside++;
    },
  });
  return { ...report, outside };
}

const busy = () =>
  new UserError('too-many', text('正在处理另一个文件', 'another file is being read'), {
    hint: text('请稍后再试', 'Try again in a moment.'),
  });
const noWarehouse = () =>
  new UserError('not-found', text('未配置数据仓库', 'there is no warehouse'), {
    hint: text('请联系系统管理员', 'Ask the system administrator.'),
  });
const noMapping = () =>
  new UserError('bad-input', text('猜不出列的对应关系', 'the columns cannot be guessed'), {
    hint: text('请选择各项对应的列', 'Choose a column for each field.'),
  });
const tooFar = (rows: number) =>
  new UserError(
    'forbidden',
    text('文件中有您数据范围以外地区的数据', 'the file has regions beyond your scope'),
    {
      detail: `${rows}`,
      hint: text('请删去这些行后再导入', 'Take those rows out and try again.'),
    },
  );
/** Whoever brought the file is gone. */
export const cancelled = () =>
  new UserError('conflict', text('已取消，未导入任何数据', 'cancelled; nothing was taken in'));
export const tooLarge = (most: number) =>
  new UserError('too-large', text('文件过大', 'the file is too large'), {
    detail: `> ${most / 1024 / 1024} MB`,
    hint: text(
      '请拆分，或另存为 CSV；更大的文件由系统管理员用命令导入',
      'Split it, or save it as CSV; the administrator imports larger ones with the command.',
    ),
  });
