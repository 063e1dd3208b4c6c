// The history as the warehouse keeps it: every record of the log it has without a gap, put together again,
// partition after partition, as log-source.ts reads them from the log itself. Rows leave the engine sorted,
// in windows that lie on disk while they are read, so memory does not grow with the stretch.

import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { FrameFact } from '../../core/observation.ts';
import { emptyPositions, encodePositions } from '../../core/position-batch.ts';
import { localDateTime } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import type { LogEntry } from '../../ingest/log.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import {
  FACT_EXPORT,
  POSITION_EXPORT,
  readKept,
  readWindows,
  RECORD_EXPORT,
  type Kept,
  type Window,
} from '../../warehouse/history.ts';
import {
  openFactRows,
  openPositionRows,
  readRecords,
  type BareRecord,
} from '../../warehouse/history-rows.ts';
import type { Olap } from '../../warehouse/olap.ts';
import { noLongerThere, registerBefore } from './history-start.ts';
import type { HistoryEntry, HistorySource, Place } from './history-source.ts';

export type WarehouseSourceDeps = {
  readonly olap: Olap;
  /** Names the warehouse, so that a backtest of one is not resumed on another. */
  readonly name: string;
  /** Partitions of the log it was filled from. */
  readonly partitions: number;
  /** Where windows lie while they are read; a folder of its own. */
  readonly folder: string;
  /** Every version of every order and leave on record. */
  readonly register: () => Promise<readonly FrameFact[]>;
  readonly signal?: AbortSignal | undefined;
  /** Rows of one window. A window is a pass over the rows of its time, so few large ones are faster. */
  readonly windowRowsMax?: number;
};

/** About 150 MB on disk, and the engine sorts most of it in memory. */
const WINDOW_ROWS_MAX = 2_000_000;

/** When the oldest record was appended from which on everything is kept; −∞ when all of the log is. */
const keptFrom = (kept: readonly Kept[]): number =>
  Math.max(...kept.map(({ startedAtMs }) => startedAtMs));

/** Opens it for histories from `fromMs` on. Rejects with UserError when it does not keep them in full. */
export async function openWarehouseSource(
  deps: WarehouseSourceDeps,
  fromMs: number,
): Promise<HistorySource> {
  const { olap, name, partitions, signal } = deps;
  const kept = await readKept(olap, partitions);
  if (fromMs < keptFrom(kept)) throw notKept(keptFrom(kept));
  let done = 0;
  let all = 0;

  async function* entries(from: Place, untilMs: number): AsyncGenerator<HistoryEntry> {
    all = kept.reduce((sum, { start }, lane) => sum + (from.ends[lane] as number) - start, 0);
    for (const [lane, { start }] of kept.entries()) {
      if (lane < from.lane) continue;
      const next = lane === from.lane ? from.next : 0;
      if (next > 0 && next < start) throw noLongerThere(lane, next, start);
      if (next === 0 && start > 0) {
        const { startedAtMs } = kept[lane] as Kept;
        const entry = registerBefore(await deps.register(), { lane, partitions, startedAtMs });
        yield { entry, after: { ...from, lane, next: 0 }, isRegister: true };
      }
      yield* laneEntries(lane, Math.max(next, start), { ends: from.ends, untilMs });
    }
  }

  async function* laneEntries(
    lane: number,
    from: number,
    { ends, untilMs }: { ends: readonly number[]; untilMs: number },
  ): AsyncGenerator<HistoryEntry> {
    signal?.throwIfAborted();
    const end = ends[lane] as number;
    const after = (next: number): Place => ({ lane, next, ends });
    const range = { partition: lane, from, until: end };
    const rowsMax = deps.windowRowsMax ?? WINDOW_ROWS_MAX;
    const windows = await readWindows(olap, range, { rowsMax, untilMs });
    for await (const record of recordsOf(deps, windows)) {
      signal?.throwIfAborted();
      if (record.watermarkMs >= untilMs) {
        yield { entry: encodeTick(epochMs(untilMs)), after: after(end) };
        done += end - record.offset;
        return;
      }
      done++;
      yield { entry: record, after: after(record.offset + 1) };
    }
  }

  return {
    identity: name,
    begin: () => Promise.resolve({ lane: 0, next: 0, ends: kept.map(({ end }) => end) }),
    entries,
    progress: () => (all === 0 ? 1 : Math.min(1, done / all)),
    remarks: () => [],
  };
}

type OffsetEntry = LogEntry & { readonly offset: number };

/** The records of the windows, each window exported while the one before it is read. */
async function* recordsOf(
  deps: WarehouseSourceDeps,
  windows: readonly Window[],
): AsyncGenerator<OffsetEntry> {
  const { signal } = deps;
  const exports = (index: number): Promise<Exported> | undefined => {
    const window = windows[index];
    // What was stopped is noticed at the next record.
    if (!window || (index > 0 && signal?.aborted)) return undefined;
    const exporting = exportWindow(deps, window, index % 2);
    // Whoever waits for it hears of it.
    exporting.catch(() => {});
    return exporting;
  };
  let next = exports(0);
  try {
    for (let index = 0; next; index++) {
      const exported = await next;
      next = exports(index + 1);
      yield* recordsIn(exported);
    }
  } finally {
    await next?.catch(() => {});
    await rm(deps.folder, { recursive: true, force: true });
  }
}

type Exported = { readonly window: Window; path(part: keyof typeof EXPORTS): string };

const EXPORTS = { records: RECORD_EXPORT, positions: POSITION_EXPORT, facts: FACT_EXPORT };

async function exportWindow(
  { olap, folder }: WarehouseSourceDeps,
  window: Window,
  place: number,
): Promise<Exported> {
  await mkdir(folder, { recursive: true });
  const path = (part: keyof typeof EXPORTS) => resolve(join(folder, `${part}-${place}.arrow`));
  const { partition, from, until } = window;
  for (const part of Object.keys(EXPORTS) as (keyof typeof EXPORTS)[]) {
    if (part !== 'records' && window[part] === 0) continue;
    await olap.export(EXPORTS[part], { partition, from, until }, path(part));
  }
  return { window, path };
}

async function* recordsIn({ window, path }: Exported): AsyncGenerator<OffsetEntry> {
  const positions = window.positions > 0 ? openPositionRows(path('positions')) : undefined;
  const facts = window.facts > 0 ? openFactRows(path('facts')) : undefined;
  const payloadOf = async ({ kind, offset, rows, payload }: BareRecord) => {
    const record = offset - window.from;
    if (kind === 'positions') {
      return encodePositions((await positions?.take(record, rows)) ?? emptyPositions(0));
    }
    if (kind === 'lines' && facts) return facts.take(record, rows);
    // What ingest refused is counted in `tally` and means nothing to the rules.
    return payload;
  };
  try {
    for await (const record of readRecords(path('records'), window.from)) {
      const { kind, watermarkMs, offset } = record;
      yield { kind, watermarkMs, offset, payload: await payloadOf(record) };
    }
    await positions?.end();
    await facts?.end();
  } finally {
    await positions?.close();
    await facts?.close();
  }
}

function notKept(keptFromMs: number): UserError {
  const isNothing = keptFromMs === Infinity;
  return new UserError(
    'not-found',
    isNothing
      ? text('数据仓库中没有可供回测的完整历史', 'the warehouse keeps no history in full')
      : text('起始时间早于数据仓库完整保存的历史', 'the warehouse does not reach back to --from'),
    {
      ...(isNothing ? {} : { detail: `it is complete from ${localDateTime(keptFromMs)}` }),
      hint: text(
        '请选择更晚的 --from，或用 --source log 只取日志现有部分，或给出 --positions/--orders/--facts 文件；升级前写入的数据没有记录顺序，不能用于回测',
        'Choose a later --from, take what the log has with --source log, or give files with --positions, --orders and --facts. What was written before an upgrade has no order to be run again in.',
      ),
    },
  );
}
