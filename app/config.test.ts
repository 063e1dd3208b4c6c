import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { limitsOf, providerName, termsOf } from './channels-config.ts';
import { loadConfig } from './config.ts';

function withFile(content: string, environment: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-config-'));
  const file = join(folder, 'plumbline.yaml');
  writeFileSync(file, content);
  try {
    return loadConfig({ file }, environment);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const problemOf = (content: string): string => {
  try {
    withFile(content);
  } catch (error) {
    return (error as { detail: string }).detail;
  }
  return '';
};

test('an empty file means the embedded engines on 127.0.0.1:8080', () => {
  expect(withFile('')).toMatchObject({
    http: { host: '127.0.0.1', port: 8080 },
    log: { kind: 'embedded', partitions: 1 },
    records: { kind: 'sqlite' },
    warehouse: { kind: 'chdb' },
    ingest: { lateness: 30_000 },
  });
});

const SMPP = '{ kind: smpp, host: a, systemId: dz, password: secret, sender: "10690818" }';

test('SMS goes by an HTTP provider, named so or not, or by a centre over SMPP', () => {
  const http = withFile('channels: { sms: { url: "http://a", secret: "12345678" } }');
  expect(http.channels.sms?.providers).toMatchObject([{ kind: 'http', url: 'http://a' }]);
  expect(withFile(`channels: { sms: ${SMPP} }`).channels.sms?.providers[0]).toMatchObject({
    kind: 'smpp',
    port: 2775,
    bind: 'transceiver',
    numbers: 'international',
    longMessages: 'parts',
    window: 10,
    enquireEvery: 30_000,
  });
});

test('environment variables go over the file', () => {
  const config = withFile('http: { port: 9000 }', {
    PLUMBLINE_PORT: '9001',
    PLUMBLINE_DATA: '/tmp/x',
  });
  expect(config.http.port).toBe(9001);
  expect(config.dataFolder).toBe('/tmp/x');
});

test.each([
  ['htpp: { port: 1 }', 'htpp: unknown key; did you mean "http"?'],
  ['http: { prot: 1 }', 'http.prot: unknown key; did you mean "port"?'],
  ['log: { kind: kafka, broker: [x] }', 'log.broker: unknown key; did you mean "brokers"?'],
  ['colour: blue', 'colour: unknown key; known here: dataFolder'],
  ['http: { port: 99999 }', 'http.port: Too big'],
  ['ingest: { lateness: soon }', '"soon" is not a duration'],
  ['roles: [ingest, cook]', 'roles.1: Invalid option'],
  [
    'channels: { sms: { kind: smpp, hots: a } }',
    'channels.sms.hots: unknown key; did you mean "host"?',
  ],
  ['channels: { sms: { kind: smpp } }', 'channels.sms.systemId'],
  ['channels: { sms: { kind: smtp, url: "http://a" } }', 'channels.sms.kind'],
  [
    `channels: { sms: ${SMPP.replace('secret', 'much-too-long')} }`,
    'channels.sms.password: Too big',
  ],
  [`channels: { sms: ${SMPP.replace('host: a', 'host: a, window: 0')} }`, 'channels.sms.window'],
  ['channels: { sms: { url: "http://a" } }', 'channels.sms.secret'],
])('%s is refused: %s', (content, problem) => {
  expect(problemOf(content)).toContain(problem);
});

test('a file that is not YAML, or not there, is named', () => {
  expect(problemOf('a: [')).toContain('plumbline.yaml');
  expect(() => loadConfig({ file: '/nowhere/plumbline.yaml' }, {})).toThrow(
    '/nowhere/plumbline.yaml',
  );
});

test.each([
  ['a quote that does not end', 'channels:\n  sms:\n    secret: "canary-secret\n'],
  [
    'a bracket that does not end',
    'records: { kind: postgres, url: "postgres://a:canary-secret@b/c"',
  ],
  ['a tab', 'channels:\n\tsms: { secret: canary-secret }\n'],
  [
    'a secret of the wrong kind',
    'channels: { sms: { url: "http://a.example", secret: [canary-secret] } }',
  ],
  [
    'a secret that is too short',
    'audit: { witnessFor: [{ name: a, origin: ak_a, token: canary-secret }] }',
  ],
  [
    'a key nobody knows beside it',
    'warehouse: { kind: clickhouse, url: "http://a", pasword: canary-secret }',
  ],
])('a mistake in the configuration is told without the secret in it: %s', (_, content) => {
  expect(problemOf(content)).toContain('plumbline.yaml');
  expect(problemOf(content)).not.toContain('canary');
});

describe('the providers of a channel', () => {
  const one = "{ url: 'http://sms.example/v1', secret: eight-or-more }";

  test('are one as ever, or a list that is tried in order', () => {
    expect(withFile(`channels: { sms: ${one} }`).channels.sms).toEqual({
      providers: [{ kind: 'http', url: 'http://sms.example/v1', secret: 'eight-or-more' }],
    });
    const { channels } = withFile(`
channels:
  sms:
    providers:
      - { name: first, url: 'http://a.example', secret: eight-or-more, receiptWithin: { 2: 45s } }
      - { kind: http, url: 'http://b.example', secret: eight-or-more, perSecond: 20, concurrent: 4 }
`);
    const list = channels.sms?.providers ?? [];
    expect(list.map((given, index) => providerName('sms', given, index))).toEqual([
      'first',
      'sms-2',
    ]);
    expect(list.map((given) => termsOf('sms', given, { isAlone: false, speed: 1 }))).toEqual([
      { receiptWithinMs: { 1: 30_000, 2: 45_000, 3: 300_000 } },
      { receiptWithinMs: { 1: 30_000, 2: 60_000, 3: 300_000 }, perSecond: 20, concurrent: 4 },
    ]);
  });

  test('owe a receipt when there is another to turn to, or when it is said', () => {
    const alone = { isAlone: true, speed: 1 };
    const given = { kind: 'http', url: 'http://a.example', secret: 'eight-or-more' } as const;
    expect(termsOf('phone', given, alone)).toEqual({});
    expect(termsOf('phone', { ...given, receiptWithin: { 1: 60_000 } }, alone)).toMatchObject({
      receiptWithinMs: { 1: 60_000 },
    });
  });

  test.each([
    ["sms: { url: 'http://a.example' }", 'channels.sms.secret'],
    ['sms: { url: nowhere, secret: eight-or-more }', 'channels.sms.url'],
    ['sms: { providers: [] }', 'channels.sms.providers: Too small'],
    [`sms: { providers: [${one}], url: 'http://x' }`, 'channels.sms.url: unknown key'],
    [`sms: { providers: [{ kind: pigeon }] }`, 'channels.sms.providers.0.kind'],
    [
      "sms: { url: 'http://a.example', secret: eight-or-more, perSecnd: 3 }",
      'channels.sms.perSecnd: unknown key; did you mean "perSecond"?',
    ],
    ["sms: { url: 'http://a.example', secret: eight-or-more, perSecond: 0 }", 'perSecond'],
    [
      "sms: { url: 'http://a.example', secret: eight-or-more, receiptWithin: { 2: soon } }",
      '"soon" is not a duration',
    ],
    [
      `sms: ${one}, phone: { name: sms, url: 'http://a.example', secret: eight-or-more }`,
      'two providers are called "sms"',
    ],
    ['perPerson: { sms: { 1: { max: 3, within: 10m } } }', 'channels.perPerson.sms.1: unknown key'],
    ['push: { web: { contact: me } }', 'channels.push.web.contact: an address as'],
  ])('{ %s } is refused: %s', (content, problem) => {
    expect(problemOf(`channels: { ${content} }`)).toContain(problem);
  });

  test('and the limits of a person say what becomes of what goes beyond', () => {
    expect(limitsOf(withFile('').channels)).toEqual({
      sms: {
        2: { max: 20, withinMs: 600_000, beyond: 'digest' },
        3: { max: 20, withinMs: 600_000, beyond: 'digest' },
      },
    });
    const { channels } = withFile(
      'channels: { perPerson: { push: { 3: { max: 5, within: 1h, beyond: later } } } }',
    );
    expect(limitsOf(channels)).toEqual({
      push: { 3: { max: 5, withinMs: 3_600_000, beyond: 'later' } },
    });
  });
});
