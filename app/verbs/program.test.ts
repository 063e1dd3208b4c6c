import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { configSchema } from '../config.ts';
import { mustBeAsSealed, printSealKey, verifySeal, writeSeal } from './program.ts';

let folder = '';
const at = (path: string) => join(folder, path);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-seal-'));
  mkdirSync(at('made/app'), { recursive: true });
  writeFileSync(at('made/package.json'), '{"version":"9.9.9"}');
  writeFileSync(at('made/app/main.ts'), 'run();');
  const config = configSchema.parse({ dataFolder: at('maker'), logLevel: 'silent' });
  const key: string[] = [];
  await printSealKey(config, (line) => key.push(line));
  writeFileSync(at('key.json'), key.join('\n'));
  await writeSeal(config, { out: at('program.seal'), root: at('made') }, () => undefined);
  cpSync(at('made'), at('runs'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const given = () => ({ seal: at('program.seal'), key: at('key.json'), root: at('runs') });

test('an installation is verified with a seal and a key from elsewhere, and what differs is named', () => {
  const said: string[] = [];
  expect(verifySeal(given(), (line) => said.push(line))).toBe(true);
  writeFileSync(at('runs/app/main.ts'), 'run(); tell();');
  writeFileSync(at('runs/app/more.ts'), '');
  expect(verifySeal(given(), (line) => said.push(line))).toBe(false);
  expect(said.slice(1, 3)).toEqual(['被改 altered  app/main.ts', '多出 added    app/more.ts']);
});

test('the product does not start when it is not as it was sealed', () => {
  // The seal of another program is none of this one.
  const look = () => mustBeAsSealed({ seal: at('program.seal'), key: at('key.json') });
  expect(look).toThrow(UserError);
  expect(look).toThrow('not as it was sealed');
  expect(() => mustBeAsSealed({ seal: at('none.seal'), key: at('key.json') })).toThrow(
    'there is no such file',
  );
  expect(() => mustBeAsSealed({ seal: at('key.json'), key: at('key.json') })).toThrow('no seal');
  expect(() => mustBeAsSealed({ seal: at('program.seal'), key: at('program.seal') })).toThrow(
    'no public key',
  );
});
