// The built cockpit for tests of the screens: the one in dist when it is newer than every source, else one
// built aside, so that tests never look at yesterday's screens and never disturb a running server.

import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(root, 'cockpit', 'dist');
const ASIDE = join(root, '.cache', 'cockpit');
const LOCK = join(root, '.cache', 'cockpit.lock');

const WAIT_MS = 250;
const WAITS_MAX = 480;

const SOURCES = [
  'cockpit/**/*.{ts,tsx,css,html,svg}',
  'cockpit/public/*',
  'core/*.ts',
  'models/**/*.{ts,yaml}',
  'app/api/*.ts',
  'security/access/*.ts',
];

/** Folder of a build that is up to date; builds one when there is none. */
export async function builtCockpit(): Promise<string> {
  if (isFresh(DIST)) return DIST;
  await takeLock();
  try {
    if (!isFresh(ASIDE)) {
      const vite = join(root, 'node_modules', '.bin', 'vite');
      await promisify(execFile)(vite, ['build', 'cockpit', '--outDir', ASIDE, '--emptyOutDir'], {
        cwd: root,
        // A test runner says "test", and the build would then be the one for developers.
        env: { ...process.env, NODE_ENV: 'production' },
      });
    }
  } finally {
    rmdirSync(LOCK);
  }
  return ASIDE;
}

function isFresh(folder: string): boolean {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return false;
  const builtAtMs = statSync(page).mtimeMs;
  return globSync(SOURCES, {
    cwd: root,
    exclude: (path) => /dist|\.test\.|shots/.test(String(path)),
  }).every((file) => statSync(join(root, file)).mtimeMs <= builtAtMs);
}

/** Test files run side by side; one of them builds, the others wait. */
async function takeLock(): Promise<void> {
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let waits = 0; waits < WAITS_MAX; waits++) {
    try {
      mkdirSync(LOCK);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
  throw new Error(`another build of the cockpit does not end; remove ${LOCK} if none is running`);
}
