// What a file is taken for, in the person's own words: it stands in the mark, and names nobody.

import { UserError } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import { text } from '../../core/text.ts';

const PURPOSE_MIN = 2;
const PURPOSE_MAX = 60;

/** In one line, numbers of persons hidden. Throws UserError when nothing is said, or too much. */
export function readPurpose(given: string): string {
  const purpose = hideNumbers(
    given
      .toWellFormed()
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
  );
  if (purpose.length >= PURPOSE_MIN && purpose.length <= PURPOSE_MAX) return purpose;
  throw new UserError(
    'bad-input',
    text('请写明用途', 'what the file is for is missing, or too long'),
    {
      hint: text(
        `用途印在文件标记上，${PURPOSE_MIN} 至 ${PURPOSE_MAX} 个字，如“局务会”。`,
        `It stands in the mark of the file: ${PURPOSE_MIN} to ${PURPOSE_MAX} characters, such as "weekly meeting".`,
      ),
    },
  );
}
