// The trail as everybody else has it: an entry goes into the act's own transaction, or, for a look that
// writes nothing else, into one statement that takes up all the looks of that moment; such a look is never told
// inside a transaction. Here nobody waits for the chain.

import type { Records } from '../../warehouse/records.ts';
import type { AuditEntry, AuditTrail } from './audit-entry.ts';
import { encodeEntry } from './record-format.ts';

/** Most entries one transaction takes. */
const TOGETHER_MAX = 500;

type Waiting = {
  readonly body: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

export function createAuditTrail({ records }: { readonly records: Records }): AuditTrail {
  let queue: Waiting[] = [];
  let writing = false;

  const write = async () => {
    writing = true;
    while (queue.length > 0) {
      const group = queue.slice(0, TOGETHER_MAX);
      queue = queue.slice(TOGETHER_MAX);
      const rows = group.map(({ body }) => ({ body }));
      try {
        await records.db.insertInto('auditPending').values(rows).execute();
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    writing = false;
  };

  return {
    async record(trx, entry: AuditEntry) {
      await trx
        .insertInto('auditPending')
        .values({ body: encodeEntry(entry) })
        .execute();
    },
    note: (entry) =>
      new Promise<void>((resolve, reject) => {
        queue.push({ body: encodeEntry(entry), resolve, reject });
        if (!writing) void write();
      }),
  };
}
