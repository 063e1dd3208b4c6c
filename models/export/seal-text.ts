// What is said of the seal of a file: the same words on the page and at the command line.

import { localDateTime } from '../../core/local-time.ts';
import { text, type Text } from '../../core/text.ts';

export type SealVerdict = {
  readonly seal: 'sound' | 'none' | 'other-entry' | 'broken';
  readonly stamp: 'none' | 'sound' | 'broken' | 'unchecked';
  readonly stampedAtMs: number | null;
};

const SEALS: Readonly<Record<SealVerdict['seal'], Text>> = {
  sound: text('电子签章有效', 'the seal is sound'),
  none: text('无电子签章', 'there is no seal'),
  'other-entry': text(
    '台账与签章时不一致：台账在签章之后被改动，以签章所载为准',
    'the ledger says something else than was sealed: it was rewritten since; the seal holds',
  ),
  broken: text(
    '电子签章无效：签章被改动，或不是本系统的密钥所签',
    'the seal does not hold: it was altered, or signed by a key that is not ours',
  ),
};

/** False where something does not hold; a seal that is not there is no fault of the file. */
export const isSealGood = ({ seal, stamp }: SealVerdict): boolean =>
  (seal === 'sound' || seal === 'none') && stamp !== 'broken';

/** Of the seal and, where there is one, of its time stamp. */
export function sealTexts({ seal, stamp, stampedAtMs }: SealVerdict): Text[] {
  const stamped = stampText(stamp, stampedAtMs);
  return stamped ? [SEALS[seal], stamped] : [SEALS[seal]];
}

function stampText(stamp: SealVerdict['stamp'], atMs: number | null): Text | undefined {
  switch (stamp) {
    case 'none':
      return undefined;
    case 'sound': {
      const at = localDateTime(atMs ?? 0);
      return text(`可信时间戳 ${at}`, `trusted time stamp ${at}`);
    }
    case 'broken':
      return text(
        '时间戳无效：与签章不符，或不是所信任机构签发',
        'the time stamp does not hold: of another seal, or by an authority that is not trusted',
      );
    case 'unchecked':
      return text(
        '有时间戳，未核验：未提供时间戳机构证书',
        'there is a time stamp, not verified: no certificate of its authority was given',
      );
  }
}
