// Records in memory for tests and for the screens' fixed evening. The migrations run once per process; what they
// leave is where each of the records opened then begins.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { openRecords, type Records } from './records.ts';

const deps = { logger: silentLogger, random: createRandom('records') };

let migrated: Promise<Uint8Array> | undefined;

/** Empty records, up to date. Close them. */
export async function openMemoryRecords(): Promise<Records> {
  migrated ??= migratedImage();
  return openRecords(deps, { kind: 'sqlite', path: ':memory:', image: await migrated });
}

async function migratedImage(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-records-'));
  const path = join(folder, 'records.sqlite');
  try {
    await (await openRecords(deps, { kind: 'sqlite', path })).close();
    const database = new DatabaseSync(path);
    // A database in memory has no write-ahead log.
    database.exec('PRAGMA journal_mode = DELETE');
    const image = database.serialize();
    database.close();
    return image;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
