// What is said in a call. Without a voice there are tones and a line in the operators' log; a call that
// rings and asks for a key is still worth more than none.

import type { Logger } from '../../../core/logger.ts';
import { text, type Language, type Text } from '../../../core/text.ts';
import type { OutgoingNotice } from '../channel.ts';
import { attentionTones, confirmationTones, joinSamples, pause, type Voice } from './speech.ts';

const KEYS_SAYS = text('重听请按2。', 'Press 2 to hear it again.');

/** What is said after a key. */
export const PHRASES = {
  acknowledged: text('已确认。', 'Acknowledged.'),
  'passed-on': text('已记录，将转呼下一责任人。', 'Noted. The next person is called.'),
  'not-recorded': text(
    '未能登记，请登录平台确认。',
    'It could not be recorded. Please sign in to the platform.',
  ),
};

/** What is said first: the notice, and what its keys do. */
export const messageOf = (says: Text, language: Language): string =>
  `${says[language]}${language === 'en' ? ' ' : ''}${KEYS_SAYS[language]}`;

export type Sounds = {
  readonly message: Int16Array;
  readonly acknowledged: Int16Array;
  readonly 'passed-on': Int16Array;
  readonly 'not-recorded': Int16Array;
};

const BEFORE_SPEECH_MS = 500;

/** Everything that may be said, before it rings: nobody waits for it with the telephone at the ear. */
export async function soundsFor(
  { logger }: { readonly logger: Logger },
  voice: Voice,
  { notice, language }: { notice: OutgoingNotice; language: Language },
): Promise<Sounds> {
  const [message, acknowledged, passedOn, notRecorded] = await Promise.all([
    voice.say(messageOf(notice.text, language), language),
    voice.say(PHRASES.acknowledged[language], language),
    voice.say(PHRASES['passed-on'][language], language),
    voice.say(PHRASES['not-recorded'][language], language),
  ]);
  if (message.kind === 'mute') {
    const { code } = message;
    logger.error('alerts.phone-without-speech', { noticeId: notice.id, code });
  }
  const spoken = message.kind === 'spoken' ? message.samples : attentionTones();
  return {
    message: joinSamples([pause(BEFORE_SPEECH_MS), spoken]),
    acknowledged:
      acknowledged.kind === 'spoken' ? acknowledged.samples : confirmationTones('acknowledged'),
    'not-recorded':
      notRecorded.kind === 'spoken' ? notRecorded.samples : confirmationTones('not-recorded'),
    'passed-on': passedOn.kind === 'spoken' ? passedOn.samples : confirmationTones('passed-on'),
  };
}
