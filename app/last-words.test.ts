import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What a program tells that runs `code` after it was told to. */
function endOf(code: string): { status: number | null; told: string } {
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    const { tellLastWords } = await import(${at('last-words.ts')});
    const { createLogger } = await import(${at('../core/logger.ts')});
    tellLastWords(createLogger('error', (line) => process.stdout.write(line)));
    ${code}`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  return { status, told: stdout };
}

test.each([
  ['an error nobody caught', `setTimeout(() => { throw new Error('at work'); }, 1);`],
  [
    'a promise nobody waited for',
    `setTimeout(() => { Promise.reject(new Error('at work')); }, 1);`,
  ],
])('%s is told to the log, and ends the process', (_, code) => {
  const { status, told } = endOf(`${code} setTimeout(() => process.exit(0), 2_000);`);
  expect(status).toBe(1);
  expect(JSON.parse(told)).toMatchObject({
    level: 'error',
    event: 'process.failed',
    cause: expect.stringContaining('at work'),
  });
});
