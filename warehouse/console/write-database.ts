// The database an analyst may take away: the same views as the console's, within the same rights, with a
// watermark inside that says who took what when and why; as one DuckDB file or as Parquet files.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { duckName, duckText, openDuck, type Duck } from '../duck.ts';
import type { Olap } from '../olap.ts';
import { fillViews, VIEW_LIMITS, VIEWS, type RegionRange, type ViewLimits } from './views.ts';

export type Watermark = {
  readonly takenBy: string;
  readonly takenAt: string;
  readonly purpose: string;
  /** Codes from and until, as text. */
  readonly scope: string;
};

export type WrittenDatabase = {
  readonly rows: Readonly<Record<string, number>>;
  /** SHA-256 over the rows of all views in their order; stands in the watermark, too. */
  readonly digest: string;
  /** SHA-256 of each file by name. */
  readonly files: Readonly<Record<string, string>>;
};

export type DatabaseForm = 'duckdb' | 'parquet';

/** Writes to `path`: a file, or for Parquet a folder. Whole or not at all. What is there is replaced. */
export async function writeDatabase(
  olap: Olap,
  {
    path,
    form,
    ranges,
    mark,
    limits = VIEW_LIMITS,
    told,
  }: {
    readonly path: string;
    readonly form: DatabaseForm;
    readonly ranges: readonly RegionRange[];
    readonly mark: Watermark;
    readonly limits?: ViewLimits;
    /** Resolves when the trail has it; the database gets its name only then. */
    readonly told?: (about: {
      readonly digest: string;
      readonly rows: number;
      readonly files: WrittenDatabase['files'];
    }) => Promise<void>;
  },
): Promise<WrittenDatabase> {
  const target = resolve(path);
  const draft = `${target}.draft`;
  await rm(draft, { recursive: true, force: true });
  await rm(`${draft}.wal`, { force: true });
  await mkdir(form === 'parquet' ? draft : dirname(draft), { recursive: true });
  const duck = await openDuck({
    ...(form === 'duckdb' && { path: draft }),
    folders: [form === 'parquet' ? draft : dirname(draft)],
  });
  let rows: Record<string, number>;
  let digest: string;
  try {
    rows = await fillViews({ olap, duck }, VIEWS, { ranges, limits });
    digest = await digestOf(duck);
    const entries = Object.entries({
      plumbline_taken_by: mark.takenBy,
      plumbline_taken_at: mark.takenAt,
      plumbline_purpose: mark.purpose,
      plumbline_scope: mark.scope,
      plumbline_floor: String(limits.floor),
      plumbline_digest: digest,
    });
    await duck.connection.run('CREATE TABLE watermark (key VARCHAR, value VARCHAR)');
    for (const [key, value] of entries) {
      await duck.connection.run(
        `INSERT INTO watermark VALUES (${duckText(key)}, ${duckText(value)})`,
      );
    }
    if (form === 'parquet') {
      const metadata = entries.map(([key, value]) => `${key}: ${duckText(value)}`).join(', ');
      for (const name of [...VIEWS.map((view) => view.name), 'watermark']) {
        const file = duckText(join(draft, `${name}.parquet`));
        await duck.connection.run(
          `COPY ${duckName(name)} TO ${file} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {${metadata}})`,
        );
      }
    } else {
      await duck.connection.run('CHECKPOINT');
    }
  } catch (error) {
    duck.close();
    await rm(draft, { recursive: true, force: true });
    await rm(`${draft}.wal`, { force: true });
    throw error;
  }
  duck.close();
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const files = await hashesOf(draft, { target, form });
  try {
    await told?.({ digest, rows: all, files });
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
  return { rows, digest, files };
}

/** By the names the files will have. */
async function hashesOf(
  draft: string,
  { target, form }: { readonly target: string; readonly form: DatabaseForm },
): Promise<Record<string, string>> {
  if (form === 'duckdb') return { [basename(target)]: await hashOf(draft) };
  const files: Record<string, string> = {};
  for (const name of (await readdir(draft)).toSorted()) {
    files[name] = await hashOf(join(draft, name));
  }
  return files;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}

/** Over the rows of all views in an order of their own. */
async function digestOf({ connection }: Duck): Promise<string> {
  const hash = createHash('sha256');
  for (const { name } of VIEWS) {
    hash.update(`${name}\n`);
    const result = await connection.stream(`SELECT * FROM ${duckName(name)} ORDER BY ALL`);
    for await (const batch of result.yieldRowsJson()) {
      for (const row of batch) hash.update(`${JSON.stringify(row)}\n`);
    }
  }
  return hash.digest('hex');
}
