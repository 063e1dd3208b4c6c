// The keys of this installation, by purpose: `vault.1`, `vault.2`, `audit-sign.1`. One JSON file for each,
// made whole or not at all, read by its owner only; the newest number is the key new work is done with.

import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { assert, UserError } from '../../core/errors.ts';
import { secretBytes } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { SealingKey } from './envelope.ts';
import type { KeyWrapper } from './key-wrapper.ts';
import { refuseIfOpenToOthers } from './private-file.ts';
import { KEY_BYTES, SUITE_NAMES, type SecretBytes, type SuiteName } from './suite.ts';

export type Key = SealingKey;

export type KeyStore = {
  /** The newest key of a purpose, made now when there is none. */
  current(purpose: string): Promise<Key>;
  /** The key of that id; undefined when there is none, or none any more. */
  find(id: string): Promise<Key | undefined>;
  /** Makes the next key of a purpose: from now on `current` gives it. */
  make(purpose: string): Promise<Key>;
  /** Ids of a purpose's keys, oldest first. */
  list(purpose: string): readonly string[];
  /** Removes a key for good: what it sealed opens no more. */
  destroy(id: string): void;
};

export type KeyStoreDeps = {
  readonly clock: Clock;
  /** What new keys are made for. Older keys keep their own suite. */
  readonly suite: SuiteName;
  readonly wrapper: KeyWrapper;
  readonly random?: SecretBytes;
};

const PURPOSE = /^[a-z][a-z-]{0,39}$/;
const ID = /^([a-z][a-z-]{0,39})\.([1-9]\d{0,8})$/;

const keyFileSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(ID),
  suite: z.enum(SUITE_NAMES),
  madeAtMs: z.number().int(),
  wrappedBy: z.string(),
  key: z.base64(),
});

/** Opens the folder of key files, making it when there is none. Throws UserError when others may read it. */
export function openKeyStore(deps: KeyStoreDeps, folder: string): KeyStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseIfOpenToOthers(folder, '700');
  const known = new Map<string, Key>();
  const pathOf = (id: string) => join(folder, `${id}.json`);

  const list = (purpose: string) =>
    readdirSync(folder)
      .flatMap((name) => (name.endsWith('.json') ? [ID.exec(name.slice(0, -5))] : []))
      .flatMap((match) => (match?.[1] === purpose ? [Number(match[2])] : []))
      .sort((a, b) => a - b)
      .map((number) => `${purpose}.${number}`);

  const find = async (id: string): Promise<Key | undefined> => {
    // The file decides: a key that was destroyed by another process is gone here too.
    if (!ID.test(id) || !existsSync(pathOf(id))) {
      known.delete(id);
      return undefined;
    }
    const before = known.get(id);
    if (before) return before;
    const file = readKeyFile(pathOf(id), id);
    if (file.wrappedBy !== deps.wrapper.name) throw wrappedOtherwise(pathOf(id), file.wrappedBy);
    const bytes = await deps.wrapper.unwrap(id, Buffer.from(file.key, 'base64'));
    const key = { id, suite: file.suite, bytes };
    known.set(id, key);
    return key;
  };

  const make = async (purpose: string, after = list(purpose)): Promise<Key> => {
    assert(PURPOSE.test(purpose), 'a purpose is a plain word');
    const id = `${purpose}.${Number(after.at(-1)?.split('.')[1] ?? 0) + 1}`;
    const bytes = (deps.random ?? secretBytes)(KEY_BYTES);
    const file: z.infer<typeof keyFileSchema> = {
      version: 1,
      id,
      suite: deps.suite,
      madeAtMs: deps.clock.now(),
      wrappedBy: deps.wrapper.name,
      key: Buffer.from(await deps.wrapper.wrap(id, bytes)).toString('base64'),
    };
    writeOnce(pathOf(id), `${JSON.stringify(file, null, 2)}\n`);
    // Whoever was first made it: what lies there is the key.
    const made = await find(id);
    assert(made, 'a key that was just made is there');
    return made;
  };

  return {
    find,
    make: (purpose) => make(purpose),
    list,
    async current(purpose) {
      const ids = list(purpose);
      const newest = ids.at(-1);
      return (newest === undefined ? undefined : await find(newest)) ?? make(purpose, ids);
    },
    destroy(id) {
      known.delete(id);
      rmSync(pathOf(id), { force: true });
    },
  };
}

function readKeyFile(path: string, id: string): z.infer<typeof keyFileSchema> {
  refuseIfOpenToOthers(path, '600');
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    content = undefined;
  }
  const { success, data } = keyFileSchema.safeParse(content);
  if (success && data.id === id) return data;
  throw new UserError('bad-configuration', text('密钥文件已损坏', 'a key file is damaged'), {
    detail: path,
    hint: text(
      '从备份恢复该文件，不要新建：没有原来的密钥，用它加密的内容无法打开',
      'Restore it from a backup and do not make a new one: what the old key sealed opens by no other.',
    ),
  });
}

/** Whole or not at all, also when the program is killed meanwhile; whoever else makes it first wins. */
function writeOnce(path: string, content: string): void {
  const draft = `${path}.${process.pid}.draft`;
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { flag: 'wx', mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

const wrappedOtherwise = (path: string, by: string) =>
  new UserError(
    'bad-configuration',
    text('密钥是由另一种保护方式封装的', 'a key was wrapped by another protection'),
    {
      detail: `${path}: ${by}`,
      hint: text(
        '把配置里的 crypto.keys 改回原来的保护方式',
        'Set crypto.keys in the configuration back to the protection the key was made under.',
      ),
    },
  );
