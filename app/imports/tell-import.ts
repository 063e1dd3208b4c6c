// What the audit trail hears of an import: who brought which file in, and who took it back. Names no file.

import type { Clock } from '../../core/time.ts';
import type { AuditTrail } from '../../security/audit/audit-entry.ts';
import type { ImportDeps } from '../../warehouse/import/apply-import.ts';

const ACTIONS = { begun: 'import.begin', done: 'import.apply', undone: 'import.undo' } as const;

export const tellImport =
  ({ audit, clock }: { audit: AuditTrail; clock: Clock }): ImportDeps['tell'] =>
  (trx, { kind, id, by, digest, rows }) =>
    audit.record(trx, {
      atMs: clock.now(),
      actor: by,
      action: ACTIONS[kind],
      outcome: 'done',
      subjects: [],
      purpose: 'import',
      reason: null,
      detail: { id, digest, rows },
    });
