// Certificates of accounts: bound by fingerprint by an administrator, and the account behind a proof.

import { UserError } from '../../core/errors.ts';
import type { ChanceIds } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import { findAccount, type Account } from '../../warehouse/accounts.ts';
import { isUniqueViolation, type Records, type RecordsDb } from '../../warehouse/records.ts';
import type { Audit } from '../audit/audit-entry.ts';
import { isSm2PublicKey, normalFingerprint, signedChallenge } from './certificate.ts';

export type CertificateDeps = {
  readonly db: RecordsDb;
  readonly records: Pick<Records, 'transaction'>;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly audit: Audit;
};

const CHALLENGE_MS = 120_000;

export type BoundCertificate = {
  readonly fingerprint: string;
  readonly kind: 'x509' | 'sm2';
  readonly boundAtMs: number;
  readonly endedAtMs: number | null;
};

const LISTED_MAX = 50;

export type CertificateDesk = {
  bind(
    accountId: string,
    certificate: { kind: 'x509' | 'sm2'; fingerprint: string; publicKey: string },
    by: string,
  ): Promise<void>;
  unbind(fingerprint: string, by: string): Promise<void>;
  /** What is and was bound to an account, the newest first. */
  list(accountId: string): Promise<readonly BoundCertificate[]>;
  /** A challenge for whatever fingerprint is named: which are bound is not told. */
  challenge(fingerprint: string): Promise<{ id: string; challenge: string }>;
  /** The account whose SM2 key signed the challenge, which is spent by it. */
  answer(given: { id: string; signature: string }): Promise<Account | undefined>;
  /** The active account an X.509 certificate is bound to. */
  find(fingerprint: string): Promise<Account | undefined>;
};

export function createCertificateDesk(deps: CertificateDeps): CertificateDesk {
  const { db, records, clock, ids, audit } = deps;
  const entry = (actor: string, action: string, detail: Record<string, string>) => ({
    atMs: clock.now(),
    actor,
    action,
    outcome: 'done' as const,
    subjects: [],
    purpose: null,
    reason: null,
    detail,
  });
  const bound = (fingerprint: string) =>
    db
      .selectFrom('accountCertificate')
      .selectAll()
      .where('fingerprint', '=', normalFingerprint(fingerprint))
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
  const active = async (accountId: string) => {
    const account = await findAccount(db, accountId);
    return account?.active === 1 ? account : undefined;
  };
  return {
    async bind(accountId, { kind, fingerprint: given, publicKey }, by) {
      if (kind === 'sm2' && !isSm2PublicKey(publicKey)) throw noKey();
      const fingerprint = normalFingerprint(given);
      try {
        await records.transaction(async (trx) => {
          if (!(await findAccount(trx, accountId))) throw noAccount();
          await trx
            .insertInto('accountCertificate')
            .values({
              fingerprint,
              accountId,
              kind,
              publicKey: kind === 'sm2' ? publicKey.toLowerCase() : '',
              boundBy: by,
              boundAtMs: clock.now(),
              endedAtMs: null,
            })
            .execute();
          const detail = { account: accountId, kind, fingerprint };
          await audit.record(trx, entry(by, 'certificate.bind', detail));
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw isBound();
        throw error;
      }
    },
    async unbind(fingerprint, by) {
      await records.transaction(async (trx) => {
        await trx
          .updateTable('accountCertificate')
          .set({ endedAtMs: clock.now() })
          .where('fingerprint', '=', normalFingerprint(fingerprint))
          .where('endedAtMs', 'is', null)
          .execute();
        await audit.record(trx, entry(by, 'certificate.unbind', { fingerprint }));
      });
    },
    list: (accountId) =>
      db
        .selectFrom('accountCertificate')
        .select(['fingerprint', 'kind', 'boundAtMs', 'endedAtMs'])
        .where('accountId', '=', accountId)
        .orderBy('boundAtMs', 'desc')
        .orderBy('fingerprint')
        .limit(LISTED_MAX)
        .execute(),
    async challenge(fingerprint) {
      const [id, challenge] = [ids.next('challenge'), ids.next('sign-in')];
      const nowAtMs = clock.now();
      await records.transaction(async (trx) => {
        await trx.deleteFrom('certificateChallenge').where('untilMs', '<=', nowAtMs).execute();
        await trx
          .insertInto('certificateChallenge')
          .values({
            id,
            fingerprint: normalFingerprint(fingerprint),
            challenge,
            untilMs: epochMs(nowAtMs + CHALLENGE_MS),
          })
          .execute();
      });
      return { id, challenge };
    },
    async answer({ id, signature }) {
      // Taken out before it is looked at: one answer for one challenge, right or wrong.
      const asked = await records.transaction((trx) =>
        trx
          .deleteFrom('certificateChallenge')
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst(),
      );
      if (!asked || asked.untilMs <= clock.now()) return undefined;
      const certificate = await bound(asked.fingerprint);
      if (certificate?.kind !== 'sm2') return undefined;
      const { publicKey, accountId } = certificate;
      if (!signedChallenge(asked.challenge, { signature, publicKey })) return undefined;
      return active(accountId);
    },
    async find(fingerprint) {
      const certificate = await bound(fingerprint);
      return certificate?.kind === 'x509' ? active(certificate.accountId) : undefined;
    },
  };
}

const noKey = () =>
  new UserError('bad-input', text('不是 SM2 公钥', 'this is no SM2 public key'), {
    hint: text('应为 04 开头的 130 位十六进制', '130 hexadecimal digits that begin with 04.'),
  });

const noAccount = () =>
  new UserError('not-found', text('没有这个账号', 'there is no such account'));

const isBound = () =>
  new UserError('conflict', text('该证书已绑定过账户', 'the certificate was bound already'), {
    hint: text('请使用新证书', 'Use a new certificate.'),
  });
