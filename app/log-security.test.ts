import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configSchema } from './config.ts';
import { logSecuritySchema, readLogSecurity } from './log-security.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) process.stdout.write('files of the log skipped: no openssl for certificates\n');

describe.skipIf(!hasOpenssl)('files for an encrypted log', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-log-'));
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'].concat([
        '-days',
        '2',
        '-subj',
        '/CN=kafka',
        '-keyout',
        at('ca.key'),
        '-out',
        at('ca.pem'),
      ]),
      { stdio: 'ignore' },
    );
    writeFileSync(at('password'), 'plumb\n');
    writeFileSync(at('empty'), '\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (config: object) => readLogSecurity(logSecuritySchema.parse(config));

  test('become what the client is given', () => {
    const sasl = { mechanism: 'SCRAM-SHA-512', username: 'plumbline' };
    expect(
      read({ tls: { caFile: at('ca.pem') }, sasl: { ...sasl, passwordFile: at('password') } }),
    ).toEqual({
      tls: { minVersion: 'TLSv1.2', ca: readFileSync(at('ca.pem'), 'utf8') },
      sasl: { ...sasl, password: 'plumb' },
    });
    expect(read({})).toEqual({});
  });

  test.each([
    [{ tls: { caFile: 'ca.key' } }, '文件不是 PEM 格式的证书'],
    [{ tls: { caFile: 'nowhere.pem' } }, '日志连接所需的文件读不到'],
    [{ tls: { certFile: 'password', keyFile: 'ca.key' } }, '文件不是 PEM 格式的证书'],
  ])('that cannot be used are named: %j', (config, zh) => {
    const named = Object.fromEntries(
      Object.entries(config.tls).map(([name, file]) => [name, at(file)]),
    );
    let thrown: unknown;
    try {
      read({ tls: named });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'bad-configuration', says: { zh } });
    expect(Object.values(named)).toContain((thrown as { detail: string }).detail);
  });

  test('an empty password is no password', () => {
    const sasl = { mechanism: 'PLAIN', username: 'plumbline', passwordFile: at('empty') };
    expect(() => read({ sasl })).toThrow(/the file is empty/);
  });

  test('a certificate without its key is refused where it stands', () => {
    const log = {
      kind: 'kafka',
      brokers: ['kafka:9093'],
      security: { tls: { certFile: 'a.pem' } },
    };
    const { error } = configSchema.safeParse({ log });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['log.security.tls.keyFile']);
  });
});
