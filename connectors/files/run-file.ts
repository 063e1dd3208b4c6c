// Sorted runs on disk: what a sort cannot hold in memory, as length-prefixed blocks in a temporary
// folder that goes away with the sort, also when it fails.

import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '../../core/errors.ts';

export type RunFolder = {
  /** Writes blocks to a new run and gives what reads it; each run is read once and then removed. */
  write(blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<RunFile>;
  /** Removes the folder and all runs in it. */
  remove(): Promise<void>;
};

export type RunFile = { blocks(): AsyncGenerator<Uint8Array> };

const LENGTH_BYTES = 4;

/** A folder of its own inside `parent`, the machine's temporary folder by default. */
export async function openRunFolder(parent: string = tmpdir()): Promise<RunFolder> {
  const folder = await mkdtemp(join(parent, 'plumbline-sort-'));
  let count = 0;
  return {
    async write(blocks) {
      const path = join(folder, `run-${count++}`);
      const file = await open(path, 'wx');
      try {
        for await (const block of blocks) {
          const length = Buffer.alloc(LENGTH_BYTES);
          length.writeUInt32LE(block.length);
          await file.writev([length, block]);
        }
      } finally {
        await file.close();
      }
      return { blocks: () => readRun(path) };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function* readRun(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    for (;;) {
      const length = Buffer.alloc(LENGTH_BYTES);
      if ((await fill(file, length)) === 0) return;
      const block = new Uint8Array(length.readUInt32LE());
      assert((await fill(file, block)) === block.length, 'a run ends with a whole block');
      yield block;
    }
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

/** Reads until the bytes are full or the file ends; gives how many were read. */
async function fill(file: FileHandle, bytes: Uint8Array): Promise<number> {
  let count = 0;
  while (count < bytes.length) {
    const { bytesRead } = await file.read(bytes, count, bytes.length - count);
    if (bytesRead === 0) break;
    count += bytesRead;
  }
  return count;
}
