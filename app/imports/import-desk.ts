// Files brought in through the screens: written aside, looked at, taken in within the bringer's own area, and never
// left behind. One at a time: what is read is read in this process.

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
import { applyImport, undoImport, type ImportDeps } from '../../warehouse/import/apply-import.ts';
import { checkFile, type CheckReport } from '../../warehouse/import/check-file.ts';
import { guessMapping, IMPORT_KINDS, type Mapping } from '../../warehouse/import/mapping.ts';
import { openSource, type ImportSource } from '../../warehouse/import/source.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import { tellImport } from './tell-import.ts';

/** Larger files go through the command, which has the machine for itself. */
export const IMPORT_BYTES_MAX = 32 * 1024 * 1024;
/** A workbook is unpacked in memory as a whole. */
const WORKBOOK_BYTES_MAX = 4 * 1024 * 1024;

export type Looked = {
  readonly source: ImportSource;
  readonly mapping: Mapping | undefined;
  readonly report: ScopedReport | undefined;
};

/** `outside`: good rows of regions the ranges do not reach. */
export type ScopedReport = CheckReport & { readonly outside: number };

export type Brought = {
  readonly body: Readable;
  readonly mapping: Mapping | undefined;
  readonly ranges: readonly RegionRange[];
};

export type ImportDesk = ReturnType<typeof createImportDesk>;

export function createImportDesk({
  olap,
  records,
  audit,
  clock,
  folder,
}: {
  olap: Olap | undefined;
  records: Records;
  audit: AuditTrail;
  clock: Clock;
  /** Where files lie while they are read; what lies there at the start was left by a crash and is removed. */
  folder: string;
}) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let isBusy = false;
  const alone = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (isBusy) throw busy();
    isBusy = true;
    try {
      return await run();
    } finally {
      isBusy = false;
    }
  };
  const deps = (): ImportDeps => {
    if (!olap) throw noWarehouse();
    return { records, olap, clock, tell: tellImport({ audit, clock }) };
  };
  return {
    /** Says what is understood and what would come of it. Throws UserError for what is no such file. */
    check: ({ body, mapping, ranges }: Brought): Promise<Looked> =>
      alone(() =>
        withFile(folder, body, async (source) => {
          const chosen = mapping ?? guessed(source);
          const report = chosen && (await checkWithin(source, chosen, ranges));
          return { source, mapping: chosen, report };
        }),
      ),

    /** Takes the good rows in. Throws UserError `forbidden` when the file reaches beyond the ranges. */
    apply: ({
      body,
      mapping,
      ranges,
      fileName,
      by,
    }: Brought & { fileName: string; by: string }): Promise<{ id: string; report: ScopedReport }> =>
      alone(() => {
        const warehouse = deps();
        return withFile(folder, body, async (source) => {
          const chosen = mapping ?? guessed(source);
          if (!chosen) throw noMapping();
          const { outside } = await checkWithin(source, chosen, ranges);
          if (outside > 0) throw tooFar(outside);
          const named = hideNumbers(fileName);
          const asked = { source, mapping: chosen, fileName: named, by };
          const { id, report } = await applyImport(warehouse, asked);
          return { id, report: { ...report, outside } };
        });
      }),

    /** Takes one's own import back. Throws UserError `not-found` also for somebody else's. */
    undo: ({ id, by }: { id: string; by: string }): Promise<void> =>
      alone(async () => {
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

async function withFile<Result>(
  folder: string,
  body: Readable,
  run: (source: ImportSource) => Promise<Result>,
): Promise<Result> {
  const own = await mkdtemp(join(folder, 'plumbline-import-'));
  const path = join(own, 'file');
  try {
    const seen = { bytes: 0, isZip: false };
    await pipeline(body, bounded(seen), createWriteStream(path, { mode: 0o600 }));
    if (seen.isZip && seen.bytes > WORKBOOK_BYTES_MAX) throw tooLarge(WORKBOOK_BYTES_MAX);
    const source = await openSource(path);
    return await run(source);
  } catch (error) {
    throw withoutPath(error, own);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Ends with a UserError once too much has come, which cuts the line: whoever says the length is told before. */
function bounded(seen: { bytes: number; isZip: boolean }): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (seen.bytes === 0) seen.isZip = piece.subarray(0, 2).toString('latin1') === 'PK';
      seen.bytes += piece.byteLength;
      done(seen.bytes > IMPORT_BYTES_MAX ? tooLarge(IMPORT_BYTES_MAX) : null, piece);
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
  mapping: Mapping,
  ranges: readonly RegionRange[],
): Promise<ScopedReport> {
  const isWithin = (region: number) =>
    ranges.some(({ from, until }) => region >= from && region <= until);
  let outside = 0;
  const report = await checkFile(source, mapping, {
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
export const tooLarge = (most: number) =>
  new UserError('too-large', text('文件过大', 'the file is too large'), {
    detail: `> ${most / 1024 / 1024} MB`,
    hint: text(
      '请拆分，或另存为 CSV；更大的文件由系统管理员用命令导入',
      'Split it, or save it as CSV; the administrator imports larger ones with the command.',
    ),
  });
