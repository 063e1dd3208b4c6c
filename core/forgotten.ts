// A person who is to be forgotten, and what stands in place of the key where it occurs in what belongs to
// somebody else: a text of the same length that means nothing. Of the same length, so that it can be written
// over the key where that lies, and nothing else moves.

import type { ChanceIds } from './ids.ts';
import { isSubjectKey, subjectKey, type SubjectKey } from './subject.ts';

export type Forgotten = {
  readonly subject: SubjectKey;
  readonly placeholder: SubjectKey;
};

/** A key nobody has: `x` and chance. Keys of a few characters leave little room for chance. */
export function placeholderFor(subject: SubjectKey, ids: ChanceIds): SubjectKey {
  for (;;) {
    let chance = ids.next('x').replaceAll('_', '');
    while (chance.length < subject.length) chance += ids.next('x').replaceAll('_', '');
    const key = chance.slice(0, subject.length);
    if (isSubjectKey(key) && key !== subject) return subjectKey(key);
  }
}

/** The JSON text with the key overwritten wherever it is a whole text of its own; the text when it has none. */
export function overwriteKey(json: string, { subject, placeholder }: Forgotten): string {
  return json.replaceAll(JSON.stringify(subject), JSON.stringify(placeholder));
}

/** Whether the key stands in the JSON text as a whole text of its own. */
export const namesKey = (json: string | Buffer, subject: SubjectKey): boolean =>
  json.includes(JSON.stringify(subject));
