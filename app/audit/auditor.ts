// What the auditor's page shows, put together from the trail. Names of accounts are looked up when somebody
// reads; the trail itself holds none.

import { text, type Text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { describeFinding } from '../../security/audit/finding-words.ts';
import type { Hashing } from '../../security/audit/hashing.ts';
import { lastVerification, type AuditKeeper } from '../../security/audit/keeper.ts';
import { lastCheckpoint } from '../../security/audit/read-checkpoints.ts';
import { decodeCheckpoint } from '../../security/audit/checkpoint.ts';
import { SEGMENT_SIZE } from '../../security/audit/record-format.ts';
import { readHead } from '../../security/audit/seal.ts';
import {
  countWaiting,
  searchTrail,
  type AuditQuery,
  type FoundRecord,
} from '../../security/audit/search.ts';
import type { Signer } from '../../security/audit/signer.ts';
import type { Finding } from '../../security/audit/verify-chain.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { AuditPage, AuditRecordAnswer, AuditStatus } from '../api/audit.ts';

export type AuditorDeps = {
  readonly db: RecordsDb;
  readonly clock: Clock;
  readonly hashing: Hashing;
  readonly signer: Signer;
  readonly keeper: Pick<AuditKeeper, 'witnesses'>;
  readonly checkpointEveryMs: number;
};

export async function readAuditPage(db: RecordsDb, query: AuditQuery): Promise<AuditPage> {
  const { records, more } = await searchTrail(db, query);
  const names = await namesOf(
    db,
    records.map(({ actor }) => actor),
  );
  return {
    records: records.map((record) => recordAnswer(record, names)),
    next: more ? (records.at(-1)?.position ?? null) : null,
  };
}

export const recordAnswer = (
  record: FoundRecord,
  names: ReadonlyMap<string, Text>,
): AuditRecordAnswer => ({
  position: record.position,
  hash: record.hash,
  atMs: record.atMs,
  sealedAtMs: record.sealedAtMs,
  actor: record.actor,
  actorName: names.get(record.actor) ?? null,
  action: record.action,
  outcome: record.outcome,
  subjects: [...record.subjects],
  purpose: record.purpose,
  reason: record.reason,
  detail: { ...record.detail },
});

export async function readAuditStatus(deps: AuditorDeps): Promise<AuditStatus> {
  const { db, clock, hashing, signer, keeper, checkpointEveryMs } = deps;
  const head = await readHead(db);
  const last = await lastCheckpoint(db);
  const checkpoint = last && decodeCheckpoint(last.body);
  const verified = await lastVerification(db);
  const { archived } = await db
    .selectFrom('auditArchive')
    .select((eb) => eb.fn.max('segment').as('archived'))
    .executeTakeFirstOrThrow();
  const findings = verified ? (JSON.parse(verified.findings) as Finding[]) : [];
  return {
    atMs: clock.now(),
    hashing,
    signing: signer.signing,
    keyId: signer.keyId,
    size: head ? head.position + 1 : 0,
    waiting: await countWaiting(db),
    archived: archived === null ? 0 : (Number(archived) + 1) * SEGMENT_SIZE,
    checkpoint: checkpoint
      ? {
          number: checkpoint.number,
          size: checkpoint.size,
          atMs: checkpoint.atMs,
          root: checkpoint.root,
        }
      : null,
    checkpointEveryMs,
    verified: verified
      ? {
          atMs: verified.atMs,
          size: verified.size,
          findings: findings.map((finding) => ({
            kind: finding.kind,
            from: finding.from,
            until: finding.until,
            says: describeFinding(finding),
          })),
        }
      : null,
    witnesses: await Promise.all(
      keeper.witnesses().map(async ({ name, failingSinceMs }) => {
        const kept = await db
          .selectFrom('auditWitnessed')
          .selectAll()
          .where('witness', '=', name)
          .orderBy('checkpoint', 'desc')
          .limit(1)
          .executeTakeFirst();
        return {
          name,
          checkpoint: kept?.checkpoint ?? null,
          outcome: kept?.outcome ?? null,
          atMs: kept?.atMs ?? null,
          failingSinceMs,
        };
      }),
    ),
    actors: (
      await db
        .selectFrom('account')
        .select(['id', 'displayZh', 'displayEn'])
        .orderBy('login')
        .execute()
    ).map(({ id, displayZh, displayEn }) => ({ id, name: text(displayZh, displayEn) })),
  };
}

export async function namesOf(
  db: RecordsDb,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Text>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .selectFrom('account')
    .select(['id', 'displayZh', 'displayEn'])
    .where('id', 'in', wanted)
    .execute();
  return new Map(rows.map(({ id, displayZh, displayEn }) => [id, text(displayZh, displayEn)]));
}
