// Tells the audit trail what was decided about who may do what. Each entry is a transaction of its own: it tells
// of the decision, which is made before anything is read or changed.

import type { Logger } from '../../../core/logger.ts';
import type { Clock } from '../../../core/time.ts';
import type { Audit, AuditEntry } from '../../../security/audit/audit-entry.ts';
import type { Records } from '../../../warehouse/records.ts';

export type TrailEntry = Pick<AuditEntry, 'actor' | 'action'> &
  Partial<Pick<AuditEntry, 'outcome' | 'subjects' | 'purpose' | 'reason' | 'detail'>>;

export type Trail = {
  /** Rejects when it cannot be written: what leaves no trace is not done. */
  tell(entry: TrailEntry): Promise<void>;
};

export function createTrail({
  records,
  audit,
  clock,
}: {
  readonly records: Pick<Records, 'transaction'>;
  readonly audit: Audit;
  readonly clock: Clock;
}): Trail {
  return {
    tell: (entry) => records.transaction((trx) => audit.record(trx, entryOf(entry, clock))),
  };
}

/** The whole entry of what is told. */
export const entryOf = (entry: TrailEntry, clock: Clock): AuditEntry => ({
  atMs: clock.now(),
  outcome: 'done',
  subjects: [],
  purpose: null,
  reason: null,
  detail: {},
  ...entry,
});

/** For a process without a trail: refusals and sign-ins are at least in the log. */
export const logAudit = (logger: Logger): Audit => ({
  record: (_trx, { actor, action, outcome, detail }) => {
    logger.info('access.told', { actor, action, outcome, ...detail });
    return Promise.resolve();
  },
});
