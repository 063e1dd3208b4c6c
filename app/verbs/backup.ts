// plumbline backup and restore: the backups of the configured product.

import { existsSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createLogger, type Logger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { listBackups, type Manifest } from '../../security/backup/backup-folder.ts';
import { saveCursor } from '../../warehouse/cursors.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { openRecords } from '../../warehouse/records.ts';
import { BACKUP_ASKED } from '../backup/ask-for-backup.ts';
import { compareFigures } from '../backup/index-figures.ts';
import { restoreBackup } from '../backup/restore.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { replayLast } from '../backup/verify-restored.ts';
import { inDataFolder, type Config } from '../config.ts';
import { openLog, recordsOptions } from '../foundation.ts';
import { createIndexService } from '../indices/index-service.ts';
import type { Print } from '../print.ts';
import type { BackupConfig } from '../retention/retention-config.ts';
import { olapOptions } from '../roles/warehouse.ts';
import { createSurroundings } from '../surroundings.ts';

/** Makes a backup now, or has the running product make it. */
export async function backupNow(
  config: Config,
  { full }: { full: boolean },
  print: Print,
): Promise<void> {
  const settings = settingsOf(config);
  const logger = createLogger(config.logLevel);
  const options = config.warehouse.kind === 'chdb' ? olapOptions(config) : undefined;
  let olap;
  try {
    olap =
      options && existsSync(inDataFolder(config, 'warehouse'))
        ? await openOlap({ logger }, options)
        : null;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'conflict') throw error;
    await askProduct(config, full);
    print(
      '系统正在运行，已请它在一分钟内制作备份 the product is running: it makes the backup within a minute',
    );
    return;
  }
  const records = olap && (await openRecords(recordsDeps(logger), recordsOptions(config)));
  try {
    const source = {
      dataFolder: inDataFolder(config, '.'),
      records: config.records,
      log: config.log,
      olap: olap ?? null,
      indices:
        olap && records
          ? { service: createIndexService({ olap, records, clock: systemClock }), db: records.db }
          : null,
    };
    const made = await takeBackup({ clock: systemClock, logger }, source, settings, { full });
    const megabytes = (made.addedBytes / 1_000_000).toFixed(1);
    print(
      `✓ ${made.id}  ${made.kind === 'full' ? '全量 full' : '增量 incremental'}  +${megabytes} MB`,
    );
    if (made.leftOut.length > 0) print(`! 不含 without: ${made.leftOut.join(', ')}`);
  } finally {
    await records?.close();
    await olap?.close();
  }
}

export function printBackups(config: Config, print: Print): void {
  const backups = listBackups(settingsOf(config).folder);
  if (backups.length === 0) print('没有备份 no backups');
  for (const { id, chain, atMs } of backups) {
    print(
      `${id}  ${localDateTime(atMs)}  ${id === chain ? '全量 full' : `增量 incremental → ${chain}`}`,
    );
  }
}

/** Restores into the data folder of the configuration; with `verify` also computes the indices and runs the rules again. */
export async function restore(
  config: Config,
  { id, verify }: { id?: string | undefined; verify: boolean },
  print: Print,
): Promise<boolean> {
  const { folder, keyFile } = settingsOf(config);
  const logger = createLogger(config.logLevel);
  const dataFolder = inDataFolder(config, '').replace(/\/$/, '');
  const manifest = await restoreBackup(
    { logger },
    { folder, keyFile, id },
    { dataFolder, records: config.records },
  );
  print(`✓ ${manifest.id}  ${manifest.files.length} 个文件 files → ${dataFolder}`);
  print(`✓ 校验和、行数一致 hashes and counts agree (${Object.keys(manifest.counts).length})`);
  print(
    manifest.auditRoot === null
      ? '- 备份时没有审计链 no audit trail when it was made'
      : `✓ 审计链末条一致 audit root agrees: ${manifest.auditRoot}`,
  );
  for (const left of manifest.leftOut) print(`! 备份不含 the backup is without: ${left}`);
  if (!verify) return true;
  const isSame = await verifyFigures(config, manifest, print);
  return (await verifyRules(config, print)) && isSame;
}

/** Values of the indices, computed from what was brought back. */
async function verifyFigures(
  config: Config,
  { figures }: Manifest,
  print: Print,
): Promise<boolean> {
  const options = config.warehouse.kind === 'chdb' ? olapOptions(config) : undefined;
  if (!figures || !options) {
    print('- 备份未记指数数值 no index values were noted when it was made');
    return true;
  }
  const logger = createLogger(config.logLevel);
  const records = await openRecords(recordsDeps(logger), recordsOptions(config));
  const olap = await openOlap({ logger }, options);
  try {
    const service = createIndexService({ olap, records, clock: systemClock });
    const verdict = await compareFigures(figures, { service, db: records.db });
    for (const index of verdict.otherVersions) {
      print(`! ${index} 的定义已改，数值不能比较 its definition is another: values not compared`);
    }
    const { months, figures: count, published, differs } = verdict;
    print(
      differs === undefined
        ? `✓ 指数数值一致 index values agree: ${count} (${months} 个月 months), ${published} 次发布 published`
        : `✗ 指数数值不一致 index values differ: ${differs}`,
    );
    return differs === undefined;
  } finally {
    await olap.close();
    await records.close();
  }
}

async function verifyRules(config: Config, print: Print): Promise<boolean> {
  const logger = createLogger(config.logLevel);
  const records = await openRecords(recordsDeps(logger), recordsOptions(config));
  const log = await openLog({ clock: systemClock, logger }, config);
  try {
    const surroundings = createSurroundings(config.rules.pack);
    const verdict = await replayLast({ log, records, surroundings });
    const { records: read, findings, missing } = verdict;
    if (read === 0) {
      print('- 没有两次规则状态之间的日志可供重放 nothing to run again between two saved states');
      return true;
    }
    const mark = missing.length === 0 ? '✓' : '✗';
    print(
      `${mark} 重放 ${read} 条日志，${findings} 条结论，缺 ${missing.length} run again: records, findings, missing`,
    );
    return missing.length === 0;
  } finally {
    await log.close();
    await records.close();
  }
}

function settingsOf({ backup }: Config): BackupConfig {
  if (backup) return backup;
  throw new UserError(
    'bad-configuration',
    text(
      '配置中没有备份目录和密钥文件',
      'the configuration names no folder and no key for backups',
    ),
    {
      hint: text(
        '请在配置中写明 backup.folder 和 backup.keyFile，见 docs/backup.md',
        'Give backup.folder and backup.keyFile; see docs/backup.md.',
      ),
    },
  );
}

const recordsDeps = (logger: Logger) => ({ logger, random: createUnseededRandom() });

async function askProduct(config: Config, full: boolean): Promise<void> {
  const records = await openRecords(
    recordsDeps(createLogger(config.logLevel)),
    recordsOptions(config),
  );
  try {
    await saveCursor({ clock: systemClock }, records.db, {
      name: BACKUP_ASKED,
      value: full ? 'full' : 'due',
    });
  } finally {
    await records.close();
  }
}
