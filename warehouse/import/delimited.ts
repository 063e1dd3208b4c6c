// Records of a delimited text as people and Excel write it (RFC 4180, and what else is about), with the line
// each one begins on. Read piece by piece: a file is never in memory.

export const DELIMITERS = [',', '\t', ';', '|', '，'] as const;

export type Delimiter = (typeof DELIMITERS)[number];

export type DelimitedRecord = {
  /** Of the file, from 1 on, on which the record begins. */
  readonly line: number;
  readonly cells: readonly string[];
  /** A quote that is never closed; the rest of the line is in the last cell. */
  readonly fault?: 'unclosed-quote';
};

/** A record longer than this has lost a quote. */
const RECORD_CHARS_MAX = 64 * 1024;

export type DelimitedReader = {
  /** The records that are whole with this piece. */
  feed(piece: string): DelimitedRecord[];
  end(): DelimitedRecord[];
};

/** Line breaks are \n, \r\n or \r; empty lines are no records. */
export function createDelimitedReader(delimiter: string): DelimitedReader {
  let buffer = '';
  let line = 1;
  const take = (last: boolean): DelimitedRecord[] => {
    const records: DelimitedRecord[] = [];
    let at = 0;
    while (at < buffer.length) {
      const read = readRecord({ text: buffer, from: at, delimiter, last });
      if (read === 'more') break;
      const { cells, end, breaks, fault } = read;
      if (fault || cells.length > 1 || (cells[0] as string).trim() !== '') {
        records.push({ line, cells, ...(fault && { fault }) });
      }
      line += breaks;
      at = end;
    }
    buffer = buffer.slice(at);
    return records;
  };
  return {
    feed(piece) {
      buffer += piece;
      return take(false);
    },
    end: () => take(true),
  };
}

type ReadRecord = {
  readonly cells: string[];
  /** Where the next record begins. */
  readonly end: number;
  readonly breaks: number;
  readonly fault?: 'unclosed-quote';
};

type Place = {
  readonly text: string;
  readonly from: number;
  readonly delimiter: string;
  /** Nothing follows the text. */
  readonly last: boolean;
};

function readRecord(place: Place): ReadRecord | 'more' {
  const { text, from, delimiter, last } = place;
  const cells: string[] = [];
  let [at, breaks] = [from, 0];
  for (;;) {
    if (text[at] === '"') {
      const quoted = readQuoted(text, at, delimiter);
      if (quoted === undefined) {
        if (last || text.length - from > RECORD_CHARS_MAX) return readUnquoted(place);
        return 'more';
      }
      cells.push(quoted.value);
      breaks += quoted.breaks;
      at = quoted.end;
    } else {
      let end = at;
      for (; end < text.length; end++) {
        const code = text.charCodeAt(end);
        if (code === 10 || code === 13 || text[end] === delimiter) break;
      }
      cells.push(text.slice(at, end));
      at = end;
    }
    if (at >= text.length) return last ? { cells, end: at, breaks } : 'more';
    if (text[at] === delimiter) {
      at++;
      continue;
    }
    const next = afterBreak(text, at, last);
    return next === undefined ? 'more' : { cells, end: next, breaks: breaks + 1 };
  }
}

/** One physical line, its quotes taken as they stand: the file goes on on the next. */
function readUnquoted({ text, from, delimiter, last }: Place): ReadRecord {
  let end = from;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
  const cells = text.slice(from, end).split(delimiter);
  const next = afterBreak(text, end, last) ?? end + 1;
  return { cells, end: Math.min(next, text.length), breaks: 1, fault: 'unclosed-quote' };
}

/** The place after a line break; undefined when more may belong to it. */
function afterBreak(text: string, at: number, last: boolean): number | undefined {
  if (text[at] !== '\r') return at + 1;
  if (at + 1 >= text.length && !last) return undefined;
  return text[at + 1] === '\n' ? at + 2 : at + 1;
}

/**
 * A cell in quotes; doubled quotes are one. What stands between the closing quote and the delimiter is kept,
 * as Excel does. Undefined when the quote does not close in the text there is.
 */
function readQuoted(
  text: string,
  from: number,
  delimiter: string,
): { value: string; end: number; breaks: number } | undefined {
  let value = '';
  let at = from + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close === -1 || close + 1 >= text.length) {
      if (close === -1) return undefined;
      // The last character there is: whether it is doubled is not known yet, or the file ends here.
      value += text.slice(at, close);
      return { value, end: close + 1, breaks: countBreaks(value) };
    }
    value += text.slice(at, close);
    if (text[close + 1] === '"') {
      value += '"';
      at = close + 2;
      continue;
    }
    let end = close + 1;
    while (
      end < text.length &&
      text[end] !== delimiter &&
      text[end] !== '\n' &&
      text[end] !== '\r'
    ) {
      end++;
    }
    const breaks = countBreaks(value);
    return { value: value + text.slice(close + 1, end), end, breaks };
  }
}

const countBreaks = (value: string): number => value.match(/\r\n|\r|\n/g)?.length ?? 0;

/** All records of a text in memory. */
export function readDelimited(text: string, delimiter: string): DelimitedRecord[] {
  const reader = createDelimitedReader(delimiter);
  return [...reader.feed(text), ...reader.end()];
}

/** The delimiter that cuts the head of a file into the most even records. */
export function sniffDelimiter(head: string): Delimiter {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const reader = createDelimitedReader(delimiter);
    const records = reader.feed(head).slice(0, 200);
    const widths = (records.length > 0 ? records : reader.end()).map(({ cells }) => cells.length);
    const usual = usualWidth(widths);
    if (usual < 2) continue;
    const even = widths.filter((width) => width === usual).length / widths.length;
    const score = even * even * Math.min(usual, 8);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** The most frequent number of cells. */
export function usualWidth(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}
