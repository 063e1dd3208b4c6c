// A backup of everything this installation keeps in its data folder, while it runs: the warehouse first, the
// records next, the log last, so that no store knows of what another does not have yet. Whatever lies between
// is done again after a restore, as after a crash.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../core/logger.ts';
import type { Clock } from '../../core/time.ts';
import {
  beginChain,
  idAt,
  listBackups,
  openChain,
  pruneBackups,
  readManifest,
  saveManifest,
  type BackedUpFile,
  type FigureNote,
  type Manifest,
} from '../../security/backup/backup-folder.ts';
import { keepFile } from '../../security/backup/keep-files.ts';
import { readKeyFile } from '../../security/backup/seal.ts';
import { freezeWarehouse } from '../../warehouse/freeze.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { ComputedIndex } from '../indices/index-service.ts';
import { lookAtIndices, noteFigures, type IndexStores } from './index-figures.ts';
import { auditRootOf, copySqlite, countSqlite } from './sqlite-copy.ts';
import { dumpPostgres } from './postgres-dump.ts';

export type BackupSource = {
  readonly dataFolder: string;
  readonly records:
    | { readonly kind: 'sqlite' }
    | { readonly kind: 'postgres'; readonly url: string; readonly ownerUrl?: string | undefined };
  readonly log: { readonly kind: 'embedded' | 'kafka' };
  /** The open warehouse of this process; null when there is none in the data folder. */
  readonly olap: Olap | null;
  /** What values of the indices are computed from; null where they are not noted. */
  readonly indices: IndexStores | null;
};

export type BackupSettings = {
  readonly folder: string;
  readonly keyFile: string;
  readonly fullEvery: number;
  readonly keep: number;
};

export type BackupDeps = { readonly clock: Clock; readonly logger: Logger };

const WORK = 'backup-work';
/** What is not kept as it lies: databases are copied, the rest can be made again. */
const NOT_AS_FILES = /^(records\.sqlite|log\.sqlite|warehouse$|backtests$|backup-work$|canary)/;

/** Makes a backup; a full one when it is time for one, or asked for. Gives its manifest. */
export async function takeBackup(
  deps: BackupDeps,
  source: BackupSource,
  settings: BackupSettings,
  { full = false }: { full?: boolean } = {},
): Promise<Manifest> {
  const { clock, logger } = deps;
  const { folder } = settings;
  const startedAtMs = clock.now();
  const secret = readKeyFile(settings.keyFile);
  const work = join(source.dataFolder, WORK);
  rmSync(work, { recursive: true, force: true });
  const chain = chainFor(folder, { full, startedAtMs, fullEvery: settings.fullEvery });
  const seal = chain.isNew
    ? beginChain(folder, chain.name, secret)
    : openChain(folder, chain.name, secret);
  const place = { folder, chain: chain.name, seal };
  const files: BackedUpFile[] = [];
  const leftOut: string[] = [];
  let counts: Record<string, number> = {};
  let addedBytes = 0;
  const keep = async (from: string, path: string) => {
    const kept = await keepFile(place, { from, path });
    files.push(kept.file);
    addedBytes += kept.addedBytes;
  };
  const before = await lookedAt(logger, source.indices);
  const frozen = source.olap
    ? await freezeWarehouse(source.olap, join(source.dataFolder, 'warehouse'))
    : undefined;
  if (!frozen) leftOut.push('warehouse');
  let auditRoot: string | null = null;
  let figures: FigureNote | null = null;
  try {
    if (source.indices && before) {
      const after = (await lookedAt(logger, source.indices)) ?? [];
      // Data that came while the warehouse was being held: nobody knows on which side of it.
      const isSame = after.length === before.length && after.every((one, at) => one === before[at]);
      if (isSame) figures = await noteFigures(source.indices, after);
    }
    if (source.indices && !figures) leftOut.push('index values');
    if (source.records.kind === 'sqlite') {
      const copy = join(work, 'records.sqlite');
      await copySqlite(join(source.dataFolder, 'records.sqlite'), copy);
      counts = { ...counts, ...countSqlite(copy, 'records') };
      auditRoot = auditRootOf(copy);
    } else {
      const { ownerUrl, url } = source.records;
      const held = await dumpPostgres(ownerUrl ?? url, join(work, 'records.pgdump'));
      counts = { ...counts, ...held.counts };
      auditRoot = held.auditRoot;
    }
    if (source.log.kind === 'embedded') {
      const copy = join(work, 'log.sqlite');
      await copySqlite(join(source.dataFolder, 'log.sqlite'), copy);
      counts = { ...counts, ...countSqlite(copy, 'log') };
    } else leftOut.push('log');
    for (const name of readdirSync(work)) await keep(join(work, name), name);
    for (const path of otherFiles(source.dataFolder)) {
      await keep(join(source.dataFolder, path), path);
    }
    for (const { name, parts } of frozen?.tables ?? []) {
      for (const [part, from] of parts) {
        for (const file of filesIn(from)) {
          await keep(join(from, file), join('warehouse-parts', name, part, file));
        }
      }
    }
  } finally {
    await frozen?.release();
    rmSync(work, { recursive: true, force: true });
  }
  const manifest: Manifest = {
    format: 1,
    id: chain.id,
    kind: chain.isNew ? 'full' : 'incremental',
    chain: chain.name,
    follows: chain.follows,
    startedAtMs,
    endedAtMs: clock.now(),
    counts,
    auditRoot,
    figures,
    warehouseTables: (frozen?.tables ?? []).map(({ name, sql }) => ({ name, sql })),
    leftOut,
    files,
    addedBytes,
  };
  saveManifest(place, manifest);
  const pruned = pruneBackups(folder, { cutoffMs: startedAtMs - settings.keep });
  logger.info('backup.made', {
    id: manifest.id,
    kind: manifest.kind,
    addedBytes,
    files: files.length,
    pruned: pruned.length,
  });
  return manifest;
}

/** Undefined when they cannot be computed, which is no reason to go without a backup. */
async function lookedAt(
  logger: Logger,
  indices: IndexStores | null,
): Promise<ComputedIndex[] | undefined> {
  if (!indices) return undefined;
  try {
    return await lookAtIndices(indices);
  } catch (error) {
    logger.error('backup.figures-not-noted', { cause: String(error) });
    return undefined;
  }
}

/** The newest backup and what it says. */
export function newestManifest(folder: string, keyFile: string): Manifest | undefined {
  const newest = listBackups(folder).at(-1);
  if (!newest) return undefined;
  const seal = openChain(folder, newest.chain, readKeyFile(keyFile));
  return readManifest({ folder, seal }, newest);
}

/** Which chain a backup goes into, and its name in there. */
function chainFor(
  folder: string,
  asked: { full: boolean; startedAtMs: number; fullEvery: number },
): { name: string; id: string; isNew: boolean; follows: string | null } {
  const known = listBackups(folder);
  const newest = known.at(-1);
  const begun = known.find(({ chain }) => chain === newest?.chain);
  const id = freeId(folder, asked.startedAtMs);
  const isDue = begun === undefined || asked.startedAtMs - begun.atMs >= asked.fullEvery;
  if (asked.full || isDue || newest === undefined) {
    return { name: id, id, isNew: true, follows: null };
  }
  return { name: newest.chain, id, isNew: false, follows: newest.id };
}

/** Two within one second are told apart by a letter. */
function freeId(folder: string, atMs: number): string {
  const taken = new Set([
    ...listBackups(folder).map(({ id }) => id),
    ...(existsSync(folder) ? readdirSync(folder) : []),
  ]);
  for (let id = idAt(atMs); ; id += 'a') if (!taken.has(id)) return id;
}

const otherFiles = (dataFolder: string): string[] =>
  readdirSync(dataFolder, { withFileTypes: true })
    .filter(({ name }) => !NOT_AS_FILES.test(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesIn(join(dataFolder, entry.name)).map((file) => join(entry.name, file))
        : entry.isFile()
          ? [entry.name]
          : [],
    );

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
