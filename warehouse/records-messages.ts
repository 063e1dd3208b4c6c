// The records of messages that are about no alert, as TypeScript sees them.

import type { Generated } from 'kysely';
import type { NoticeAttemptTable } from './records-schema.ts';

/** One step of one attempt to hand a message to a provider; see NoticeAttemptTable. Append-only. */
export type MessageAttemptTable = Pick<
  NoticeAttemptTable,
  'id' | 'attempt' | 'provider' | 'what' | 'code' | 'messageId' | 'sequence' | 'atMs'
> & {
  seq: Generated<number>;
  officerMessageId: string;
};
