import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
  expect(http.channels.sms).toMatchObject({ url: 'http://a' });
  expect(withFile(`channels: { sms: ${SMPP} }`).channels.sms).toMatchObject({
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
