// Where a history begins that no longer has its first record: what was known before, and how to say that
// something to go on with is gone.

import { UserError } from '../../core/errors.ts';
import type { FrameFact } from '../../core/observation.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import { encodeLines, partitionOf, type LogEntry } from '../../ingest/log.ts';

/** The orders and leaves of a partition's persons that were known before its oldest record was appended. */
export function registerBefore(
  register: readonly FrameFact[],
  { lane, partitions, startedAtMs }: { lane: number; partitions: number; startedAtMs: number },
): LogEntry {
  const facts = register.filter(
    ({ subject, receivedAtMs }) =>
      partitionOf(subject, partitions) === lane && receivedAtMs < startedAtMs,
  );
  return { kind: 'lines', watermarkMs: epochMs(0), payload: encodeLines(facts) };
}

export const noLongerThere = (lane: number, next: number, start: number): UserError =>
  new UserError(
    'conflict',
    text('续跑所需的记录已超出保留期', 'the records to go on with are no longer kept'),
    {
      detail: `partition ${lane}: at ${next}, the oldest record is ${start}`,
      hint: text(
        '请重新开始回测（命令不带 --resume）',
        'Start anew; the command without --resume.',
      ),
    },
  );
