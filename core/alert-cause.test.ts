// One table of causes: the codes of the log, the words of the document.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CAUSE_CODES, CAUSES, CONFIRMING_CAUSES } from './alert-cause.ts';
import { FEEDBACK_RESULTS } from './alert-event.ts';

test('the table has every code, in the order of the codes', () => {
  expect(CAUSE_CODES).toEqual(FEEDBACK_RESULTS);
});

test('the document says of every code what the table says', () => {
  const page = readFileSync(new URL('../docs/after-the-answer.md', import.meta.url), 'utf8');
  for (const code of CAUSE_CODES) {
    const { name, needsNote } = CAUSES[code];
    const words = `${name.zh} ${name.en}${needsNote ? ' (needs words)' : ''}`;
    const judged = CONFIRMING_CAUSES.includes(code) ? 'right' : 'wrong';
    expect(page).toContain(`| \`${code}\` | ${words} | ${judged} |`);
  }
});
