import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSecrets } from './secrets.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a secret is made once, for its owner only, and gives the same keys ever after', async () => {
  const path = join(folder, 'once', 'secret.key');
  const first = openSecrets(path);
  const again = openSecrets(path);
  expect(again.key('alias')).toEqual(first.key('alias'));
  expect(first.key('alias')).not.toEqual(first.key('terminal'));
  expect(first.code('terminal', '1')).toMatch(/^[0-9a-f]{16}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a program killed while it made the secret is no obstacle to the next', async () => {
  const path = join(folder, 'secret.key');
  // What a killed program leaves, even one with the number this process has now.
  await writeFile(`${path}.${process.pid}`, 'half');
  openSecrets(path);
  expect(await readdir(folder)).toContain('secret.key');
  expect((await readdir(folder)).filter((name) => name.startsWith('secret.key.'))).toEqual([]);
});

test('a damaged secret is not replaced', async () => {
  const path = join(folder, 'damaged.key');
  await writeFile(path, '', { mode: 0o600 });
  expect(() => openSecrets(path)).toThrow('the secret file is damaged');
});

test.skipIf(process.platform === 'win32')(
  'a secret others may read is refused with the command that mends it',
  async () => {
    const path = join(folder, 'open.key');
    openSecrets(path);
    for (const mode of [0o640, 0o604]) {
      await chmod(path, mode);
      expect(() => openSecrets(path)).toThrow(
        expect.objectContaining({
          code: 'bad-configuration',
          hint: expect.objectContaining({
            en: expect.stringContaining(`chmod 600 '${path}'`) as string,
          }) as unknown,
        }),
      );
    }
    await chmod(path, 0o600);
    openSecrets(path);
  },
);
