// Bodies that answer: 0x0001 by the terminal and 0x8001 by the platform, the same five bytes.

import { drop, ok, type Outcome } from '../../core/outcome.ts';
import { readWord, writeWord } from './octets.ts';
import type { BodyDefect } from './reasons.ts';

/** What became of a message; 4 confirms that an alarm was handled, and only the platform says it. */
export const RESULT = { ok: 0, failed: 1, wrong: 2, unsupported: 3, alarmHandled: 4 } as const;

export type Answer = {
  /** Serial and id of the message that is answered. */
  readonly toSerial: number;
  readonly toMessageId: number;
  /** One of RESULT, or what a device made up. */
  readonly result: number;
};

export type TerminalAnswer = Answer & { readonly kind: 'terminal-answer' };
export type PlatformAnswer = Answer & { readonly kind: 'platform-answer' };

const ANSWER_BYTES = 5;

export const decodeAnswer =
  <Kind extends 'terminal-answer' | 'platform-answer'>(kind: Kind) =>
  (bytes: Uint8Array): Outcome<Answer & { readonly kind: Kind }, BodyDefect> =>
    bytes.length < ANSWER_BYTES
      ? drop('body-too-short')
      : ok({
          kind,
          toSerial: readWord(bytes, 0),
          toMessageId: readWord(bytes, 2),
          result: bytes[4] as number,
        });

export function encodeAnswer(answer: Answer): Uint8Array {
  const bytes = new Uint8Array(ANSWER_BYTES);
  writeWord(bytes, 0, answer.toSerial);
  writeWord(bytes, 2, answer.toMessageId);
  bytes[4] = answer.result;
  return bytes;
}
