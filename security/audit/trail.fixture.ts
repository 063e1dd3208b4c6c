// A trail over real records for tests: told, sealed, signed, and, as an attacker who owns the database would,
// altered past the triggers.

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { subjectKey } from '../../core/subject.ts';
import { createManualClock, epochMs, type ManualClock } from '../../core/time.ts';
import {
  openRecords,
  type Records,
  type RecordsOptions,
  type RecordsTransaction,
} from '../../warehouse/records.ts';
import type { AuditEntry, AuditTrail } from './audit-entry.ts';
import type { Hashing } from './hashing.ts';
import { makeCheckpoint } from './make-checkpoint.ts';
import { sealBatch, type SealDeps } from './seal.ts';
import { createKeyPair, createSigner, type Signer, type Signing } from './signer.ts';
import { createAuditTrail } from './trail.ts';

export const START_MS = Date.UTC(2026, 10, 27, 1);

export type Stage = SealDeps & {
  readonly clock: ManualClock;
  readonly trail: AuditTrail;
  readonly signer: Signer;
  /** Tells so many entries and seals them, a second apart. */
  tell(count: number): Promise<void>;
  seal(): Promise<number>;
  checkpoint(): Promise<void>;
  /** Runs statements as the owner of the database, without the triggers. */
  attack(...statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
};

export const anEntry = (index: number, over: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs: epochMs(START_MS + index * 1_000),
  actor: `ac_${index % 3}`,
  action: 'alert.look',
  outcome: 'done',
  subjects: [subjectKey(`cc-${String(index % 5).padStart(6, '0')}`)],
  purpose: 'handling',
  reason: index % 2 === 0 ? null : '核实“位置”',
  detail: { index },
  ...over,
});

export async function openTrailStage(
  given: {
    readonly hashing?: Hashing;
    readonly signing?: Signing;
    readonly options?: RecordsOptions;
  } = {},
): Promise<Stage> {
  const { hashing = 'sha256', signing = 'ed25519' } = given;
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-audit-'));
  const options = given.options ?? { kind: 'sqlite', path: join(folder, 'records.sqlite') };
  if (options.kind === 'sqlite') copyFileSync(await migratedFile(), options.path);
  const records: Records = await openRecords(deps, options);
  // The tests kill no machine: commits need not wait for the disk.
  if (options.kind === 'sqlite') await sql.raw('PRAGMA synchronous = OFF').execute(records.db);
  const clock = createManualClock(START_MS);
  const signer = createSigner(createKeyPair(signing));
  const engine = options.kind;
  const trail = createAuditTrail({ records });
  const sealing: SealDeps = { records, engine, clock, hashing };
  let told = 0;
  const seal = async () => {
    let count = 0;
    for (let last = 1; last > 0; count += last) last = (await sealBatch(sealing)).count;
    return count;
  };
  return {
    ...sealing,
    clock,
    trail,
    signer,
    seal,
    async tell(count) {
      await seal();
      for (let index = 0; index < count; index++) {
        clock.advance(1_000);
        void trail.note(anEntry(told++));
      }
      await trail.note(anEntry(told++));
      await seal();
    },
    async checkpoint() {
      clock.advance(1_000);
      const made = await makeCheckpoint({ ...sealing, signer });
      if (made.kind !== 'made') throw new Error(JSON.stringify(made));
    },
    attack: (...statements) =>
      records.transaction(async (trx) => {
        const triggers = engine === 'sqlite' ? await dropTriggers(trx) : [];
        if (engine === 'postgres')
          await sql.raw('set local session_replication_role = replica').execute(trx);
        for (const statement of [...statements, ...triggers]) await sql.raw(statement).execute(trx);
      }),
    async close() {
      await records.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const deps = { logger: silentLogger, random: createRandom('audit') };
let migrated: Promise<string> | undefined;

/** An empty database, migrated once and copied for every test. */
function migratedFile(): Promise<string> {
  migrated ??= (async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'plumbline-audit-')), 'records.sqlite');
    await (await openRecords(deps, { kind: 'sqlite', path })).close();
    return path;
  })();
  return migrated;
}

/** Gives what makes them again. */
async function dropTriggers(db: RecordsTransaction): Promise<string[]> {
  const { rows } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where type = 'trigger'`.execute(db);
  for (const { name } of rows) await sql.raw(`drop trigger ${name}`).execute(db);
  return rows.map((row) => row.sql);
}
