import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** A folder that looks like the project to a command, and takes what the command writes. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-chapter-'));
  for (const name of readdirSync(root)) {
    if (name === 'docs') cpSync(join(root, name), join(folder, name), { recursive: true });
    else if (!name.startsWith('.') && name !== 'README.md') symlinkSync(join(root, name), join(folder, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

type Block = { readonly command: string; readonly wanted: string };

/** The ```console blocks of a page: a command after `$ `, then what it prints. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => {
    const [first = '', ...rest] = block.trimEnd().split('\n');
    return { command: first.replace(/^\$ /, ''), wanted: rest.join('\n') };
  });
}

/** `…` stands for anything on its line; alone on a line, for any number of lines. */
function matches(wanted: string, got: string): boolean {
  const pattern = wanted
    .split('\n')
    .map((line) =>
      line === '…'
        ? '(?:.*\\n)*?'
        : `${line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(`${got.trimEnd()}\n`);
}

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => /^\d\d-.*\.md$/.test(name))
    .map((name) => `docs/${name}`),
];

test('there are chapters', () => {
  expect(pages.length).toBeGreaterThan(1);
});

test('the commands README starts with are those of package.json', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const name of ['start', 'test']) {
    expect(readme).toContain(`npm install && npm ${name} `);
    expect(scripts[name]).toBeTruthy();
  }
});

describe.each(pages)('%s runs as it is written', (page) => {
  test.each(blocksOf(page))('$command', async ({ command, wanted }) => {
    const prefix = 'npm run plumbline -- ';
    expect(command.startsWith(prefix)).toBe(true);
    const args = command.slice(prefix.length).split(' ');
    const { stdout } = await run(process.execPath, ['app/main.ts', ...args], { cwd: folder });
    expect(matches(wanted, stdout), `wanted:\n${wanted}\n\ngot:\n${stdout}`).toBe(true);
  }, 60_000);
});
