// Everything a call may have to say, cut into the parts a person records: a voice of recordings is complete
// when it can say each of them.

import { messageOf, PHRASES } from '../../alerts/channels/sip/sounds.ts';
import { readAloud } from '../../alerts/channels/sip/speech.ts';
import { composeNotice, referenceOf } from '../../alerts/texts.ts';
import type { Level } from '../../core/finding.ts';
import { DAZHOU, regionsWithin } from '../../core/region.ts';
import type { Language, Text } from '../../core/text.ts';

const LEVELS = [1, 2, 3] as const satisfies readonly Level[];

/** Characters of a reference, which is taken from an id (core/ids). */
const REFERENCE_CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What stands for every reference here. */
const SOME_ALERT = 'al_zzzzzz';

/** The parts, each once, in the order of the message; `titles` are those of the rules. */
export function phoneWords(titles: readonly Text[], language: Language): string[] {
  const reference = [...referenceOf(SOME_ALERT)].join(language === 'zh' ? '、' : ', ');
  const messages = LEVELS.flatMap((level) =>
    [false, true].flatMap((corrected) =>
      titles.flatMap((title) =>
        regionsWithin(DAZHOU).map(({ code: region }) => {
          const facts = { alertId: SOME_ALERT, level, region, title, late: false, corrected };
          return messageOf(composeNotice('phone', facts), language);
        }),
      ),
    ),
  );
  const spoken = [
    ...messages.map((message) => message.replace(reference, '')),
    ...Object.values(PHRASES).map((phrase) => phrase[language]),
  ];
  // A digit of a reference is read as in a reference.
  const characters = [...REFERENCE_CHARACTERS].map((one) => readAloud(`、${one}、`, language));
  return [
    ...new Set(
      [...spoken.map((one) => readAloud(one, language)), ...characters].flatMap((one) =>
        one
          .split(/[\p{P}]+/u)
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      ),
    ),
  ];
}
