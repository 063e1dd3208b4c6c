// The telephone over SIP as the configuration wants it: trunk, password, voice.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createEspeakVoice } from '../../alerts/channels/sip/espeak.ts';
import { udpNetwork } from '../../alerts/channels/sip/datagrams.ts';
import {
  createPhoneSip,
  type PhoneSipOptions,
  type SipChannel,
} from '../../alerts/channels/sip/phone-sip.ts';
import { createRecordedVoice, readRecordings } from '../../alerts/channels/sip/recordings.ts';
import type { Voice } from '../../alerts/channels/sip/speech.ts';
import { TRANSACTION_TIMES } from '../../alerts/channels/sip/transaction.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { ioClock } from '../../core/time.ts';
import type { Foundation } from '../foundation.ts';
import type { SipPhoneConfig } from './phone-config.ts';

/** Longest wait for a free line: with the longest wait for a trunk it stays below a sender's lease. */
const LINE_WAIT_MS = 15_000;

/** Throws UserError `bad-configuration`. Stop it. */
export function createSipPhone(
  { random, ids, logger }: Pick<Foundation, 'random' | 'ids' | 'logger'>,
  config: SipPhoneConfig,
  provider: string,
): SipChannel {
  // Telephones ring in real time, also when the product's clock runs fast.
  const deps = { clock: ioClock, random, ids, logger, network: udpNetwork };
  return createPhoneSip({ ...deps, voice: voiceOf(config) }, { ...sipOptionsOf(config), provider });
}

/** Throws UserError `bad-configuration` when the password cannot be read. */
export function sipOptionsOf(config: SipPhoneConfig): PhoneSipOptions {
  const { host, port, local, user } = config;
  const password = passwordOf(config);
  return {
    provider: 'sip',
    trunk: { host, port },
    domain: config.domain ?? (host.includes(':') ? `[${host}]` : host),
    from: config.caller,
    credentials: user !== undefined && password !== undefined ? { user, password } : undefined,
    local: { host: local.host ?? (host.includes(':') ? '::' : '0.0.0.0'), port: local.port },
    publicHost: local.publicHost,
    soundPorts: local.soundPorts,
    law: config.codec === 'pcma' ? 'a-law' : 'mu-law',
    language: config.language,
    ringMs: config.ring,
    dial: { prefix: config.dial.prefix, isNational: config.dial.national },
    callsMax: config.lines,
    lineWaitMs: LINE_WAIT_MS,
    times: TRANSACTION_TIMES,
  };
}

function passwordOf({ password, passwordFile }: SipPhoneConfig): string | undefined {
  if (passwordFile === undefined) return password;
  const read = readOrRefuse(passwordFile, () => readFileSync(passwordFile, 'utf8').trim());
  if (read !== '') return read;
  throw new UserError('bad-configuration', PASSWORD_SAYS, {
    detail: `${passwordFile} is empty`,
    hint: text(
      '把中继密码写入该文件，一行',
      'Write the password of the trunk into it, on one line.',
    ),
  });
}

const PASSWORD_SAYS = text(
  '读不到电话中继的密码',
  'the password of the telephone trunk cannot be read',
);

/** Throws UserError `bad-configuration` when recordings cannot be read. */
export function voiceOf({ voice }: Pick<SipPhoneConfig, 'voice'>): Voice {
  if (voice.kind === 'espeak') return createEspeakVoice();
  const { folder } = voice;
  const names = readOrRefuse(folder, () =>
    readdirSync(folder).filter((name) => extname(name).toLowerCase() === '.wav'),
  );
  const { parts, problems } = readRecordings(
    Object.fromEntries(names.map((name) => [name.slice(0, -'.wav'.length), join(folder, name)])),
  );
  if (names.length > 0 && problems.length === 0) return createRecordedVoice(parts);
  throw new UserError('bad-configuration', RECORDINGS_SAYS, {
    detail:
      names.length === 0
        ? `${folder} has no .wav file`
        : problems.map(({ file, problem }) => `${file}: ${problem}`).join('; '),
    hint: text(
      '录音须为 16 位 PCM 的 WAV 文件，采样率不低于 8000，文件名即所读文字',
      'A recording is a WAV file of 16-bit PCM at 8,000 a second or more, named by its words.',
    ),
  });
}

const RECORDINGS_SAYS = text('读不到语音录音', 'the recorded voice cannot be read');

function readOrRefuse<Read>(path: string, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const says = path.endsWith('.wav') ? RECORDINGS_SAYS : CANNOT_READ_SAYS;
    throw new UserError('bad-configuration', says, { detail: `${path}: ${code ?? 'unreadable'}` });
  }
}

const CANNOT_READ_SAYS = text(
  '读不到电话配置所指的文件',
  'a file named in the configuration of the telephone cannot be read',
);
