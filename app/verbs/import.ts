// plumbline import: people's files of incidents and measures into the warehouse, with a dry run and an undo.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse, stringify } from 'yaml';
import { UserError } from '../../core/errors.ts';
import { createLogger } from '../../core/logger.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import {
  applyImport,
  listImports,
  undoImport,
  type ImportDeps,
} from '../../warehouse/import/apply-import.ts';
import { checkFile, type CheckReport } from '../../warehouse/import/check-file.ts';
import type { Delimiter } from '../../warehouse/import/delimited.ts';
import type { Encoding } from '../../warehouse/import/encoding.ts';
import {
  guessMapping,
  mappingSchema,
  PERSONAL_WORDS,
  type ImportKind,
  type Mapping,
} from '../../warehouse/import/mapping.ts';
import { ROW_FAULTS } from '../../warehouse/import/row-fault-words.ts';
import { openSource, type ImportSource } from '../../warehouse/import/source.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { openRecords } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { tellImport } from '../imports/tell-import.ts';
import { createProgress, type Print } from '../print.ts';
import { olapOptions } from '../roles/warehouse.ts';

/** Whoever has the command has the machine: the audit knows the verb, not a person. */
const ACTOR = 'system';

export type ImportVerbOptions = {
  readonly file: string;
  readonly as?: ImportKind | undefined;
  /** A mapping file; without it the mapping is guessed. */
  readonly mapping?: string | undefined;
  /** Where the mapping that was used is written. */
  readonly saveMapping?: string | undefined;
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
};

/** Gives true when no row was refused. Throws UserError. */
export async function importFile(
  config: () => Config,
  options: ImportVerbOptions,
  print: Print,
): Promise<boolean> {
  const { encoding, delimiter, signal } = options;
  const source = await openSource(options.file, { encoding, delimiter, signal });
  tellSource(source, print);
  const mapping = mappingFor(source, options);
  print(`映射 mapping: ${JSON.stringify(mapping)}`);
  if (options.saveMapping !== undefined) writeFileSync(options.saveMapping, stringify(mapping));
  const progress = createProgress();
  const watch = {
    ...(signal && { signal }),
    progress: (records: number) => progress.show(`${records}`),
  };
  if (options.dryRun) {
    const report = await checkFile(source, mapping, watch).finally(progress.end);
    tellReport(report, print);
    print('试导入，未作改动 (a dry run; nothing was changed)');
    return report.refused === 0;
  }
  return withWarehouse(config(), async (deps) => {
    const asked = { source, mapping, fileName: basename(options.file), by: ACTOR };
    const { id, report } = await applyImport(deps, asked, watch).finally(progress.end);
    tellReport(report, print);
    print(`已导入 ${id}，可用 import --undo ${id} 撤销 (imported; import --undo takes it back)`);
    return report.refused === 0;
  });
}

export const undoImportById = (config: Config, id: string, print: Print): Promise<void> =>
  withWarehouse(config, async (deps) => {
    await undoImport(deps, { id, by: ACTOR });
    print(`已撤销 (taken back): ${id}`);
  });

export const printImports = (config: Config, print: Print): Promise<void> =>
  withWarehouse(config, async ({ records }) => {
    for (const one of await listImports(records)) {
      print(
        `${one.id}  ${localDateTime(one.startedAtMs)}  ${one.state.padEnd(7)}  ${one.kind}  ${one.rowCount} rows, ${one.refused} refused  ${one.fileName}`,
      );
    }
  });

function mappingFor(source: ImportSource, { as, mapping: path }: ImportVerbOptions): Mapping {
  if (path !== undefined) return readMapping(path);
  const kinds: readonly ImportKind[] = as === undefined ? ['incidents', 'measures'] : [as];
  const guesses = kinds.map((kind) => guessMapping(kind, source.columns));
  const found = guesses.find(({ mapping }) => mapping !== undefined)?.mapping;
  if (found) return found;
  throw new UserError('bad-input', text('猜不出列的对应关系', 'the columns cannot be guessed'), {
    detail: `missing: ${guesses.map(({ missing }) => missing.join(', ')).join(' | ')}; the file has ${source.headers.slice(0, 30).join(', ')}`,
    hint: text(
      '请用 --mapping 给出映射文件，写法见 docs/import.md',
      'Give a mapping file with --mapping; docs/import.md says how.',
    ),
  });
}

function readMapping(path: string): Mapping {
  if (!existsSync(path)) {
    throw new UserError('not-found', text('映射文件不存在', 'the mapping file is not there'), {
      detail: path,
    });
  }
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch {
    content = undefined;
  }
  const read = mappingSchema.safeParse(content);
  if (read.success) return read.data;
  throw new UserError('bad-input', text('映射文件有误', 'the mapping is not valid'), {
    detail: `${path}: ${read.error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`).join('; ')}`,
    hint: text('写法见 docs/import.md', 'docs/import.md says how.'),
  });
}

function tellSource(
  { form, bytes, headers, doubled, columns, headerLine }: ImportSource,
  print: Print,
) {
  const how =
    form.kind === 'text'
      ? `${form.encoding}${form.bom ? ' BOM' : ''}, ${JSON.stringify(form.delimiter)}`
      : form.kind;
  print(`${how}, ${bytes} bytes, ${headers.length} 列 columns, 表头在第 ${headerLine} 行 header`);
  for (const name of doubled) print(`重复的列名，后者加序号 (twice in the header): ${name}`);
  for (const { name, personal, samples } of columns) {
    print(
      personal
        ? `  ✗ ${name}: ${PERSONAL_WORDS[personal].zh}，不导入 (${PERSONAL_WORDS[personal].en}, left out)`
        : `  ${name}: ${samples.slice(0, 3).join(' · ')}`,
    );
  }
}

const ERRORS_PRINTED = 20;

function tellReport(report: CheckReport, print: Print): void {
  for (const { line, faults } of report.errors.slice(0, ERRORS_PRINTED)) {
    for (const { column, fault } of faults) {
      const { says, cure } = ROW_FAULTS[fault];
      print(
        `✗ 第 ${line} 行 line ${line} ${column}: ${says.zh}，${cure.zh} (${says.en}. ${cure.en})`,
      );
    }
  }
  for (const [fault, count] of Object.entries(report.byFault)) {
    const { says } = ROW_FAULTS[fault as keyof typeof ROW_FAULTS];
    print(`${String(count).padStart(8)}  ${says.zh} (${says.en})`);
  }
  print(
    `${report.records} 行，可用 ${report.rows} 条，拒绝 ${report.refused} 行，${report.regions} 个地区，${report.from ?? '-'} … ${report.until ?? '-'} (${report.records} records, ${report.rows} rows, ${report.refused} refused)`,
  );
}

async function withWarehouse<Result>(
  config: Config,
  run: (deps: ImportDeps) => Promise<Result>,
): Promise<Result> {
  const logger = createLogger(config.logLevel);
  const clock = systemClock;
  const random = createUnseededRandom();
  const options = olapOptions(config);
  if (!options) {
    throw new UserError('bad-configuration', text('未配置数据仓库', 'there is no warehouse'), {
      hint: text('在配置项 warehouse 中启用', 'Configure one under "warehouse".'),
    });
  }
  const olap = await openOlap({ logger }, options);
  try {
    await migrateWarehouse({ clock, logger }, olap);
    const records = await openRecords({ logger, random }, recordsOptions(config));
    try {
      const audit = createAuditTrail({ records });
      return await run({ records, olap, clock, tell: tellImport({ audit, clock }) });
    } finally {
      await records.close();
    }
  } finally {
    await olap.close();
  }
}
