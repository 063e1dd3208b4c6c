// A witness that is a folder, such as a share of another office: one file for each checkpoint, never written
// twice. Whoever gives the share should allow to add files and not to change them.

import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatingError } from '../../core/errors.ts';
import { signedCheckpointSchema, type SignedCheckpoint } from './checkpoint.ts';
import { keyIdOf } from './signer.ts';
import type { Witness } from './witness.ts';

export function createFolderWitness({
  name,
  path,
}: {
  readonly name: string;
  readonly path: string;
}): Witness {
  return {
    name,
    async show({ key, number, signed }) {
      const { body, signature } = signed;
      const content = `${JSON.stringify({ body, signature })}\n`;
      const file = join(path, `${keyIdOf(key)}-${String(number).padStart(8, '0')}.json`);
      const draft = `${file}.${process.pid}`;
      try {
        await mkdir(path, { recursive: true });
        await writeFile(draft, content, { flush: true });
        // A link does not replace what is there.
        await link(draft, file);
        return 'accepted';
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unreachable(name, cause);
        return (await readFile(file, 'utf8')) === content ? 'accepted' : 'refused';
      } finally {
        await rm(draft, { force: true }).catch(() => {});
      }
    },
  };
}

/** The checkpoints a folder holds, in their order; what is none is left out. */
export async function readFolder(path: string): Promise<SignedCheckpoint[]> {
  const files = (await readdir(path)).filter((file) => file.endsWith('.json'));
  const found: SignedCheckpoint[] = [];
  for (const file of files.toSorted()) {
    const parsed = signedCheckpointSchema.safeParse(await readJson(join(path, file)));
    if (parsed.success) found.push(parsed.data);
  }
  return found;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const unreachable = (name: string, cause: unknown): OperatingError =>
  new OperatingError('source-unavailable', `the witness "${name}" cannot be written to`, {
    retry: 'backoff',
    cause,
  });
