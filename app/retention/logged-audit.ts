// The audit as a line of the product's own log, for where no trail is kept: the act and its numbers, no person.

import type { Logger } from '../../core/logger.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';

export const loggedAudit = (logger: Logger): Audit => ({
  record(_trx, { action, outcome, actor, detail }) {
    logger.info('audit', { action, outcome, actor, ...detail });
    return Promise.resolve();
  },
});
