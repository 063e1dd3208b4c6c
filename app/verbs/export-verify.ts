// plumbline export verify: says of a file whether it is one of ours, unaltered, who took it and when.

import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import { isSealGood, sealTexts } from '../../models/export/seal-text.ts';
import { verifiedText } from '../../models/export/verified-text.ts';
import { createSuites } from '../../security/crypto/suites.ts';
import { readTrusted } from '../../security/exports/ask-time-stamp.ts';
import { checkSeal } from '../../security/exports/check-seal.ts';
import { exportKindName } from '../../security/exports/export-kinds.ts';
import { VERIFY_BYTES_MAX, verifyFile } from '../../security/exports/verify-file.ts';
import { loadNames } from '../../alerts/names.ts';
import { openRecords } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { sealKeysOf } from '../exports/sealing.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';

/** Prints what was found; gives true for a file that is unaltered and whose seal, where it has one, is sound. Throws UserError for one that is not there. */
export async function exportVerify(
  config: Config,
  { file, language }: { readonly file: string; readonly language: Language },
  print: Print,
): Promise<boolean> {
  const content = await readExported(file);
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    const found = await verifyFile(records.db, content);
    const say = (words: Text) => print(words[language]);
    const verdict = verifiedText({
      is: found.is,
      isContentSame: 'isContentSame' in found ? (found.isContentSame ?? null) : null,
      isCut: 'isCut' in found && found.isCut,
    });
    const sign = found.is === 'unaltered' ? '✓' : '✗';
    say(text(`${sign} ${verdict.says.zh}`, `${sign} ${verdict.says.en}`));
    say(verdict.hint);
    if ('number' in found) print(found.number);
    if ('entry' in found) {
      const { entry } = found;
      const people = [entry.exporter, ...(entry.approvedBy === null ? [] : [entry.approvedBy])];
      const names = await loadNames(records.db, people);
      const nameOf = (id: string) => names.get(id)?.[language] ?? id;
      print(`${entry.number}  ${exportKindName(entry.kind)[language]}  ${entry.fileName}`);
      print(`${nameOf(entry.exporter)}  ${localDateTime(entry.madeAtMs)}  ${entry.purpose}`);
      if (entry.approvedBy !== null) {
        const by = nameOf(entry.approvedBy);
        say(text(`审批人 ${by}`, `approved by ${by}`));
      }
    }
    if (found.is !== 'unaltered') return false;
    const { timeStamp } = config.exports;
    const checked = await checkSeal(records.db, found.entry, {
      keys: await sealKeysOf(config),
      suites: createSuites(),
      trusted: timeStamp ? readTrusted(timeStamp.certificateFile) : [],
    });
    for (const line of sealTexts(checked)) say(line);
    return isSealGood(checked);
  } finally {
    await records.close();
  }
}

export async function readExported(file: string): Promise<Buffer> {
  const about = await stat(file).catch(() => undefined);
  if (!about?.isFile()) {
    throw new UserError('not-found', text('没有这个文件', 'there is no such file'), {
      detail: file,
    });
  }
  if (about.size > VERIFY_BYTES_MAX) {
    throw new UserError('too-large', text('文件过大', 'the file is too large'), {
      detail: `${about.size} > ${VERIFY_BYTES_MAX}`,
    });
  }
  return readFile(file);
}
