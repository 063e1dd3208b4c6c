// What the audit trail is told, as log lines: enough to see that something was done, nothing about whom. It
// stands in wherever no trail is kept.

import type { Logger } from '../core/logger.ts';
import type { Audit } from '../security/audit/audit-entry.ts';

export const createLoggedAudit = (logger: Logger): Audit => ({
  async record(_trx, { actor, action, outcome, subjects, purpose }) {
    logger.info('audit', {
      actor,
      action,
      outcome,
      persons: subjects.length,
      purpose: purpose ?? '',
    });
  },
});
