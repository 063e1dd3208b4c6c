// The audit where no trail is kept: that something was done goes to the operators' log, without the person
// it was about and without anybody's words.

import type { Logger } from '../core/logger.ts';
import type { Audit } from '../security/audit/audit-entry.ts';

export const createLoggedAudit = ({ logger }: { logger: Logger }): Audit => ({
  record: (_trx, { action, outcome, actor, subjects }) => {
    logger.info('audit', { action, outcome, actor, persons: subjects.length });
    return Promise.resolve();
  },
});
