// The inventories of docs/security-practice.md and docs/cryptography.md, held against the code; and habits that
// keep whole kinds of mistakes out.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ACCESS_DEFAULTS } from '../security/access/access-settings.ts';
import { CONTEXT_WORDS } from '../security/access/password-rules.ts';
import { between, pathsOf } from './document-table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const practice = read('docs/security-practice.md');
const cryptography = read('docs/cryptography.md');

/** What the product runs: no tests, no simulation, no benchmarks, nothing for building. */
const sources = new Map(
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) =>
      /^(app|alerts|connectors|core|ingest|models|rules|security|warehouse|cockpit)\//.test(file),
    )
    .filter(
      (file) =>
        !/\.(test|contract|fixture|shot\.test)\.tsx?$|-(crash|killed)\.ts$|\.d\.ts$/.test(file),
    )
    .filter((file) => !/^cockpit\/(fixtures?|shots)|\.config\.ts$/.test(file))
    .filter((file) => existsSync(new URL(`../${file}`, import.meta.url)))
    .map((file) => [file, withoutComments(read(file))]),
);

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}

/** In order, whether they are committed yet or not. */
const filesWith = (pattern: RegExp, where = /./): string[] =>
  [...sources]
    .filter(([file, source]) => where.test(file) && pattern.test(source))
    .map(([file]) => file)
    .sort();

const server = /^(?!cockpit\/)/;

test('every file that opens a connection is in the inventory, and nothing else', () => {
  const opens =
    /(?<![\w.])fetch\(|\bsmpp\.connect\(|^import (?!type)(?!\{ (?:isIP|BlockList))[^;]*from '(?:node:(?:net|tls|dgram|http2?|https)|pg|@clickhouse\/client|@platformatic\/kafka)'|^import Fastify,/m;
  const found = filesWith(opens, server)
    // One row for the brokers, wherever in the folder they are spoken to.
    .map((file) => (file.startsWith('ingest/kafka/') ? 'ingest/log-kafka.ts' : file));
  expect([...new Set(found)].sort()).toEqual(pathsOf(between(practice, 'connections')));
});

test('every program that is started is in the inventory, by a list of arguments and no shell', () => {
  const found = filesWith(/from 'node:child_process'|process\.execve/, server);
  expect(found).toEqual(pathsOf(between(practice, 'programs')));
  expect(filesWith(/\bexecSync\(|(?<!\.)\bexec\(|shell: true/, server)).toEqual([]);
});

test('every file that uses cryptography is in the inventory', () => {
  const found = filesWith(/from '(?:node:crypto|sm-crypto-v2|otpauth|web-push)'/, server);
  expect(found).toEqual(pathsOf(between(cryptography, 'files')));
});

test('broken hashes and ciphers are nowhere but where a protocol asks', () => {
  expect(filesWith(/['"](?:md5|sha-?1|MD5|SHA-?1)['"]/, server)).toEqual([
    // Trunks that know nothing else, the form of published lists, and what authenticator apps speak.
    'alerts/channels/sip/digest.ts',
    'security/access/leaked-passwords.ts',
    'security/access/one-time-code.ts',
  ]);
  expect(filesWith(/-ecb['"]|-cbc['"]|['"](?:des|rc4|bf)-|RSA_PKCS1_PADDING/, server)).toEqual([]);
});

test('words a password may not be made of, and times of sessions, are those of the document', () => {
  const words = [...between(practice, 'words').matchAll(/`([^`]+)`/g)].map(([, word]) => word);
  expect(words).toEqual(CONTEXT_WORDS);
  const inMs = (given: string) => {
    const [, count, unit] = /^(\d+) (h|min)$/.exec(given) ?? [];
    return Number(count) * (unit === 'h' ? 3_600_000 : 60_000);
  };
  const rows = between(practice, 'sessions').trim().split('\n').slice(2);
  const told = Object.fromEntries(
    rows.map((row) => {
      const [, role = '', idle = '', absolute = ''] = row.split('|').map((cell) => cell.trim());
      return [role, { idle: inMs(idle), absolute: inMs(absolute) }];
    }),
  );
  expect(told).toEqual(ACCESS_DEFAULTS.sessions);
  expect(practice).toContain(`${ACCESS_DEFAULTS.sessionsPerAccount} of one account at a time`);
});

test('no option of the command line takes a secret, and every environment variable is told', () => {
  const options = [...sources]
    .filter(([file]) => file === 'app/main.ts' || file.startsWith('app/verbs/'))
    .flatMap(([, source]) =>
      [...source.matchAll(/'(?:-\w, )?--([\w-]+)/g)].map(([, name = '']) => name),
    );
  expect(options.length).toBeGreaterThan(40);
  expect(options.filter((name) => /pass|secret|token|credential|pin$/.test(name))).toEqual([]);
  const config = sources.get('app/config.ts') ?? '';
  const variables = new Set([...config.matchAll(/\bPLUMBLINE_\w+/g)].map(([name]) => name));
  expect(variables.size).toBeGreaterThan(3);
  for (const name of variables) expect(practice).toContain(`\`${name}\``);
});

test('code is never made from data, and markup never from text', () => {
  expect(filesWith(/\beval\(|new Function\(|node:vm|setTimeout\(\s*['"`]/)).toEqual([]);
  expect(
    filesWith(
      /dangerouslySetInnerHTML|\.innerHTML\b|\.outerHTML\s*=|insertAdjacentHTML|document\.write\(/,
    ),
  ).toEqual([]);
  // A pattern is made of words of ours only.
  expect(filesWith(/new RegExp\(/)).toEqual([
    'alerts/channels/sip/readings.ts',
    'alerts/reply-text.ts',
    'security/exports/office-mark.ts',
    'security/exports/pdf-mark.ts',
  ]);
});

test('SQL is put together from parameters; text goes into it raw in known places only', () => {
  // Numbers and names of columns of ours.
  expect(filesWith(/\bsql\.(?:raw|lit)\(/, server)).toEqual([
    'alerts/open-by-age.ts',
    'security/audit/seal.ts',
    'warehouse/records-migrations/migrations.ts',
  ]);
});

test('who asks another host has a deadline and follows nobody', () => {
  const calls = [...sources].flatMap(([file, source]) =>
    file.startsWith('cockpit/')
      ? []
      : [...source.matchAll(/(?<![\w.])fetch\([\s\S]{0,700}?\n\s*\}\)/g)].map(
          ([call]) => [file, call] as const,
        ),
  );
  expect(calls.length).toBeGreaterThan(4);
  const loose = calls.filter(([, call]) => !/redirect: 'error'/.test(call) || !/signal/.test(call));
  expect(loose.map(([file]) => file)).toEqual([]);
});

test('nobody switches the check of certificates off', () => {
  expect(
    filesWith(/rejectUnauthorized: false|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity/),
  ).toEqual([]);
});

test('the browser keeps a choice of language and purpose, and nothing else; no other window is listened to', () => {
  const keeps = filesWith(
    /localStorage|sessionStorage|indexedDB|document\.cookie|\bcaches\./,
    /^cockpit\//,
  );
  expect(keeps).toEqual([
    'cockpit/main.tsx',
    'cockpit/shared/purpose.ts',
    'cockpit/workbench/reason.ts',
  ]);
  expect(
    filesWith(/addEventListener\('message'|postMessage\(|document\.domain|callback=/, /^cockpit\//),
  ).toEqual(MESSAGES);
});

/** Between a page and its own workers. */
const MESSAGES: readonly string[] = [];

test('passwords are typed into fields that hide them, fit the browser’s keeper and let one paste', () => {
  const fields = filesWith(
    /autoComplete[^\n]*(?:current|new)-password|field\('\w+', '(?:current|new)-password'\)/,
    /^cockpit\//,
  );
  expect(fields.length).toBeGreaterThan(2);
  for (const file of fields) {
    expect(sources.get(file), file).toContain('type="password"');
    expect(sources.get(file), file).not.toMatch(/onPaste|onCopy/);
  }
});

test('every page somebody is signed in on has the way out in its head', () => {
  const pages = [...sources.keys()].filter((file) => /^cockpit\/.*-page\.tsx$/.test(file));
  expect(pages.length).toBeGreaterThan(12);
  const without = pages.filter(
    (file) => !/<(?:Page|Console|Wall)Header\b|useSignOut\(\)/.test(sources.get(file) ?? ''),
  );
  // The door, and a screen that waits to be enrolled.
  expect(without).toEqual(['cockpit/kiosk/kiosk-page.tsx', 'cockpit/sign-in/sign-in-page.tsx']);
  for (const head of ['shared/page', 'console/console', 'wall/wall']) {
    expect(sources.get(`cockpit/${head}-header.tsx`), head).toContain('useSignOut()');
  }
});

test('comparisons are strict', () => {
  expect(
    filesWith(/[^=!<>]==[^=]|!=[^=]/, /^(?!.*\/(?:console|import)\/).*$/).filter(isLoose),
  ).toEqual([]);
});

/** Loose but for the one idiom that means "null or undefined". */
function isLoose(file: string): boolean {
  const code = (sources.get(file) ?? '').replaceAll(
    /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/(?![/*\s])(?:[^/\\\n]|\\.)+\//g,
    '""',
  );
  return /[^=!<>]==(?!=)(?! null)|!=(?!=)(?! null)/.test(code);
}
