// A history in files, judged at the gate on the way, as `replay` does.

import { statSync } from 'node:fs';
import { describeReadError } from '../../connectors/files/read-report.ts';
import { createHistory, type HistoryOptions } from '../../connectors/replay/history.ts';
import { epochMs } from '../../core/time.ts';
import type { Locate } from '../../datasets/locator.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import { judgeHistory } from '../replay/replay-files.ts';
import type { HistoryEntry, HistorySource, Place } from './history-source.ts';

const PARTS = ['orders', 'facts', 'positions'] as const;

/** Rejects with UserError for a file that is not there. Has the files read from the start each time. */
export async function openFileSource(
  deps: { locate: Locate; signal?: AbortSignal | undefined },
  files: HistoryOptions,
): Promise<HistorySource> {
  const history = await createHistory(files);
  const refused = new Map<string, number>();

  async function* entries(from: Place, untilMs: number): AsyncGenerator<HistoryEntry> {
    let count = 0;
    let lastMs: number | undefined;
    // The gate remembers, so what was evaluated before goes through it again and is left out here.
    const entryAt = function* (entry: HistoryEntry['entry']): Generator<HistoryEntry> {
      count++;
      if (count > from.next) yield { entry, after: { lane: 0, next: count, ends: [] } };
    };
    for await (const judged of judgeHistory(history, { ...deps, partitions: 1 })) {
      if (judged.firstMs > untilMs) {
        lastMs = untilMs;
        break;
      }
      lastMs = judged.lastMs;
      note(refused, judged.processed.receipts);
      for (const { entries: some } of judged.processed.batches) {
        for (const entry of some) yield* entryAt(entry);
      }
    }
    if (lastMs !== undefined) yield* entryAt(encodeTick(epochMs(Math.min(lastMs, untilMs))));
  }

  return {
    identity: JSON.stringify(
      PARTS.map((part) => {
        const path = files[part];
        if (path === undefined) return null;
        const { size, mtimeMs } = statSync(path);
        return [part, path, size, mtimeMs];
      }),
    ),
    begin: () => Promise.resolve({ lane: 0, next: 0, ends: [] }),
    entries,
    progress() {
      const { read, total } = history.bytes();
      return total === 0 ? 1 : read / total;
    },
    remarks: () => [
      ...PARTS.flatMap((part) => {
        const { errors, examples } = history.report(part);
        if (errors === 0) return [];
        return [
          `${files[part]}: ${errors} lines not read`,
          ...examples.slice(0, 3).map((error) => `  ${describeReadError(error, 'en')}`),
        ];
      }),
      ...[...refused].sort().map(([reason, times]) => `not taken: ${reason} ${times}`),
    ],
  };
}

type Receipts = readonly {
  readonly refused: Readonly<Record<string, number>>;
  readonly dead: Readonly<Record<string, number>>;
}[];

function note(refused: Map<string, number>, receipts: Receipts): void {
  for (const { refused: some, dead } of receipts) {
    for (const [reason, count] of [...Object.entries(some), ...Object.entries(dead)]) {
      refused.set(reason, (refused.get(reason) ?? 0) + count);
    }
  }
}
