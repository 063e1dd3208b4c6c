// The telephone over SIP as an operator meets it: configuration that is refused, and what doctor says.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { udpNetwork } from '../../alerts/channels/sip/datagrams.ts';
import { VOICES } from '../../alerts/channels/sip/espeak.ts';
import { withReadings } from '../../alerts/channels/sip/readings.ts';
import { openSipPeer, type SipPeer } from '../../alerts/channels/sip/sip-peer.fixture.ts';
import { formatWav } from '../../alerts/channels/sip/wav.ts';
import { UserError } from '../../core/errors.ts';
import { sipTrunkOf } from '../channels-config.ts';
import { loadConfig, type Config } from '../config.ts';
import { phoneChecks } from '../verbs/doctor-phone.ts';
import { titlesOf } from '../verbs/phone-words.ts';
import { phoneWords } from './phone-words.ts';
import { sipOptionsOf } from './sip-phone.ts';

type Given = { file?: object; environment?: NodeJS.ProcessEnv };

const phone = (change: object): object => ({
  channels: { phone: { kind: 'sip', host: 'pbx.city.example', caller: '4000', ...change } },
});

/** JSON is YAML. */
function load({ file = phone({}), environment = {} }: Given): Config {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-phone-'));
  try {
    writeFileSync(join(folder, 'plumbline.yaml'), JSON.stringify(file));
    return loadConfig({ file: join(folder, 'plumbline.yaml') }, environment);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sipOf = (given: Given) => {
  const trunk = sipTrunkOf(load(given).channels);
  if (!trunk) throw new Error('not SIP');
  return trunk;
};

describe('the configuration', () => {
  test('says little when the trunk knows our address', () => {
    expect(sipOptionsOf(sipOf({}))).toMatchObject({
      trunk: { host: 'pbx.city.example', port: 5060 },
      domain: 'pbx.city.example',
      from: '4000',
      credentials: undefined,
      local: { host: '0.0.0.0', port: 0 },
      law: 'a-law',
      language: 'zh',
      ringMs: 45_000,
      callsMax: 4,
    });
  });

  test('may name the trunk by an IPv6 address', () => {
    const { domain, local } = sipOptionsOf(sipOf({ file: phone({ host: 'fd00::5' }) }));
    expect([domain, local.host]).toEqual(['[fd00::5]', '::']);
  });

  test('may still name an HTTP provider, with or without saying so', () => {
    const http = { url: 'http://127.0.0.1:1/v1', secret: 'long enough' };
    for (const one of [http, { kind: 'http', ...http }]) {
      expect(load({ file: { channels: { phone: one } } }).channels.phone?.providers).toMatchObject([
        http,
      ]);
    }
  });

  test('takes the password from a file, or from the environment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-phone-'));
    const passwordFile = join(folder, 'trunk');
    writeFileSync(passwordFile, 'from the file\n');
    const ofFile = sipOf({ file: phone({ user: 'u', passwordFile }) });
    expect(sipOptionsOf(ofFile).credentials).toEqual({ user: 'u', password: 'from the file' });
    rmSync(folder, { recursive: true });
    expect(() => sipOptionsOf(ofFile)).toThrow(`${passwordFile}: ENOENT`);
    const environment = { PLUMBLINE_SIP_PASSWORD: 'from the environment' };
    const ofEnvironment = sipOf({ file: phone({ user: 'u' }), environment });
    expect(sipOptionsOf(ofEnvironment).credentials?.password).toBe('from the environment');
    // It means nothing to a trunk that wants none.
    expect(sipOptionsOf(sipOf({ environment })).credentials).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ host: 'sip:pbx' }, 'channels.phone.host: a host name or an address, without sip: and port'],
    [{ host: '10.0.0.1:5060' }, 'without sip: and port'],
    [{ hots: 'x' }, 'channels.phone.hots: unknown key; did you mean "host"?'],
    [{ caller: 'duty office' }, 'channels.phone.caller: digits'],
    [{ user: 'u' }, 'channels.phone.user: a user needs a password: set passwordFile'],
    [{ password: 'p' }, 'channels.phone.password: a password needs a user'],
    [{ user: 'u', password: 'p', passwordFile: 'f' }, 'there are two passwords'],
    [{ codec: 'opus' }, 'channels.phone.codec: Invalid option'],
    [{ ring: '5m' }, 'channels.phone.ring: a telephone rings between 10s and 2m'],
    [
      { local: { soundPorts: [4000, 4002] } },
      'channels.phone.local.soundPorts: 4 lines need 7 ports',
    ],
    [{ voice: { kind: 'recorded' } }, 'channels.phone.voice.folder'],
    [{ port: 0 }, 'channels.phone.port: Too small'],
    [{ kind: 'h323' }, 'channels.phone.kind'],
  ])('%j is refused: %s', (change, problem) => {
    try {
      load({ file: phone(change) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error.detail).toContain(problem);
      return;
    }
    throw new Error('it was taken');
  });
});

/** What doctor finds, as "name state says todo". */
async function found(change: object): Promise<string[]> {
  const looks = phoneChecks(load({ file: phone({ host: '127.0.0.1', ...change }) }));
  const lines: string[] = [];
  for (const { name, look } of looks) {
    const { state, says, todo = '' } = await look();
    lines.push([name, state, says, todo].join(' | '));
  }
  return lines;
}

async function withPeer(play: (peer: SipPeer) => Promise<void>): Promise<void> {
  const peer = await openSipPeer(udpNetwork);
  await play(peer).finally(peer.close);
}

describe('doctor', () => {
  test('does not look at a telephone that is not ours', () => {
    expect(phoneChecks(load({ file: {} }))).toEqual([]);
  });

  test.each([200, 405, 403])('is content with a trunk that answers %d', (status) =>
    withPeer(async (peer) => {
      peer.optionsStatus = status;
      const [trunk] = await found({ port: peer.endpoint.port, user: 'u', password: 'p' });
      expect(trunk).toMatch(
        new RegExp(
          `^phone trunk \\| ok \\| 127.0.0.1:\\d+ answers OPTIONS with ${status} in \\d+ ms; calls as u`,
        ),
      );
      expect(peer.problems).toEqual([]);
    }),
  );

  test(
    'says what to do about a trunk that is silent, a name nobody knows, a port that is taken',
    () =>
      withPeer(async (peer) => {
        peer.isDown = true;
        const { port } = peer.endpoint;
        const [silent] = await found({ port });
        expect(silent).toContain('bad | 127.0.0.1');
        expect(silent).toContain('does not answer | check channels.phone.host and port');
        const [nowhere] = await found({ host: 'nowhere.invalid' });
        expect(nowhere).toMatch(/cannot be reached \((ENOTFOUND|EAI_AGAIN)\) \| correct channels/);
        const [taken] = await found({ local: { host: '127.0.0.1', port } });
        expect(taken).toContain('cannot be used (EADDRINUSE) | stop what uses the port');
      }),
    15_000,
  );

  test('misses recordings by their words, and none when all are there', () =>
    withPeer(async (peer) => {
      const folder = mkdtempSync(join(tmpdir(), 'plumbline-words-'));
      const { port } = peer.endpoint;
      const change = { port, voice: { kind: 'recorded', folder } };
      const [, empty] = await found(change).catch((error: unknown) => ['', String(error)]);
      expect(empty).toContain(`${folder} has no .wav file`);
      for (const words of phoneWords(titlesOf(load({})), 'zh')) {
        writeFileSync(join(folder, `${words}.wav`), formatWav(new Int16Array(80).fill(1_000)));
      }
      expect((await found(change))[1]).toBe(`phone voice | ok | ${folder} has every word | `);
      rmSync(join(folder, '宣汉县.wav'));
      expect((await found(change))[1]).toContain(`${folder} lacks "宣汉县"; alerts that need them`);
      rmSync(folder, { recursive: true });
    }));
});

const hasEspeak = spawnSync('espeak-ng', ['--version']).status === 0;
if (!hasEspeak) {
  process.stderr.write(
    'skipped: reading every word of a call, because espeak-ng is not installed\n',
  );
}

test.skipIf(!hasEspeak)(
  'every word of a call is read as Chinese, letters of references aside',
  () => {
    const words = phoneWords(titlesOf(load({})), 'zh');
    const { stdout } = spawnSync('espeak-ng', ['-v', VOICES.zh, '-q', '-x', '--stdin'], {
      input: words.map((one) => withReadings(one)).join('。\n'),
      encoding: 'utf8',
    });
    expect(words.length).toBeGreaterThan(70);
    expect(stdout.length).toBeGreaterThan(words.length);
    expect(stdout).not.toContain('(en)');
  },
);
