// What is to be said of the seal of an entry of the ledger, and of its time stamp.

import type { RecordsDb } from '../../warehouse/records.ts';
import type { ExportFileTable } from '../../warehouse/records-exports.ts';
import type { Suites } from '../crypto/suites.ts';
import { isSealOfEntry, readExportSeal, type ExportSealKey } from './export-seal.ts';
import { findSeal } from './ledger.ts';
import { verifyTimeStamp, type TrustedCertificates } from './time-stamp.ts';

export type SealState =
  /** It says what the ledger says, and is signed by a key of ours. */
  | 'sound'
  /** An entry of an older version. */
  | 'none'
  /** The ledger was rewritten since it was sealed. */
  | 'other-entry'
  /** The seal itself was altered, or is another installation's. */
  | 'broken';

/** `unchecked` where no certificate says whom to trust. */
export type StampState = 'none' | 'sound' | 'broken' | 'unchecked';

export type CheckedSeal = {
  readonly seal: SealState;
  readonly stamp: StampState;
  /** What the time stamp says. */
  readonly stampedAtMs: number | null;
};

export type SealChecks = {
  readonly keys: readonly ExportSealKey[];
  readonly suites: Suites;
  /** Certificates of the time stamp authority. */
  readonly trusted: TrustedCertificates;
};

export async function checkSeal(
  db: RecordsDb,
  entry: ExportFileTable,
  checks: SealChecks,
): Promise<CheckedSeal> {
  const unstamped = { stamp: 'none', stampedAtMs: null } as const;
  const row = await findSeal(db, entry.number);
  if (!row) return { seal: 'none', ...unstamped };
  const read = readExportSeal(row.seal, checks);
  if (read.is !== 'sound') return { seal: 'broken', ...unstamped };
  const { statement, stamped, token } = read;
  const seal = isSealOfEntry(statement, entry) ? 'sound' : 'other-entry';
  return { seal, ...stampOf(token, { content: stamped, trusted: checks.trusted }) };
}

/** What is to be said of a time stamp. */
export function stampOf(
  token: Uint8Array | undefined,
  given: { content: string; trusted: TrustedCertificates },
): Pick<CheckedSeal, 'stamp' | 'stampedAtMs'> {
  if (token === undefined) return { stamp: 'none', stampedAtMs: null };
  if (given.trusted.length === 0) return { stamp: 'unchecked', stampedAtMs: null };
  const found = verifyTimeStamp(token, given);
  return found.is === 'stamped'
    ? { stamp: 'sound', stampedAtMs: found.atMs }
    : { stamp: 'broken', stampedAtMs: null };
}
