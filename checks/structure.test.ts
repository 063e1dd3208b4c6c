// The shape of the house, checked: who may import whom, where time and chance may be touched, how files
// are named and begin.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each folder may import of ours, as path prefixes. Tests and fixtures may import anything. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: ['core/'],
  connectors: ['core/', 'connectors/'],
  // Ingest fulfils the port its connectors are given.
  ingest: ['core/', 'ingest/', 'connectors/publish.ts'],
  // The log is the only thing the stages share besides the words of core.
  rules: ['core/', 'rules/', 'ingest/log.ts', 'ingest/watermark.ts'],
  alerts: [
    'core/',
    'alerts/',
    'ingest/log.ts',
    'warehouse/records',
    'warehouse/offsets.ts',
    'warehouse/cursors.ts',
    'warehouse/json-column.ts',
  ],
  warehouse: ['core/', 'warehouse/', 'ingest/log.ts', 'ingest/ledger.ts'],
  models: ['core/', 'models/'],
  security: [
    'core/',
    'security/',
    'warehouse/records',
    'warehouse/json-column.ts',
    // Rights are about accounts and their sessions.
    'warehouse/accounts.ts',
    'warehouse/password.ts',
    'warehouse/sessions.ts',
  ],
  datasets: ['core/', 'datasets/'],
  cockpit: ['core/', 'models/', 'app/api/', 'cockpit/'],
  // Only these construct things with side effects.
  app: [''],
  sim: [''],
  benchmarks: [''],
  checks: [''],
  docs: [''],
};

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

const sourceOf = (file: string) => readFileSync(join(root, file), 'utf8');

const isTestOnly = (file: string) =>
  /\.(test|contract|fixture|property\.test|shot\.test)\.tsx?$/.test(file) ||
  /-(crash|killed)\.ts$/.test(file) ||
  file.startsWith('cockpit/fixture');

/** Paths of ours a file imports, relative to the root. */
function importsOf(file: string): string[] {
  const specifiers = [...sourceOf(file).matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)];
  return specifiers.map(([, specifier = '']) =>
    normalize(relative(root, join(root, dirname(file), specifier.replace(/\?.*$/, '')))),
  );
}

test('every folder with code has its place in the order of imports', () => {
  const folders = new Set(
    files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]),
  );
  expect([...folders].filter((folder) => !((folder as string) in ALLOWED))).toEqual([]);
});

test('imports go only in the directions the design allows', () => {
  const wrong = files
    .filter((file) => file.includes('/') && !isTestOnly(file))
    .flatMap((file) => {
      const allowed = ALLOWED[file.split('/')[0] as string] ?? [];
      return importsOf(file)
        .filter((target) => !allowed.some((prefix) => target.startsWith(prefix)))
        .map((target) => `${file} imports ${target}`);
    });
  expect(wrong).toEqual([]);
});

test('what the product runs imports no test code', () => {
  const wrong = files
    .filter((file) => !isTestOnly(file) && !/^(checks|benchmarks)\//.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(isTestOnly)
        .map((target) => `${file} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

describe('time, chance and environment come in by argument', () => {
  const MAY: Readonly<Record<string, readonly string[]>> = {
    'Date.now': ['core/time.ts'],
    'new Date()': ['core/time.ts'],
    setTimeout: ['core/time.ts'],
    setInterval: ['core/time.ts'],
    'Math.random': ['core/random.ts'],
    randomUUID: ['core/ids.ts'],
    randomBytes: ['core/ids.ts', 'core/random.ts'],
    'process.env': ['app/config.ts', 'vitest.config.ts'],
  };
  // Browser code has its own clock at the edge; see cockpit/shared.
  const server = files.filter(
    (file) => !isTestOnly(file) && !/^(cockpit|checks|benchmarks)\//.test(file),
  );
  test.each(Object.entries(MAY))('%s', (call, allowed) => {
    const pattern = new RegExp(`(?<![\\w.])${call.replace(/[.()]/g, '\\$&')}(?!\\w)`);
    const wrong = server
      .filter((file) => !allowed.includes(file))
      .flatMap((file) =>
        withoutComments(sourceOf(file))
          .split('\n')
          .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
      );
    expect(wrong).toEqual([]);
  });
});

const withoutComments = (source: string) =>
  source
    .replace(/\/\*[\s\S]*?\*\//g, (text) => text.replace(/[^\n]/g, ''))
    .replace(/(^|\s)\/\/.*$/gm, '');

describe('files', () => {
  test('are named in kebab-case', () => {
    const wrong = files.filter((file) => !/^[a-z0-9-]+(\.[a-z]+)*\.tsx?$/.test(basename(file)));
    expect(wrong).toEqual([]);
  });

  test('lie in folders that say what they hold', () => {
    const vague = /(^|\/)(utils?|helpers?|common|types|services|managers|misc|lib)(\/|\.ts$)/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });

  test('are no barrels', () => {
    expect(files.filter((file) => /(^|\/)index\.tsx?$/.test(file))).toEqual([]);
  });

  test('begin by saying what they are for', () => {
    const wrong = files.filter(
      (file) =>
        !isTestOnly(file) &&
        !/^(\/\/|\/\*\*?|#!)/.test(sourceOf(file)) &&
        !file.endsWith('.config.ts'),
    );
    expect(wrong).toEqual([]);
  });

  test('keep no left-overs', () => {
    const words = new RegExp(
      `\\b(${['TO', 'FIX'].map((w) => (w === 'TO' ? 'TODO' : 'FIXME')).join('|')}|XXX|HACK)\\b`,
    );
    expect(
      files.filter((file) => file !== 'checks/structure.test.ts' && words.test(sourceOf(file))),
    ).toEqual([]);
  });
});

test('lists of error codes are sorted', () => {
  const source = sourceOf('core/errors.ts');
  for (const name of ['UserErrorCode', 'OperatingErrorCode']) {
    const body = new RegExp(`type ${name} =([^;]*);`).exec(source)?.[1] ?? '';
    const codes = [...body.matchAll(/'([^']+)'/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(3);
    expect(codes).toEqual([...codes].sort());
  }
});
