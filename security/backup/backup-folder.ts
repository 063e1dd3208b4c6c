// Where backups lie: a folder for each chain, begun by a full backup, with the incremental ones that build on
// it. Pieces are kept under names made of their content, so what did not change is there already. A backup
// exists from the moment its manifest does, which is written last; everything before is as good as not there.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { OperatingError, UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { createSeal, damaged, newSalt, sameBytes, type Seal } from './seal.ts';

const fileSchema = z.strictObject({
  path: z.string(),
  byteCount: z.number(),
  /** SHA-256 of the file. */
  contentHash: z.string(),
  pieces: z.array(z.string()),
});

const monthNoteSchema = z.strictObject({
  period: z.string(),
  /** By node, in the order of the regions. */
  figures: z.record(z.string(), z.array(z.number().nullable())),
});

const figureNoteSchema = z.strictObject({
  /** Computed from the warehouse, the newest month first. */
  computed: z.array(
    z.strictObject({
      index: z.string(),
      version: z.string(),
      regions: z.array(z.string()),
      months: z.array(monthNoteSchema),
    }),
  ),
  /** SHA-256 of what was frozen when it was published. */
  published: z.array(z.strictObject({ name: z.string(), contentHash: z.string() })),
});

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  kind: z.enum(['full', 'incremental']),
  /** The full backup it builds on; itself for one. */
  chain: z.string(),
  /** The one before it in the chain. */
  follows: z.string().nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  /** What the stores held: rows by store and table, ends of the log. */
  counts: z.record(z.string(), z.number()),
  /** The root of the audit trail at that moment; null while there is no trail. */
  auditRoot: z.string().nullable(),
  /** Values of the indices; null when none were noted, and in backups of before. */
  figures: figureNoteSchema.nullable().default(null),
  /** Statements that make the tables of the warehouse, in order. */
  warehouseTables: z.array(z.strictObject({ name: z.string(), sql: z.string() })),
  /** What the configuration keeps elsewhere, and is not in here. */
  leftOut: z.array(z.string()),
  files: z.array(fileSchema),
  /** Bytes this backup added. */
  addedBytes: z.number(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type FigureNote = z.infer<typeof figureNoteSchema>;
export type MonthNote = z.infer<typeof monthNoteSchema>;
export type BackedUpFile = z.infer<typeof fileSchema>;

/** A backup as it can be told without the key. */
export type BackupAt = {
  readonly id: string;
  readonly chain: string;
  readonly atMs: number;
};

const MANIFEST = '.manifest';
const CHECK = 'plumbline backup';

const headSchema = z.strictObject({ format: z.literal(1), salt: z.string(), check: z.string() });

/** Every backup that is whole, the oldest first. */
export function listBackups(folder: string): BackupAt[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: chain }) =>
      readdirSync(join(folder, chain)).flatMap((name) => {
        const [, id, at] = /^((\d{14})[a-z]*)\.manifest$/.exec(name) ?? [];
        return id === undefined || at === undefined ? [] : [{ id, chain, atMs: atMsOf(at) }];
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** `20261127033000`, in UTC, so that names sort by time everywhere. */
export const idAt = (atMs: number): string =>
  new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);

const atMsOf = (id: string): number =>
  Date.parse(
    `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}T${id.slice(8, 10)}:${id.slice(10, 12)}:${id.slice(12, 14)}Z`,
  );

/** Begins a chain; its key is checked before anything is read from it. */
export function beginChain(folder: string, chain: string, secret: string): Seal {
  const salt = newSalt();
  const seal = createSeal(secret, salt);
  const check = Buffer.from(seal.close(CHECK, Buffer.from(CHECK))).toString('hex');
  const head = { format: 1, salt, check };
  writeWhole(join(folder, chain, 'chain.json'), Buffer.from(JSON.stringify(head)));
  return seal;
}

/** The seal of a chain. Throws UserError `forbidden` for another key. */
export function openChain(folder: string, chain: string, secret: string): Seal {
  const path = join(folder, chain, 'chain.json');
  let head: z.infer<typeof headSchema>;
  try {
    head = headSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw damaged(path);
  }
  const seal = createSeal(secret, head.salt);
  try {
    const opened = seal.open(CHECK, Buffer.from(head.check, 'hex'));
    if (sameBytes(opened, Buffer.from(CHECK))) return seal;
  } catch {
    // Said below.
  }
  throw new UserError(
    'forbidden',
    text('密钥不是这份备份的密钥', 'this is not the key of this backup'),
    {
      detail: chain,
      hint: text('请用制作备份时的密钥文件', 'Use the key file the backup was made with.'),
    },
  );
}

const pathOf = (folder: string, chain: string, name: string) =>
  join(folder, chain, 'pieces', name.slice(0, 2), name);

/** Keeps a piece that is not there yet; gives the bytes it took. */
export function keepPiece(
  { folder, chain, seal }: { folder: string; chain: string; seal: Seal },
  content: Uint8Array,
): { name: string; addedBytes: number } {
  const name = seal.nameOf(content);
  const path = pathOf(folder, chain, name);
  if (existsSync(path)) return { name, addedBytes: 0 };
  const closed = seal.close(name, content);
  writeWhole(path, closed);
  return { name, addedBytes: closed.byteLength };
}

/** Throws UserError `conflict` when the piece is not there, or not as it was written. */
export function readPiece(
  { folder, chain, seal }: { folder: string; chain: string; seal: Seal },
  name: string,
): Uint8Array {
  let closed: Uint8Array;
  try {
    closed = readFileSync(pathOf(folder, chain, name));
  } catch {
    throw damaged(`piece ${name.slice(0, 12)} is missing`);
  }
  const content = seal.open(name, closed);
  if (seal.nameOf(content) !== name) throw damaged(`piece ${name.slice(0, 12)}`);
  return content;
}

export function saveManifest(
  { folder, seal }: { folder: string; seal: Seal },
  manifest: Manifest,
): void {
  const name = `${manifest.id}${MANIFEST}`;
  const closed = seal.close(name, Buffer.from(JSON.stringify(manifest)));
  writeWhole(join(folder, manifest.chain, name), closed);
}

export function readManifest(
  { folder, seal }: { folder: string; seal: Seal },
  { id, chain }: BackupAt,
): Manifest {
  const name = `${id}${MANIFEST}`;
  const opened = seal.open(name, readFileSync(join(folder, chain, name)));
  return manifestSchema.parse(JSON.parse(Buffer.from(opened).toString('utf8')));
}

/** Deletes chains whose newest backup is too old, and what never became a backup. The newest chain stays. */
export function pruneBackups(folder: string, { cutoffMs }: { cutoffMs: number }): string[] {
  if (!existsSync(folder)) return [];
  const newestOf = new Map<string, number>();
  for (const { chain, atMs } of listBackups(folder)) {
    newestOf.set(chain, Math.max(atMs, newestOf.get(chain) ?? 0));
  }
  const newest = [...newestOf.keys()].sort().at(-1);
  const gone = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{14}[a-z]*$/.test(entry.name))
    .map(({ name }) => name)
    .filter((chain) => chain !== newest && (newestOf.get(chain) ?? 0) < cutoffMs);
  for (const chain of gone) rmSync(join(folder, chain), { recursive: true, force: true });
  return gone;
}

/** Whole or not at all, and on the disk when it returns. */
function writeWhole(path: string, content: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.part`;
    const file = openSync(draft, 'w', 0o600);
    try {
      for (let at = 0; at < content.byteLength;) at += writeSync(file, content, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (cause) {
    throw new OperatingError('source-unavailable', 'the backup folder cannot be written', {
      retry: 'backoff',
      cause,
    });
  }
}
