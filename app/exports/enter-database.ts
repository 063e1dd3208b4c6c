// An analyst's database in the ledger: the command writes it with a watermark of its own; here it is entered, file
// by file, in one transaction with the trail, before it gets its name. A large one waits for a second person.

import { UserError } from '../../core/errors.ts';
import type { ChanceIds } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { EpochMs } from '../../core/time.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { exportNumber, markLine } from '../../security/exports/export-mark.ts';
import {
  aboutColumn,
  askForExport,
  isLarge,
  questionHash,
  useApproved,
} from '../../security/exports/export-requests.ts';
import type { SealExport } from '../../security/exports/export-seal.ts';
import { enterFile } from '../../security/exports/ledger.ts';
import { readPurpose } from '../../security/exports/read-purpose.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import { exportLimitsOf, type ExportConfig } from '../export-config.ts';

type Deps = {
  readonly records: Records;
  readonly ids: ChanceIds;
  readonly config: ExportConfig;
  readonly seal: SealExport;
};

export type TakenDatabase = {
  readonly database: {
    readonly digest: string;
    readonly rows: number;
    /** SHA-256 of each file by name. */
    readonly files: Readonly<Record<string, string>>;
  };
  /** Whose rights it has. */
  readonly account: Account;
  readonly form: 'duckdb' | 'parquet';
  readonly scope: string;
  readonly purpose: string;
  readonly atMs: EpochMs;
};

const KIND = 'analyst-database';
const TITLE = text('分析数据库', 'Database of an analyst');

/** Throws UserError `approval-needed` for a large one; it was asked for then. */
export async function enterDatabase(deps: Deps, taken: TakenDatabase): Promise<void> {
  const { records, ids, config } = deps;
  const { database, account, form, scope, atMs } = taken;
  const limits = exportLimitsOf(config);
  const purpose = readPurpose(taken.purpose);
  const about = { form, scope };
  const question = { kind: KIND, fn: 'sql.export', region: account.region, format: form, about };
  const sized = { rows: database.rows, persons: 0 };
  const asked = { by: account.id, atMs, questionHash: questionHash(question), ...sized };
  const trail = createAuditTrail({ records });
  const tell = {
    atMs,
    actor: 'system',
    subjects: [],
    purpose: 'analysis',
    reason: purpose,
    detail: { for: account.id, form, scope, digest: database.digest, rows: database.rows },
  };
  const common = {
    kind: KIND,
    grantedBy: 'sql.export',
    region: account.region,
    about: aboutColumn.encode(about),
    titleZh: TITLE.zh,
    titleEn: TITLE.en,
    purpose,
    format: form,
    rowCount: database.rows,
    personCount: 0,
  };
  const entries = await Promise.all(
    Object.entries(database.files).map(async ([fileName, fileDigest]) => {
      const mark = {
        number: exportNumber(atMs, ids.next('ex')),
        name: text(account.displayZh, account.displayEn),
        login: account.login,
        atMs,
        purpose,
        hashing: 'sha256' as const,
        contentDigest: database.digest,
      };
      const row = {
        ...common,
        number: mark.number,
        exporter: account.id,
        purposeCode: null,
        hashing: mark.hashing,
        contentDigest: mark.contentDigest,
        fileDigest,
        mark: markLine(mark).zh,
        fileName,
        byteCount: 0,
        madeAtMs: atMs,
        state: 'taken' as const,
        takenAtMs: atMs,
      };
      return { row, seal: await deps.seal(row) };
    }),
  );
  const waits = await records.transaction(async (trx) => {
    const used = await usedFor(trx);
    if (used instanceof UserError) return used;
    for (const { row, seal } of entries) {
      const { id: requestId = null, approvedBy = null } = used ?? {};
      await enterFile(trx, { ...row, requestId, approvedBy }, seal);
    }
    await trail.record(trx, { ...tell, action: 'sql.export', outcome: 'done' });
    return undefined;
  });
  if (!waits) return;
  const { id } = await records.transaction(async (trx) => {
    const request = await askForExport({ ids, limits }, trx, {
      ...common,
      requestedBy: account.id,
      questionHash: asked.questionHash,
      reason: purpose,
      requestedAtMs: atMs,
    });
    await trail.record(trx, { ...tell, action: 'sql.export', outcome: 'refused' });
    return request;
  });
  throw new UserError('approval-needed', waits.says, {
    detail: id,
    hint: text(
      '申请已提交，批准后再次执行本命令',
      'It was asked for; run this again once it is approved.',
    ),
  });

  /** The request that was approved for it; nothing for a small one; the error where nobody approved it. */
  async function usedFor(trx: Parameters<Parameters<Records['transaction']>[0]>[0]) {
    if (!isLarge(limits, { kind: KIND, ...sized })) return undefined;
    try {
      return await useApproved(limits, trx, asked);
    } catch (error) {
      if (error instanceof UserError && error.code === 'approval-needed') return error;
      throw error;
    }
  }
}
