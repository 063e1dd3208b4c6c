import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createManualClock } from '../../core/time.ts';
import { openKeyStore, type KeyStoreDeps } from './key-store.ts';
import { describeKeyWrapper } from './key-wrapper.contract.ts';
import { createSuite, createSuites } from './suites.ts';
import { createCommandWrapper } from './wrap-by-command.ts';
import { createBareKeys, createKeyWrapper } from './wrap-by-key.ts';

const suites = createSuites();
const wrappingKey = (secret: string) => suites.intl.hash(secret);
const program = fileURLToPath(new URL('key-command.fixture.ts', import.meta.url));
const commandOf = (...args: string[]) =>
  createCommandWrapper({ command: [process.execPath, program, ...args], timeLimitMs: 60_000 });

describeKeyWrapper('AES', (secret) => createKeyWrapper(suites.intl, wrappingKey(secret)));
describeKeyWrapper('SM4', (secret) => createKeyWrapper(suites.gm, wrappingKey(secret)));
describeKeyWrapper('bare', () => createBareKeys(suites.gm));
describeKeyWrapper('a command', (secret) => commandOf(secret));

test('another secret unwraps nothing', async () => {
  const wrapped = await createKeyWrapper(suites.gm, wrappingKey('one')).wrap(
    'vault.1',
    Buffer.alloc(32),
  );
  await expect(
    createKeyWrapper(suites.gm, wrappingKey('two')).unwrap('vault.1', wrapped),
  ).rejects.toMatchObject({ code: 'bad-configuration' });
  await expect(commandOf('two').unwrap('vault.1', wrapped)).rejects.toMatchObject({
    code: 'bad-configuration',
  });
});

test.each([
  ['that fails is asked again later', commandOf('one', 'broken'), 'backoff'],
  [
    'that does not answer in time is asked again later',
    createCommandWrapper({ command: [process.execPath, program, 'one', 'slow'], timeLimitMs: 30 }),
    'backoff',
  ],
  [
    'that is not there is not',
    createCommandWrapper({ command: ['/nonexistent/kms'], timeLimitMs: 1_000 }),
    'never',
  ],
])('a command %s', async (_name, wrapper, retry) => {
  await expect(wrapper.unwrap('vault.1', Buffer.alloc(64))).rejects.toMatchObject({
    name: 'OperatingError',
    code: 'keys-unavailable',
    retry,
  });
});

describe('key store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-keys-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  const deps: KeyStoreDeps = {
    clock: createManualClock(Date.UTC(2026, 10, 27)),
    suite: 'gm',
    wrapper: createKeyWrapper(createSuite('gm'), wrappingKey('one')),
  };
  const anotherFolder = () => join(folder, String(++count));

  test('makes the first key of a purpose once, and has it after a restart', async () => {
    const path = anotherFolder();
    const [one, two] = await Promise.all([
      openKeyStore(deps, path).current('vault'),
      openKeyStore(deps, path).current('vault'),
    ]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ id: 'vault.1', suite: 'gm' });
    const again = openKeyStore(deps, path);
    expect(await again.find('vault.1')).toEqual(one);
    expect((await again.current('audit-sign')).bytes).not.toEqual(one.bytes);
    expect(readdirSync(path).sort()).toEqual(['audit-sign.1.json', 'vault.1.json']);
  });

  test('the file is for its owner alone and does not hold the key bare', async () => {
    const path = anotherFolder();
    const key = await openKeyStore(deps, path).current('vault');
    const file = join(path, 'vault.1.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(
      Buffer.from(key.bytes).toString('base64').slice(0, 40),
    );
    chmodSync(file, 0o640);
    await expect(openKeyStore(deps, path).find('vault.1')).rejects.toMatchObject({
      code: 'bad-configuration',
      hint: { en: expect.stringContaining(`chmod 600 '${file}'`) as string },
    });
    chmodSync(file, 0o600);
    chmodSync(path, 0o755);
    expect(() => openKeyStore(deps, path)).toThrow(/refused/);
  });

  test('rotates: the newest is current, older ones are found until they are destroyed', async () => {
    const path = anotherFolder();
    const store = openKeyStore(deps, path);
    const other = openKeyStore(deps, path);
    const first = await store.current('vault');
    for (let round = 2; round <= 11; round++) await store.make('vault');
    expect((await other.current('vault')).id).toBe('vault.11');
    expect(await other.find('vault.1')).toEqual(first);
    expect(store.list('vault').at(-1)).toBe('vault.11');
    store.destroy('vault.1');
    expect(await store.find('vault.1')).toBeUndefined();
    expect(await other.find('vault.1')).toBeUndefined();
    expect(await store.find('../vault.1')).toBeUndefined();
  });

  test('a key keeps its suite when another was chosen', async () => {
    const path = anotherFolder();
    await openKeyStore(deps, path).current('vault');
    const store = openKeyStore({ ...deps, suite: 'intl' }, path);
    expect(await store.current('vault')).toMatchObject({ suite: 'gm' });
    expect(await store.make('vault')).toMatchObject({ id: 'vault.2', suite: 'intl' });
  });

  test.each([
    ['damaged', 'not JSON'],
    ['of another form', '{"version":2}'],
  ])('a file that is %s is refused and not replaced', async (_name, content) => {
    const path = anotherFolder();
    await openKeyStore(deps, path).current('vault');
    writeFileSync(join(path, 'vault.1.json'), content);
    await expect(openKeyStore(deps, path).current('vault')).rejects.toMatchObject({
      code: 'bad-configuration',
    });
    expect(readFileSync(join(path, 'vault.1.json'), 'utf8')).toBe(content);
  });

  test('a file under another name, another secret and another protection are refused', async () => {
    const path = anotherFolder();
    await openKeyStore(deps, path).current('vault');
    copyFileSync(join(path, 'vault.1.json'), join(path, 'vault.2.json'));
    const refused = { code: 'bad-configuration' };
    await expect(openKeyStore(deps, path).find('vault.2')).rejects.toMatchObject(refused);
    const stranger = createKeyWrapper(createSuite('gm'), wrappingKey('two'));
    await expect(
      openKeyStore({ ...deps, wrapper: stranger }, path).find('vault.1'),
    ).rejects.toMatchObject(refused);
    await expect(
      openKeyStore({ ...deps, wrapper: createBareKeys(createSuite('gm')) }, path).find('vault.1'),
    ).rejects.toMatchObject(refused);
  });
});
