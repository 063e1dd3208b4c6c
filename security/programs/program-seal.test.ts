import fc from 'fast-check';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SUITE_NAMES } from '../crypto/suite.ts';
import { createSuites } from '../crypto/suites.ts';
import { sealKeyOf, sealProgram, verifyProgram } from './program-seal.ts';

const suites = createSuites();
const seed = Buffer.alloc(32, 7);

let root = '';
const put = (path: string, content: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plumbline-program-'));
  put('package.json', '{}');
  put('app/main.ts', 'run();');
  put('core/deep/er/time.ts', 'now');
  put('rules/packs/dazhou/pack.yaml', 'a rule');
  put('node_modules/a/index.js', 'a');
  symlinkSync('../a/index.js', join(root, 'node_modules', 'a', 'link.js'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe.each(SUITE_NAMES)('a program sealed with %s', (name) => {
  const suite = suites[name];
  const key = sealKeyOf(suite, seed);
  const sealed = () => sealProgram(root, { suite, seed, version: '1.2.3', atMs: 5 });
  const verify = (seal: string) => verifyProgram(root, { seal, key, suites });

  test('is as it was sealed, though rules and caches change', () => {
    const seal = sealed();
    put('rules/packs/dazhou/pack.yaml', 'another rule');
    put('node_modules/.cache/x', 'made meanwhile');
    put('.plumbline/records.sqlite', 'data');
    expect(verify(seal)).toMatchObject({
      kind: 'read',
      head: { version: '1.2.3', sealedAtMs: 5, files: 5 },
      findings: [],
    });
  });

  test('shows what was altered, taken away, put in, and where a link leads now', () => {
    const seal = sealed();
    put('app/main.ts', 'run(); tell(everybody);');
    renameSync(join(root, 'core/deep/er/time.ts'), join(root, 'core/deep/er/clock.ts'));
    put('node_modules/b/index.js', 'b');
    unlinkSync(join(root, 'node_modules/a/link.js'));
    symlinkSync('/elsewhere.js', join(root, 'node_modules/a/link.js'));
    expect(verify(seal)).toMatchObject({
      findings: [
        { kind: 'altered', path: 'app/main.ts' },
        { kind: 'missing', path: 'core/deep/er/time.ts' },
        { kind: 'altered', path: 'node_modules/a/link.js' },
        { kind: 'added', path: 'core/deep/er/clock.ts' },
        { kind: 'added', path: 'node_modules/b/index.js' },
      ],
    });
  });

  test('is believed by its key alone', () => {
    const other = sealProgram(root, { suite, seed: Buffer.alloc(32, 8), version: '1', atMs: 5 });
    expect(verify(other)).toEqual({ kind: 'refused', because: 'other-key' });
    const signed = sealed();
    const named = other.replace(
      /"publicKey":"[^"]+"/,
      /"publicKey":"[^"]+"/.exec(signed)?.[0] ?? '',
    );
    expect(verify(named)).toEqual({ kind: 'refused', because: 'wrong-signature' });
  });

  test('no byte of a seal can be changed, and half a seal is none', () => {
    const seal = sealed();
    fc.assert(
      fc.property(fc.nat(seal.length - 1), fc.constantFrom(...'0aZ \n'), (at, letter) => {
        fc.pre(seal[at] !== letter);
        const changed = `${seal.slice(0, at)}${letter}${seal.slice(at + 1)}`;
        // What stands behind the last full byte of a signature in base 64 says nothing.
        fc.pre(at < seal.length - 5);
        expect(verify(changed).kind).toBe('refused');
        expect(verify(seal.slice(0, at))).toEqual({ kind: 'refused', because: 'no-seal' });
      }),
      { numRuns: 60 },
    );
  });
});
