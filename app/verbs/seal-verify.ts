// plumbline export verify --seal: a file by its seal alone. Needs neither the ledger nor an installation, only the
// public key, so that whoever was given a file can verify it where they are.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { localDateTime } from '../../core/local-time.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import { isSealGood, sealTexts } from '../../models/export/seal-text.ts';
import { createSuites } from '../../security/crypto/suites.ts';
import { readTrusted } from '../../security/exports/ask-time-stamp.ts';
import { stampOf } from '../../security/exports/check-seal.ts';
import {
  exportSealKeySchema,
  isSealOfFile,
  readExportSeal,
  type ExportSealKey,
  type SealOutcome,
} from '../../security/exports/export-seal.ts';
import { digestsOf } from '../../security/exports/verify-file.ts';
import type { Print } from '../print.ts';
import { readExported } from './export-verify.ts';

export type SealVerifyOptions = {
  readonly file: string;
  readonly seal: string;
  readonly key: string | undefined;
  readonly tsa: string | undefined;
  readonly language: Language;
};

/** Prints what was found; true when the file is the one that was sealed. Throws UserError. */
export async function sealVerify(given: SealVerifyOptions, print: Print): Promise<boolean> {
  const { file, seal, key, tsa, language } = given;
  const say = (sign: string, words: Text) => print(`${sign} ${words[language]}`);
  const read = readExportSeal(await readText(seal), {
    keys: await readKeys(key),
    suites: createSuites(),
  });
  if (read.is !== 'sound') {
    say('✗', FAULTS[read.is]);
    return false;
  }
  const { statement, stamped, token } = read;
  const isSame = isSealOfFile(statement, digestsOf(await readExported(file)));
  say(isSame ? '✓' : '✗', isSame ? SAME : OTHER);
  const trusted = tsa === undefined ? [] : readTrusted(tsa);
  const checked = { seal: 'sound' as const, ...stampOf(token, { content: stamped, trusted }) };
  for (const words of sealTexts(checked)) print(words[language]);
  print(`${statement.number}  ${statement.title}  ${statement.file}`);
  print(statement.mark);
  const at = localDateTime(statement.madeAtMs);
  print(text(`签章单位 ${statement.site}  ${at}`, `sealed by ${statement.site}  ${at}`)[language]);
  return isSame && isSealGood(checked);
}

const SAME = text('文件与签章一致，未改动', 'it is the file that was sealed, unaltered');
const OTHER = text(
  '文件与签章不符：已改动，或是另一个文件',
  'not what was sealed: altered, or another file',
);

const FAULTS: Readonly<Record<Exclude<SealOutcome['is'], 'sound'>, Text>> = {
  'no-seal': text('签章文件不完整，或不是签章', 'it is no seal, or half of one'),
  'other-key': text(
    '签章不是由所给公钥对应的密钥所签',
    'it was signed by another key than those given',
  ),
  'wrong-signature': text(
    '签章被改动，签名不符',
    'the seal was altered: its signature does not fit',
  ),
};

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UserError('not-found', text('文件无法读取', 'the file cannot be read'), {
      detail: path,
    });
  }
}

async function readKeys(path: string | undefined): Promise<ExportSealKey[]> {
  const hint = text(
    '公钥由出具文件的单位另行提供：plumbline export key > keys.json',
    'Whoever gives files away hands out the keys apart from them: plumbline export key > keys.json',
  );
  if (path === undefined) {
    const says = text('没有公钥，无法核验签章', 'a seal is verified with a public key');
    throw new UserError('bad-input', says, { detail: '--key', hint });
  }
  let content: unknown;
  try {
    content = JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
  }
  const keys = z.array(exportSealKeySchema).min(1).safeParse(content);
  if (keys.success) return keys.data;
  const says = text('不是签章公钥文件', 'the file holds no keys of seals');
  throw new UserError('bad-input', says, { detail: path, hint });
}
