// The desk behind the SQL console: one statement at a time for each analyst, every one of them told to the trail
// with its purpose before its answer leaves, and kept for its author.

import { UserError } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import { contentHash, contentId } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { elapsedMs, epochMs, type Clock } from '../../core/time.ts';
import type { AuditTrail } from '../../security/audit/audit-entry.ts';
import { runStatement, type StatementAnswer } from '../../warehouse/console/run-statement.ts';
import type { RegionRange } from '../../warehouse/console/views.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { SqlStatementTable } from '../../warehouse/records-imports.ts';
import type { Records } from '../../warehouse/records.ts';

/** Statements at work at the same time, for all analysts together. */
const RUNNING_MAX = 2;
const HISTORY_SHOWN = 100;

export type SqlDesk = {
  /** Throws UserError for what may not or cannot run. */
  run(asked: {
    readonly sql: string;
    readonly purpose: string;
    readonly accountId: string;
    readonly ranges: readonly RegionRange[];
  }): Promise<StatementAnswer & { readonly durationMs: number }>;
  /** Ends what the analyst has running; false when nothing is. */
  cancel(accountId: string): boolean;
  history(accountId: string): Promise<SqlStatementTable[]>;
};

export function createSqlDesk({
  olap,
  records,
  audit,
  clock,
}: {
  olap: Olap | undefined;
  records: Records;
  audit: AuditTrail;
  clock: Clock;
}): SqlDesk {
  const running = new Map<string, AbortController>();
  let count = 0;

  return {
    async run({ sql, purpose, accountId, ranges }) {
      if (!olap) throw noWarehouse();
      if (running.has(accountId) || running.size >= RUNNING_MAX) throw busy();
      const stopping = new AbortController();
      running.set(accountId, stopping);
      const startedAtMs = elapsedMs();
      const atMs = epochMs(clock.now());
      const tell = async (outcome: string, rows: number, views: readonly string[]) => {
        const durationMs = Math.round(elapsedMs() - startedAtMs);
        const id = contentId('sq', [accountId, atMs, count++, sql]);
        const kept = { statement: hideNumbers(sql), purpose: hideNumbers(purpose) };
        await records.transaction(async (trx) => {
          await trx
            .insertInto('sqlStatement')
            .values({ id, accountId, ...kept, outcome, rowCount: rows, durationMs, atMs })
            .execute();
          await audit.record(trx, {
            atMs: clock.now(),
            actor: accountId,
            action: 'sql.run',
            outcome: outcome === 'done' ? 'done' : 'refused',
            subjects: [],
            purpose: 'analysis',
            reason: kept.purpose,
            detail: {
              id,
              outcome,
              rows,
              views: views.join(' '),
              statement: withoutTexts(sql),
              digest: contentHash(sql),
            },
          });
        });
        return durationMs;
      };
      try {
        const answer = await runStatement(olap, sql, { ranges, signal: stopping.signal });
        return { ...answer, durationMs: await tell('done', answer.rows.length, answer.views) };
      } catch (error) {
        const code = error instanceof UserError ? error.code : 'failed';
        await tell(stopping.signal.aborted ? 'cancelled' : code, 0, []);
        throw error;
      } finally {
        running.delete(accountId);
      }
    },
    cancel(accountId) {
      const found = running.get(accountId);
      found?.abort();
      return found !== undefined;
    },
    history: (accountId) =>
      records.db
        .selectFrom('sqlStatement')
        .selectAll()
        .where('accountId', '=', accountId)
        .orderBy('atMs', 'desc')
        .orderBy('id')
        .limit(HISTORY_SHOWN)
        .execute(),
  };
}

const TRAIL_CHARS_MAX = 2_000;

/** The trail outlives everything: what somebody typed between quotes or as a long number is not in it. */
export const withoutTexts = (sql: string): string =>
  sql
    .replaceAll(/'(?:[^']|'')*(?:'|$)/g, "'…'")
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, "'…'")
    .replaceAll(/"(?:[^"]|"")*(?:"|$)/g, '"…"')
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\/\*[\s\S]*?(?:\*\/|$)/g, '')
    // Names in Chinese can stand without quotes.
    .replaceAll(/[\u0080-\u{10FFFF}]+/gu, '…')
    .replaceAll(/\d{7,}[Xx]?/g, '…')
    .slice(0, TRAIL_CHARS_MAX);

const busy = () =>
  new UserError('too-many', text('已有查询在执行', 'a query is running already'), {
    hint: text('请等待其结束，或先取消', 'Wait for it, or cancel it.'),
  });

const noWarehouse = () =>
  new UserError('not-found', text('未配置数据仓库', 'there is no warehouse'), {
    hint: text('请联系系统管理员', 'Ask the system administrator.'),
  });
