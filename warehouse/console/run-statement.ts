// Runs an analyst's statement in a locked DuckDB of its own that holds only the views it names, as far as the
// analyst's rights reach: bounded in time, memory and rows, and really cancelled when it is cancelled.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { ioClock } from '../../core/time.ts';
import { openDuck } from '../duck.ts';
import type { Olap } from '../olap.ts';
import { checkStatement, STATEMENT_FAULTS } from './check-statement.ts';
import { fillViews, VIEWS, type RegionRange, type ViewLimits } from './views.ts';

export type StatementLimits = {
  readonly msMax: number;
  readonly rowsMax: number;
  readonly memoryMb: number;
  /** Of the answer. */
  readonly charsMax: number;
};

export const STATEMENT_LIMITS: StatementLimits = {
  msMax: 20_000,
  rowsMax: 10_000,
  memoryMb: 256,
  charsMax: 8_000_000,
};

export type StatementAnswer = {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** There was more than is allowed. */
  readonly isCut: boolean;
  readonly views: readonly string[];
};

const VIEW_NAMES = new Set(VIEWS.map(({ name }) => name));

/** Throws UserError for what may not run, is wrong, takes too long (`too-large`) or was cancelled (`conflict`). */
export async function runStatement(
  olap: Olap,
  sql: string,
  {
    ranges,
    signal,
    limits = STATEMENT_LIMITS,
    viewLimits,
  }: {
    ranges: readonly RegionRange[];
    signal?: AbortSignal | undefined;
    limits?: StatementLimits;
    viewLimits?: ViewLimits;
  },
): Promise<StatementAnswer> {
  const duck = await openDuck({ memoryMb: limits.memoryMb });
  let isLate = false;
  const stop = () => duck.connection.interrupt();
  const timer = ioClock.after(limits.msMax, () => {
    isLate = true;
    stop();
  });
  signal?.addEventListener('abort', stop);
  const assertWanted = () => {
    if (signal?.aborted) throw cancelled();
    if (isLate) throw tooLong(limits);
  };
  try {
    const checked = await checkStatement(duck, sql, VIEW_NAMES);
    if (checked.kind === 'refused') {
      const { says, hint } = STATEMENT_FAULTS[checked.fault];
      throw new UserError('bad-input', says, { detail: checked.detail, hint });
    }
    const views = VIEWS.filter(({ name }) => checked.views.includes(name));
    await fillViews({ olap, duck }, views, { ranges, ...(viewLimits && { limits: viewLimits }) });
    assertWanted();
    const result = await duck.connection.stream(sql);
    const types = result.columnTypes();
    const columns = result.columnNames().map((name, i) => ({ name, type: String(types[i]) }));
    const rows: unknown[][] = [];
    let chars = 0;
    let isCut = false;
    for await (const batch of result.yieldRowsJson()) {
      assertWanted();
      for (const row of batch) {
        chars += JSON.stringify(row).length;
        isCut = rows.length >= limits.rowsMax || chars > limits.charsMax;
        if (isCut) break;
        rows.push(row);
      }
      if (isCut) break;
    }
    return { columns, rows, isCut, views: checked.views };
  } catch (cause) {
    assertWanted();
    if (cause instanceof UserError || !(cause instanceof Error)) throw cause;
    throw wrongStatement(cause);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', stop);
    duck.close();
  }
}

/** What DuckDB says of a statement is about the statement; the rest of our own errors is none of it. */
function wrongStatement(cause: Error): Error {
  const found =
    /^(Binder|Catalog|Conversion|Invalid Input|Out of Memory|Out of Range|Parser) Error: ([^\n]*)/.exec(
      cause.message,
    );
  if (!found) return cause;
  return new UserError('bad-input', text('语句无法执行', 'the statement cannot be run'), {
    detail: (found[2] as string).slice(0, 300),
    hint: text('请检查列名和类型', 'Look at names of columns and types.'),
  });
}

const cancelled = () => new UserError('conflict', text('已取消', 'it was cancelled'));

const tooLong = ({ msMax }: StatementLimits) =>
  new UserError('too-large', text('查询超时', 'the query took too long'), {
    detail: `${msMax} ms`,
    hint: text('请缩小范围或简化语句', 'Ask for less, or in a simpler way.'),
  });
