// A site's own list of leaked passwords, as they are published: one SHA-1 in hexadecimal a line, in order, with or
// without a count behind a colon. Tens of gigabytes of it are searched where they lie.

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

const HASH_CHARS = 40;
/** A line is a hash, a colon, a count and its end. */
const LINE_BYTES_MAX = 80;

/** Gives whether a password is in the list. Throws UserError `bad-configuration` for what is no such list. */
export function openLeakedPasswords(path: string): (password: string) => boolean {
  const file = openList(path);
  return (password) => {
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
    return contains(file, hash);
  };
}

type List = { readonly handle: number; readonly bytes: number };

function openList(path: string): List {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    throw noList(path);
  }
  const list = { handle, bytes: fstatSync(handle).size };
  const first = lineFrom(list, 0);
  if (first !== undefined && /^[0-9A-F]{40}(?::\d+)?$/.test(first.line)) return list;
  closeSync(handle);
  throw noList(path);
}

/** Halves the file until a line is left. */
function contains(list: List, hash: string): boolean {
  let low = 0;
  let high = list.bytes;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = lineFrom(list, middle);
    // No line begins behind the middle: what is sought stands before it.
    if (found === undefined || found.at >= high) {
      high = middle;
      continue;
    }
    const here = found.line.slice(0, HASH_CHARS);
    if (here === hash) return true;
    if (here < hash) low = found.next;
    else high = middle;
  }
  return false;
}

/** The first line that begins at or behind a place, in capitals, and where the next one begins. */
function lineFrom(
  { handle, bytes }: List,
  place: number,
): { readonly at: number; readonly line: string; readonly next: number } | undefined {
  // One byte more in front: the place may be the begin of a line.
  const from = Math.max(0, place - 1);
  const piece = Buffer.alloc(2 * LINE_BYTES_MAX + 2);
  const read = piece.subarray(0, readSync(handle, piece, 0, piece.byteLength, from));
  const start = place === 0 ? 0 : read.indexOf(0x0a) + 1;
  if (place > 0 && start === 0) return undefined;
  const end = read.indexOf(0x0a, start);
  const until = end === -1 ? read.byteLength : end;
  if (start >= read.byteLength) return undefined;
  return {
    at: from + start,
    line: read.subarray(start, until).toString('latin1').trim().toUpperCase(),
    next: end === -1 ? bytes : from + end + 1,
  };
}

const noList = (path: string) =>
  new UserError(
    'bad-configuration',
    text(
      '泄露密码清单读不到或格式不对',
      'the list of leaked passwords is missing or of another form',
    ),
    {
      detail: path,
      hint: text(
        '每行一个大写或小写的 SHA-1 值，按值排序，可带“:次数”',
        'One SHA-1 in hexadecimal a line, in order, with or without ":count".',
      ),
    },
  );
