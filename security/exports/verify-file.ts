// Says of a file whether it is one of ours, unaltered, and which entry of the ledger it belongs to. The digest of
// every byte decides; where it does not fit, the mark in the file says which file it was.

import { createHash } from 'node:crypto';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { ExportFileTable } from '../../warehouse/records-exports.ts';
import { HASHINGS } from '../audit/hashing.ts';
import { BOM } from './csv-text.ts';
import { NUMBER_PATTERN } from './export-mark.ts';
import { findByDigest, findByNumber } from './ledger.ts';
import { readOffice } from './office-mark.ts';
import { isWholePdf, numberInPdf } from './pdf-mark.ts';
import { PNG_SIGNATURE, readPng } from './png-mark.ts';

export type Verified =
  /** Every byte is as it was handed over. */
  | { readonly is: 'unaltered'; readonly entry: ExportFileTable }
  /** Its mark names an entry; the bytes are others. `isContentSame` where the data can be checked without the mark. */
  | { readonly is: 'altered'; readonly entry: ExportFileTable; readonly isContentSame?: boolean }
  /** The same, and its end is missing. */
  | { readonly is: 'truncated'; readonly entry: ExportFileTable }
  /** It carries a mark no entry has: forged, or of another installation. */
  | { readonly is: 'not-in-ledger'; readonly number: string }
  /** No mark in it, and no entry has its digest. `isCut` where its end is missing. */
  | { readonly is: 'unknown'; readonly isCut: boolean };

/** Files are read whole for their mark up to this; larger ones by their begin and end. */
export const VERIFY_BYTES_MAX = 256 * 1024 * 1024;

export type FileDigests = { readonly sha256: string; readonly sm3: string };

export function digestsOf(file: Buffer): FileDigests {
  const [sha256 = '', sm3 = ''] = HASHINGS.map((name) =>
    createHash(name).update(file).digest('hex'),
  );
  return { sha256, sm3 };
}

export async function verifyFile(db: RecordsDb, file: Buffer): Promise<Verified> {
  const { sha256, sm3 } = digestsOf(file);
  const same = await findByDigest(db, [sha256, sm3]);
  if (same) return { is: 'unaltered', entry: same };
  const { number, isWhole, content } = readMark(file);
  if (number === undefined) return { is: 'unknown', isCut: !isWhole };
  const entry = await findByNumber(db, number);
  if (!entry) return { is: 'not-in-ledger', number };
  if (!isWhole) return { is: 'truncated', entry };
  if (content === undefined) return { is: 'altered', entry };
  const digest = createHash(entry.hashing).update(content).digest('hex');
  return { is: 'altered', entry, isContentSame: digest === entry.contentDigest };
}

type ReadMark = {
  readonly number: string | undefined;
  readonly isWhole: boolean;
  /** What was exported, without the mark, where it can be told apart. */
  readonly content?: string;
};

function readMark(file: Buffer): ReadMark {
  const clean = ({ number, ...rest }: ReadMark): ReadMark => ({
    ...rest,
    number: number === undefined ? undefined : NUMBER_PATTERN.exec(number)?.[0],
  });
  if (file.subarray(0, 8).equals(PNG_SIGNATURE)) return clean(readPng(file));
  if (file.subarray(0, 5).toString('latin1') === '%PDF-') {
    return clean({ number: numberInPdf(file), isWhole: isWholePdf(file) });
  }
  if (file.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) return clean(readOffice(file));
  return readText(file);
}

const TEXT_BYTES_MAX = 64 * 1024 * 1024;

/** CSV, and whatever it was saved as: the lines of the mark begin with "#". */
function readText(file: Buffer): ReadMark {
  const head = file.subarray(0, 4_096).toString().replace(BOM, '');
  const number = NUMBER_PATTERN.exec(head.split('\n')[0] ?? '')?.[0];
  if (number === undefined || !/^["']?#/.test(head)) return { number: undefined, isWhole: true };
  const tail = file.subarray(-4_096).toString().trimEnd();
  const last = tail.slice(tail.lastIndexOf('\n') + 1);
  const isWhole = /^["']?# 完 end \S+ \d+ #/.test(last);
  if (!isWhole || file.length > TEXT_BYTES_MAX) return { number, isWhole };
  const content = file
    .toString()
    .replace(BOM, '')
    .replace(/^(?:#[^\n]*\n)+/, '')
    .replace(/# 完 end [^\n]*\n?$/, '');
  return { number, isWhole, content };
}
