// A backup brought back: into a folder that is not there yet, built beside it and moved in place as a whole,
// and held against what the backup says of itself.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import {
  listBackups,
  openChain,
  readManifest,
  type Manifest,
} from '../../security/backup/backup-folder.ts';
import { bringBack } from '../../security/backup/keep-files.ts';
import { readKeyFile, damaged } from '../../security/backup/seal.ts';
import { thawWarehouse } from '../../warehouse/freeze.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { emptyPostgres, heldInPostgres, restorePostgres } from './postgres-dump.ts';
import { auditRootOf, countSqlite, isSound } from './sqlite-copy.ts';

export type RestoreFrom = {
  readonly folder: string;
  readonly keyFile: string;
  /** The newest when none is named. */
  readonly id?: string | undefined;
};

export type RestoreTo = {
  readonly dataFolder: string;
  readonly records:
    | { readonly kind: 'sqlite' }
    | { readonly kind: 'postgres'; readonly url: string; readonly ownerUrl?: string | undefined };
};

/** Brings a backup back. Throws UserError when the folder is in use, the key is another, or a byte is wrong. */
export async function restoreBackup(
  { logger }: { logger: Logger },
  from: RestoreFrom,
  to: RestoreTo,
): Promise<Manifest> {
  const { manifest, place } = openBackup(from);
  const { dataFolder } = to;
  if (existsSync(dataFolder) && readdirSync(dataFolder).length > 0) throw inUse(dataFolder);
  const draft = `${dataFolder}.restoring`;
  rmSync(draft, { recursive: true, force: true });
  try {
    await build({ logger, draft, records: to.records }, manifest, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  if (existsSync(dataFolder)) rmSync(dataFolder, { recursive: true });
  renameSync(draft, dataFolder);
  return manifest;
}

async function build(
  { logger, draft, records }: { logger: Logger; draft: string; records: RestoreTo['records'] },
  manifest: Manifest,
  place: ReturnType<typeof openBackup>['place'],
): Promise<void> {
  mkdirSync(draft, { recursive: true });
  for (const file of manifest.files) {
    bringBack(place, file, draft);
    await new Promise((resolve) => setImmediate(resolve));
  }
  compare(draft, manifest);
  const parts = join(draft, 'warehouse-parts');
  if (manifest.warehouseTables.length > 0) {
    const olap = await openOlap({ logger }, { kind: 'chdb', folder: join(draft, 'warehouse') });
    try {
      await thawWarehouse(olap, manifest.warehouseTables, parts);
    } finally {
      await olap.close();
    }
    rmSync(parts, { recursive: true, force: true });
  }
  const dump = join(draft, 'records.pgdump');
  if (existsSync(dump)) {
    if (records.kind !== 'postgres') throw otherRecords();
    const url = records.ownerUrl ?? records.url;
    await restorePostgres(url, dump);
    await comparePostgres(url, manifest);
    rmSync(dump);
  }
}

/** Reads every piece of a backup and writes nothing. */
export function openBackup({ folder, keyFile, id }: RestoreFrom) {
  const known = listBackups(folder);
  const wanted = id === undefined ? known.at(-1) : known.find((one) => one.id === id);
  if (!wanted) {
    throw new UserError(
      'not-found',
      known.length === 0
        ? text('此目录没有完整的备份', 'there is no whole backup in this folder')
        : text('没有这份备份', 'there is no such backup'),
      {
        detail: id === undefined ? folder : `${id} in ${folder}`,
        hint: text(
          '中断的备份不能恢复；用 plumbline backup --list 查看可用的备份',
          'A backup that was cut short cannot be restored. See plumbline backup --list.',
        ),
      },
    );
  }
  const seal = openChain(folder, wanted.chain, readKeyFile(keyFile));
  const manifest = readManifest({ folder, seal }, wanted);
  return { manifest, place: { folder, chain: wanted.chain, seal } };
}

/** What was brought back is taken out again when it is not what the backup says it holds. */
async function comparePostgres(url: string, manifest: Manifest): Promise<void> {
  // Backups of before have no counts of such records.
  const isCounted = Object.keys(manifest.counts).some((name) => name.startsWith('records.'));
  if (!isCounted) return;
  const held = await heldInPostgres(url);
  const wrong = Object.entries(manifest.counts).find(
    ([name, count]) => name.startsWith('records.') && held.counts[name] !== count,
  );
  if (!wrong && held.auditRoot === manifest.auditRoot) return;
  await emptyPostgres(url);
  if (!wrong) throw damaged('audit root');
  const [name, count] = wrong;
  throw damaged(`${name}: ${held.counts[name] ?? 0} instead of ${count}`);
}

/** Databases whole, rows and ends of the log as noted, and the same root of the audit trail. */
function compare(folder: string, manifest: Manifest): void {
  const found: Record<string, number> = {};
  for (const store of ['records', 'log'] as const) {
    const path = join(folder, `${store}.sqlite`);
    if (!existsSync(path)) continue;
    if (!isSound(path)) throw damaged(`${store}.sqlite`);
    Object.assign(found, countSqlite(path, store));
    if (store === 'records' && auditRootOf(path) !== manifest.auditRoot) {
      throw damaged('audit root');
    }
  }
  const isElsewhere = existsSync(join(folder, 'records.pgdump'));
  for (const [name, count] of Object.entries(manifest.counts)) {
    // Records on a server are compared once they are there.
    if (isElsewhere && name.startsWith('records.')) continue;
    if (found[name] !== count) throw damaged(`${name}: ${found[name] ?? 0} instead of ${count}`);
  }
}

const inUse = (folder: string) =>
  new UserError('conflict', text('数据目录不是空的', 'the data folder is not empty'), {
    detail: folder,
    hint: text(
      '恢复不会覆盖已有数据：请先停止系统，把该目录移到别处，再恢复',
      'Nothing is overwritten: stop the product, move the folder away, then restore.',
    ),
  });

const otherRecords = () =>
  new UserError(
    'bad-configuration',
    text('备份中的业务库来自 PostgreSQL', 'the records of this backup are of PostgreSQL'),
    {
      hint: text(
        '请在配置中写明 records 的 PostgreSQL 地址，数据库须为空',
        'Name an empty PostgreSQL database as records in the configuration.',
      ),
    },
  );
