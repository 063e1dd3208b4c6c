// plumbline audit: verifies the trail where it lies or in an export, takes an export, prints the public key.

import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../core/errors.ts';
import { secureIds } from '../../core/ids.ts';
import { createLogger } from '../../core/logger.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import { epochMs, systemClock, type Clock, type EpochMs } from '../../core/time.ts';
import type { SignedCheckpoint } from '../../security/audit/checkpoint.ts';
import { countExported, exportLines } from '../../security/audit/export.ts';
import { describeFinding } from '../../security/audit/finding-words.ts';
import { readFolder } from '../../security/audit/folder-witness.ts';
import { publicHalf, readPublicKey } from '../../security/audit/key-file.ts';
import { linesOf } from '../../security/audit/line-bytes.ts';
import { readHashing, sealBatch } from '../../security/audit/seal.ts';
import { keyIdOf, type PublicKey } from '../../security/audit/signer.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import type { Finding } from '../../security/audit/verify-chain.ts';
import { verifyExport } from '../../security/audit/verify-export.ts';
import { verifyStore } from '../../security/audit/verify-store.ts';
import { findAccountByLogin } from '../../warehouse/accounts.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { readCode } from '../audit/mark.ts';
import type { Config } from '../config.ts';
import { exportLimitsOf } from '../export-config.ts';
import { createExportDesk } from '../exports/export-desk.ts';
import { sealerOf } from '../exports/sealing.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';
import { NO_PRINTER } from '../reports/pdf.ts';
import { openAuditSigner } from '../roles/audit.ts';

export type VerifyOptions = {
  /** An export; without one the store of the configuration. */
  readonly file?: string | undefined;
  /** File of the public key; of an export the one inside counts for nothing more than itself. */
  readonly key?: string | undefined;
  /** Folder of a witness. */
  readonly witness?: string | undefined;
  /** What a scanner read off a report. */
  readonly code?: string | undefined;
  readonly language: Language;
};

/** Prints what was found; gives true when everything fits. Throws UserError for files that are not there. */
export async function auditVerify(
  config: Config,
  options: VerifyOptions,
  print: Print,
): Promise<boolean> {
  const { file, language } = options;
  const key = options.key === undefined ? undefined : readPublicKey(options.key);
  const witnessed = [
    ...(options.witness === undefined ? [] : await readFolder(options.witness)),
    ...(options.code === undefined ? [] : [readCode(options.code)]),
  ];
  const say = (words: Text) => print(words[language]);
  return file === undefined
    ? verifyOurs(config, { key, witnessed }, say)
    : verifyFile(file, { key, witnessed }, say);
}

type Trusted = {
  readonly key: PublicKey | undefined;
  readonly witnessed: readonly SignedCheckpoint[];
};

async function verifyOurs(
  config: Config,
  { key, witnessed }: Trusted,
  say: (words: Text) => void,
): Promise<boolean> {
  return withRecords(config, async (records) => {
    const hashing = (await readHashing(records.db)) ?? config.audit.hash;
    const trusted = key ?? openAuditSigner(config);
    const result = await verifyStore({ db: records.db, hashing, key: trusted, witnessed });
    const { size, fromPosition, covered, checkpoints } = result;
    say(
      text(
        `审计记录 ${size} 条（其中已归档 ${fromPosition} 条），检查点 ${checkpoints} 个，覆盖 ${covered} 条`,
        `${size} records (${fromPosition} of them archived), ${checkpoints} checkpoints over ${covered}`,
      ),
    );
    return conclude(result.findings, trusted, say);
  });
}

async function verifyFile(
  file: string,
  { key, witnessed }: Trusted,
  say: (words: Text) => void,
): Promise<boolean> {
  if (!existsSync(file)) {
    throw new UserError('not-found', text('没有这个文件', 'there is no such file'), {
      detail: file,
    });
  }
  const open = () => linesOf(createReadStream(file) as AsyncIterable<Uint8Array>);
  const result = await verifyExport(open, key ? { key, witnessed } : { witnessed });
  const { records, fromPosition, size, covered, keyId } = result;
  say(
    text(
      `导出文件 ${records} 条（第 ${fromPosition} 至 ${Math.max(fromPosition, size - 1)} 条），检查点覆盖至第 ${covered} 条`,
      `${records} records (${fromPosition} to ${Math.max(fromPosition, size - 1)}), covered by checkpoints up to ${covered}`,
    ),
  );
  if (!key) {
    say(
      text(
        `未提供公钥：只能证明文件自身一致。文件所用密钥 ${keyId ?? '无'}，请与另存的公钥核对（--key）`,
        `No public key was given: this only shows that the file agrees with itself. Its key is ${keyId ?? 'none'}; compare it with the one kept elsewhere (--key)`,
      ),
    );
  }
  return conclude(result.findings, key, say);
}

function conclude(
  findings: readonly Finding[],
  key: PublicKey | undefined,
  say: (words: Text) => void,
): boolean {
  for (const finding of findings) {
    const words = describeFinding(finding);
    say(text(`✗ ${words.zh}`, `✗ ${words.en}`));
  }
  if (findings.length > 0) {
    say(text(`发现 ${findings.length} 处不符`, `${findings.length} things do not fit`));
    return false;
  }
  const by = key ? text(`，密钥 ${keyIdOf(key)}`, `, key ${keyIdOf(key)}`) : text('。', '.');
  say(text(`✓ 未发现改动${key ? by.zh : ''}`, `✓ nothing was changed${key ? by.en : ''}`));
  return true;
}

export type ExportOptions = {
  /** Local dates and times; everything when left out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly out: string;
  /** Login of whoever takes it, and what for: told in the trail first. */
  readonly by: string;
  readonly purpose: string;
};

/** Writes an export. Throws UserError. */
export async function auditExport(
  config: Config,
  { from, to, out, by, purpose }: ExportOptions,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  const nowMs = clock.now();
  const fromMs = from === undefined ? epochMs(0) : instantOf(from);
  const untilMs = to === undefined ? epochMs(nowMs + 1) : instantOf(to);
  const signer = openAuditSigner(config);
  await withRecords(config, async (records) => {
    const account = await findAccountByLogin(records.db, by);
    if (!account) {
      throw new UserError('not-found', text('没有这个账号', 'there is no such account'), {
        detail: `"${by}"`,
      });
    }
    await createAuditTrail({ records }).note({
      atMs: nowMs,
      actor: account.id,
      action: 'audit.export',
      outcome: 'done',
      subjects: [],
      purpose: 'audit',
      reason: purpose,
      detail: { from: fromMs, until: untilMs },
    });
    const hashing = (await readHashing(records.db)) ?? config.audit.hash;
    const sealing = { records, engine: config.records.kind, clock, hashing };
    while ((await sealBatch(sealing)).count > 0);
    const span = { fromMs, untilMs, nowMs };
    const file = await createExportDesk({
      records,
      clock,
      ids: secureIds,
      logger: createLogger(config.logLevel),
      pdf: NO_PRINTER,
      hashing: config.exports.hash,
      limits: exportLimitsOf(config.exports),
      seal: sealerOf(config),
    }).exportFile({
      who: account,
      fn: 'audit.export',
      purposeCode: 'audit-review',
      kind: 'audit-trail',
      title: text('审计日志', 'Audit trail'),
      purpose,
      region: account.region,
      about: { from: fromMs, until: untilMs, via: 'command' },
      format: 'ndjson',
      language: 'zh',
      content: { kind: 'bytes', bytes: exportLines({ db: records.db, hashing, signer }, span) },
      rows: await countExported(records.db, span),
      subjects: [],
    });
    await pipeline(file.stream(), createWriteStream(out));
    print(`✓ ${out}  ${file.number}`);
    await writeFile(`${out}.seal`, file.seal);
    await writeFile(`${out}.key.json`, `${JSON.stringify(publicHalf(signer))}\n`);
    print(`  公钥 public key ${signer.keyId}: ${out}.key.json`);
  });
}

/** Prints the public key, to be kept elsewhere. */
export function auditKey(config: Config, print: Print): void {
  print(JSON.stringify(publicHalf(openAuditSigner(config))));
}

function instantOf(words: string): EpochMs {
  const atMs = parseInstant(words);
  if (atMs !== undefined) return atMs;
  throw new UserError('bad-input', text('时间格式不对', 'this is no date and time'), {
    detail: `"${words}"`,
    hint: text(
      `如“${localDateTime(0).slice(0, 16)}”`,
      `Such as "${localDateTime(0).slice(0, 16)}".`,
    ),
  });
}

async function withRecords<Result>(
  config: Config,
  run: (records: Records) => Promise<Result>,
): Promise<Result> {
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    return await run(records);
  } finally {
    await records.close();
  }
}
