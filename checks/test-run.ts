// What `npm test` does: everything that can be checked, in one go, ending with one line of counts. Says
// what is missing on this machine and installs the browser where it may.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, '.cache', 'test-results.json');
const counts = { passed: 0, failed: 0, skipped: 0 };

const say = (line: string) => process.stdout.write(`${line}\n`);

function run(command: string, ...args: string[]): boolean {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: path,
      UV_THREADPOOL_SIZE: '16',
      // Every test file is a process of its own, and many start others: what one compiled the next one has.
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    },
  });
  return status === 0;
}

function step(name: string, command: string, ...args: string[]): void {
  say(`\n── ${name}`);
  counts[run(command, ...args) ? 'passed' : 'failed']++;
}

/** The screens are looked at in Debian's Chromium with a Chinese font. */
function ensureChromium(): void {
  if (existsSync('/usr/bin/chromium')) return;
  const packages = ['chromium', 'fonts-noto-cjk'];
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (mayInstall) {
    say(`installing ${packages.join(' ')} for the tests of the screens …`);
    if (
      run('apt-get', 'update', '-qq') &&
      run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages)
    ) {
      return;
    }
  }
  say(
    `no Chromium: the tests of the screens will be skipped. Install it with: sudo apt-get install ${packages.join(' ')}`,
  );
}

type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
};

function testEverything(): void {
  say('\n── tests');
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(results, { force: true });
  const passed = run(
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  );
  if (!existsSync(results)) {
    counts.failed++;
    return;
  }
  const report = JSON.parse(readFileSync(results, 'utf8')) as Report;
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests + report.numTodoTests;
  // A file that does not even load has no tests to count.
  if (!passed && report.numFailedTests === 0) counts.failed++;
}

ensureChromium();
step('format', 'oxfmt', '--check', '.');
step('lint', 'oxlint');
step('types', 'tsc', '--project', '.');
step('types of the cockpit', 'tsc', '--project', 'cockpit');
step('build of the cockpit', 'vite', 'build', 'cockpit');
testEverything();
say(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
