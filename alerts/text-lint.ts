// What may be wrong with the text of a notice. Every template is held against it with the longest names
// there are; a rule whose title does not fit is found here and not on an officer's phone.

import type { Language } from '../core/text.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import { SMS_CHARS_MAX } from './texts.ts';

export type TextProblem =
  | { readonly kind: 'too-long'; readonly chars: number; readonly charsMax: number }
  /** The title was cut to fit. */
  | { readonly kind: 'cut' }
  /** Characters an English SMS cannot carry without becoming a message of 70. */
  | { readonly kind: 'not-gsm-7'; readonly characters: string }
  /** A voice cannot read these. */
  | { readonly kind: 'not-readable-aloud'; readonly characters: string }
  /** A voice reads these as one number, or as a word that is none. */
  | { readonly kind: 'digits-run'; readonly digits: string }
  | { readonly kind: 'latin-run'; readonly letters: string }
  /** 一级 is read as meant, 1级 is not always. */
  | { readonly kind: 'level-in-digits'; readonly written: string }
  /** Digits that look like a telephone or identity number. */
  | { readonly kind: 'number'; readonly digits: string };

/** Longest push that a lock screen shows whole. */
const PUSH_CHARS_MAX = { zh: 64, en: 140 } as const;
/** About a minute of speech. */
const PHONE_CHARS_MAX = { zh: 160, en: 480 } as const;
const CHARS_MAX = { phone: PHONE_CHARS_MAX, sms: SMS_CHARS_MAX, push: PUSH_CHARS_MAX } as const;

/**
 * Lengths are UTF-16 units, which is what an SMS in UCS-2 counts: a rare character may take two of its 70.
 * Gives everything that is wrong with `content` as a notice on `channel`; empty when it is fine.
 */
export function lintNotice(
  channel: ChannelKind,
  language: Language,
  content: string,
): readonly TextProblem[] {
  const problems: TextProblem[] = [];
  const charsMax = CHARS_MAX[channel][language];
  if (content.length > charsMax) {
    problems.push({ kind: 'too-long', chars: content.length, charsMax });
  }
  if (content.includes('…')) problems.push({ kind: 'cut' });
  const [digits] = /\d{7,}/.exec(content) ?? [];
  if (digits) problems.push({ kind: 'number', digits });
  if (channel === 'sms' && language === 'en') {
    const characters = content.replaceAll(GSM_7, '');
    if (characters) problems.push({ kind: 'not-gsm-7', characters });
  }
  if (channel === 'phone') problems.push(...lintSpoken(language, content));
  return problems;
}

function lintSpoken(language: Language, content: string): readonly TextProblem[] {
  const problems: TextProblem[] = [];
  const characters = content.replaceAll(/[\p{Script=Han}A-Za-z0-9，。、：；“” ,.'’-]/gu, '');
  if (characters) problems.push({ kind: 'not-readable-aloud', characters });
  const [digits] = /\d{2,}/.exec(content) ?? [];
  if (digits) problems.push({ kind: 'digits-run', digits });
  const [letters] = /[A-Za-z]{2,}/.exec(content) ?? [];
  if (letters && language === 'zh') problems.push({ kind: 'latin-run', letters });
  const [written] = /\d\s*级/.exec(content) ?? [];
  if (written) problems.push({ kind: 'level-in-digits', written });
  return problems;
}

/** The basic character set of 3GPP TS 23.038, without those that need an escape. */
const GSM_7 = /[A-Za-z0-9 @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà\n\r]/g;
