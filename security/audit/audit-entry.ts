// What the audit trail is told: who did or looked at what, of whom, and why. Whoever serves the act writes
// the entry in the act's own transaction, so that neither is there without the other.

import type { SubjectKey } from '../../core/subject.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';

export type AuditEntry = {
  readonly atMs: EpochMs;
  /** An account id, `system` for what the product does by itself, `unknown` before anybody signed in. */
  readonly actor: string;
  /** What was done, as `part.act`: `session.sign-in`, `identity.reveal`, `retention.delete`. */
  readonly action: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** The persons whose data was read or changed, by their pseudonymous keys. */
  readonly subjects: readonly SubjectKey[];
  /** Why personal data was asked for: one of the declared purposes, and the person's own words. */
  readonly purpose: string | null;
  readonly reason: string | null;
  /** What else is worth keeping, such as values before and after. Never a name, number or place of a person. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
};

export type Audit = {
  record(trx: RecordsTransaction, entry: AuditEntry): Promise<void>;
};

/** The trail as routes have it, who also tell of looks that write nothing else. */
export type AuditTrail = Audit & {
  /**
   * Writes an entry that belongs to no other act, such as a look at a person's data. Resolves when it is
   * durable: whoever answers a look answers after it. Entries that come together are written together.
   */
  note(entry: AuditEntry): Promise<void>;
};
