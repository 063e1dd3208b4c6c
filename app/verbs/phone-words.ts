// plumbline phone-words: lists what a person has to record for calls without espeak-ng, or lets espeak-ng of
// this machine speak it into files, to be heard and replaced one by one.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEspeakVoice } from '../../alerts/channels/sip/espeak.ts';
import { formatWav } from '../../alerts/channels/sip/wav.ts';
import { UserError } from '../../core/errors.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import type { Config } from '../config.ts';
import { phoneWords } from '../phone/phone-words.ts';
import type { Print } from '../print.ts';

/** What the rules in the pack are called in a message. */
export const titlesOf = (config: Config): Text[] =>
  loadRulebook(config.rules.pack).rules.map(({ rule }) => rule.title);

/** Prints the words, one a line; with a folder also writes each as a WAV file named by its words. */
export async function listPhoneWords(
  config: Config,
  { language, folder }: { language: Language; folder: string | undefined },
  print: Print,
): Promise<void> {
  const words = phoneWords(titlesOf(config), language);
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const voice = createEspeakVoice();
  for (const one of words) {
    if (folder !== undefined) {
      const said = await voice.say(one, language);
      if (said.kind === 'mute') throw noVoice(`${said.detail}: ${said.code}`);
      writeFileSync(join(folder, `${one}.wav`), formatWav(said.samples));
    }
    print(one);
  }
}

const noVoice = (detail: string): UserError =>
  new UserError('bad-configuration', text('本机不能合成语音', 'this machine cannot speak'), {
    detail,
    hint: text(
      '安装 espeak-ng，或不带 --speak 列出文字后自行录音',
      'Install espeak-ng, or leave out --speak and record the listed words.',
    ),
  });
