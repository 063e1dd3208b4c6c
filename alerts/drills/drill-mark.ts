// What marks a drill wherever it is read or heard. It stands in the alert's title, which everything that shows
// or words an alert takes from there, and notices say it first.

import { text, type Text } from '../../core/text.ts';

export const DRILL_MARK = text('【演练】', '[DRILL] ');

/** How a voice says the mark: brackets are not read aloud. */
export const SPOKEN_DRILL = {
  before: text('这是演练。这是演练。', 'This is a drill. This is a drill. '),
  after: text('以上为演练内容。', ' This was a drill.'),
};

export const isMarked = (title: Text): boolean => title.zh.startsWith(DRILL_MARK.zh);

export const marked = (title: Text): Text =>
  isMarked(title) ? title : text(`${DRILL_MARK.zh}${title.zh}`, `${DRILL_MARK.en}${title.en}`);

/** The title without the mark. */
export const unmarked = (title: Text): Text =>
  isMarked(title)
    ? text(title.zh.slice(DRILL_MARK.zh.length), title.en.slice(DRILL_MARK.en.length))
    : title;
