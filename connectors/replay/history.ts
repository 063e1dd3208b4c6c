// ② Files of positions, facts and orders as one history in order of event time. What batch replay feeds
// to the pipeline directly, and what a paced replay publishes.

import { UserError } from '../../core/errors.ts';
import type { FactArrival } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { sourceSchema } from '../../core/source.ts';
import { text } from '../../core/text.ts';
import { fileBytes, readFacts, readFileBytes, readPositions } from '../files/open-positions.ts';
import { createReadReport, type ReadReport } from '../files/read-report.ts';
import { mergeFacts, sortFacts } from '../files/sort-facts.ts';
import { sortPositions } from '../files/sort-positions.ts';
import type { Delivery } from '../publish.ts';
import { mergeByTime } from './merge-by-time.ts';

/** Which file a report or a count is about. */
export type HistoryPart = 'positions' | 'facts' | 'orders';

const FACT_PARTS = ['orders', 'facts'] as const;

export type HistoryOptions = {
  /** Paths; at least one. Positions as CSV, NDJSON or Arrow, the others as NDJSON. */
  readonly positions?: string;
  readonly facts?: string;
  readonly orders?: string;
  /** The source of positions that name none, as `phone/replay`. */
  readonly source: string;
  /** Where files out of order are sorted; the machine's temporary folder by default. */
  readonly folder?: string;
};

export type History = {
  /** Everything in order; reads the files from the start. Call it once. */
  deliveries(): AsyncGenerator<Delivery>;
  /** Bytes of the files read so far and in all; a file that must be read twice starts over. */
  bytes(): { readonly read: number; readonly total: number };
  /** What was wrong in each file, as far as it was read. */
  report(part: HistoryPart): ReadReport;
};

/** Throws UserError for a file that is not there and for a source that is not well-formed. */
export async function createHistory(options: HistoryOptions): Promise<History> {
  assertSource(options.source);
  const paths = partsOf(options);
  const totals = await Promise.all([...paths.values()].map((path) => fileBytes(path)));
  const total = totals.reduce((sum, bytes) => sum + bytes, 0);
  const bytesRead = new Map<HistoryPart, number>();
  const reports = new Map<HistoryPart, ReadReport>();

  const bytesOf = (part: HistoryPart, path: string) => {
    bytesRead.set(part, 0);
    reports.set(part, createReadReport());
    return readFileBytes(path, (count) => bytesRead.set(part, (bytesRead.get(part) ?? 0) + count));
  };
  const report = (part: HistoryPart) => reports.get(part) ?? createReadReport();
  const folder = options.folder === undefined ? {} : { folder: options.folder };

  const positions = (): AsyncIterable<PositionBatch> => {
    const path = paths.get('positions');
    if (path === undefined) return nothing();
    const read = () => {
      const bytes = bytesOf('positions', path);
      return readPositions(bytes, { source: options.source, report: report('positions') });
    };
    return sortPositions(read, folder);
  };
  const facts = (): AsyncIterable<FactArrival> =>
    mergeFacts(
      FACT_PARTS.flatMap((part) => {
        const path = paths.get(part);
        if (path === undefined) return [];
        const bytes = bytesOf(part, path);
        return [sortFacts(readFacts(bytes, { report: report(part) }), folder)];
      }),
    );

  return {
    deliveries: () => mergeByTime(positions(), facts()),
    bytes: () => ({ read: [...bytesRead.values()].reduce((sum, count) => sum + count, 0), total }),
    report,
  };
}

function partsOf(options: HistoryOptions): Map<HistoryPart, string> {
  const parts = new Map<HistoryPart, string>();
  for (const part of ['positions', 'facts', 'orders'] as const) {
    const path = options[part];
    if (path !== undefined) parts.set(part, path);
  }
  if (parts.size > 0) return parts;
  throw new UserError('bad-input', text('没有要回放的文件', 'there is no file to replay'));
}

function assertSource(source: string): void {
  const issue = sourceSchema.safeParse(source).error?.issues[0];
  if (!issue) return;
  throw new UserError('bad-input', text(`来源 "${source}" 不对`, `"${source}" is no source`), {
    detail: issue.message,
  });
}

async function* nothing(): AsyncGenerator<never> {}
