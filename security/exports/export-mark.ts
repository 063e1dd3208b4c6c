// The mark every exported file carries, to be read on it and in its metadata: who took it, when, what for, its
// number in the ledger, and the digest of what was exported.

import { localDateTime } from '../../core/local-time.ts';
import { text, type Text } from '../../core/text.ts';
import type { Hashing } from '../audit/hashing.ts';

export type ExportMark = {
  /** In the ledger. */
  readonly number: string;
  /** How the account is called, and its login. */
  readonly name: Text;
  readonly login: string;
  readonly atMs: number;
  /** In the taker's words. */
  readonly purpose: string;
  readonly hashing: Hashing;
  /** Of the content as it was before the mark, in lower-case hexadecimal. */
  readonly contentDigest: string;
};

export const HASHING_NAMES: Readonly<Record<Hashing, string>> = { sha256: 'SHA-256', sm3: 'SM3' };

/** Who, when, what for, number. */
export function markLine({ number, name, login, atMs, purpose }: ExportMark): Text {
  const at = localDateTime(atMs).slice(0, 16);
  return text(
    `${name.zh}（${login}）  ${at}  用途：${purpose}  编号：${number}`,
    `${name.en} (${login})  ${at}  purpose: ${purpose}  no. ${number}`,
  );
}

/** The digest with the name of its algorithm: `SHA-256 3f2a…`. */
export const digestLine = ({ hashing, contentDigest }: ExportMark): string =>
  `${HASHING_NAMES[hashing]} ${contentDigest}`;

/** Names of the fields in the metadata of files, in every format the same. */
export const FIELDS = {
  number: 'PlumblineNumber',
  by: 'PlumblineExporter',
  at: 'PlumblineTime',
  purpose: 'PlumblinePurpose',
  digest: 'PlumblineDigest',
} as const;

/** The mark as metadata: names and values. */
export function markFields(mark: ExportMark): readonly (readonly [string, string])[] {
  return [
    [FIELDS.number, mark.number],
    [FIELDS.by, `${mark.name.zh} (${mark.login})`],
    [FIELDS.at, localDateTime(mark.atMs)],
    [FIELDS.purpose, mark.purpose],
    [FIELDS.digest, digestLine(mark)],
  ];
}

/** `EX20261127-7K2M9QXD`: the day in China and something nobody can guess. */
export const exportNumber = (atMs: number, id: string): string =>
  `EX${localDateTime(atMs).slice(0, 10).replaceAll('-', '')}-${id.slice(-8).toUpperCase()}`;

/** A number wherever it stands. */
export const NUMBER_PATTERN = /EX\d{8}-[0-9A-Z_]{6,12}/;
