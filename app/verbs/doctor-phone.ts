// What doctor looks at about the telephone: does the trunk answer, is our port free, is there a voice, and can
// it say everything that may have to be said?

import { udpNetwork } from '../../alerts/channels/sip/datagrams.ts';
import type { PhoneSipOptions } from '../../alerts/channels/sip/phone-sip.ts';
import { probeTrunk } from '../../alerts/channels/sip/probe.ts';
import { PHRASES } from '../../alerts/channels/sip/sounds.ts';
import type { Voice } from '../../alerts/channels/sip/speech.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { ioClock } from '../../core/time.ts';
import { sipTrunkOf } from '../channels-config.ts';
import type { Config } from '../config.ts';
import type { SipPhoneConfig } from '../phone/phone-config.ts';
import { phoneWords } from '../phone/phone-words.ts';
import { sipOptionsOf, voiceOf } from '../phone/sip-phone.ts';
import { titlesOf } from './phone-words.ts';
import type { Check, Verdict } from './verdict.ts';

export function phoneChecks(config: Config): Check[] {
  const phone = sipTrunkOf(config.channels);
  if (!phone) return [];
  return [
    { name: 'phone trunk', look: () => checkTrunk(sipOptionsOf(phone)) },
    { name: 'phone voice', look: () => checkVoice(config, phone) },
  ];
}

/** Quicker than a call: somebody waits for the answer. Five seconds in all. */
const PROBE_TIMES = { t1Ms: 80, t2Ms: 1_000 };

async function checkTrunk(options: PhoneSipOptions): Promise<Verdict> {
  const { trunk, credentials, local } = options;
  const deps = { clock: ioClock, ids: secureIds, logger: silentLogger, network: udpNetwork };
  const outcome = await probeTrunk(deps, { ...options, times: PROBE_TIMES });
  const where = `${trunk.host}:${trunk.port}`;
  switch (outcome.kind) {
    case 'answers':
      return {
        state: 'ok',
        says: `${where} answers OPTIONS with ${outcome.status} in ${outcome.tookMs} ms; ${
          credentials ? `calls as ${credentials.user}` : 'calls without a password'
        }`,
      };
    case 'silent':
      return {
        state: 'bad',
        says: `${where} does not answer`,
        todo: 'check channels.phone.host and port, that UDP may pass both ways, and that the trunk knows this address',
      };
    case 'unsent':
      return {
        state: 'bad',
        says: `${where} cannot be reached (${outcome.code})`,
        todo: 'correct channels.phone.host, or the name server and routes of this machine',
      };
    case 'no-socket':
      return {
        state: 'bad',
        says: `${local.host}:${local.port} cannot be used (${outcome.code})`,
        todo: 'stop what uses the port, the product itself perhaps, or change channels.phone.local',
      };
  }
}

async function checkVoice(config: Config, phone: SipPhoneConfig): Promise<Verdict> {
  const { language } = phone;
  const voice = voiceOf(phone);
  if (phone.voice.kind === 'espeak') {
    const said = await voice.say(PHRASES.acknowledged[language], language);
    if (said.kind === 'spoken') return { state: 'ok', says: 'espeak-ng speaks' };
    return {
      state: 'bad',
      says: `no voice (${said.detail}: ${said.code}); calls would carry tones only`,
      todo: 'apt-get install espeak-ng, or record the words: plumbline phone-words',
    };
  }
  const missing = await unsaid(voice, config, language);
  const { folder } = phone.voice;
  if (missing.length === 0) return { state: 'ok', says: `${folder} has every word` };
  const shown = missing.slice(0, MISSING_SHOWN_MAX).map((words) => `"${words}"`);
  const more = missing.length - shown.length;
  return {
    state: 'bad',
    says: `${folder} lacks ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}; alerts that need them would carry tones only`,
    todo: 'record them; plumbline phone-words lists all words, one a line',
  };
}

const MISSING_SHOWN_MAX = 8;

async function unsaid(
  voice: Voice,
  config: Config,
  language: SipPhoneConfig['language'],
): Promise<string[]> {
  const words = phoneWords(titlesOf(config), language);
  const said = await Promise.all(words.map((one) => voice.say(one, language)));
  return words.filter((_, index) => said[index]?.kind === 'mute');
}
