// "Why not?" for the console: over the log of the running product, one question at a time, and only about
// persons the account may see.

import { reaches, type DeskScope } from '../../alerts/desk-rows.ts';
import { UserError } from '../../core/errors.ts';
import { HOUR_MS } from '../../core/local-time.ts';
import type { OrderBook } from '../../core/order-book.ts';
import { text } from '../../core/text.ts';
import { elapsedMs } from '../../core/time.ts';
import type { Log } from '../../ingest/log.ts';
import type { Surroundings } from '../../rules/kind.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import { loadOrderFacts } from '../../warehouse/order-store.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { WhyNotAnswer } from '../api/rules.ts';
import type { HistoryEntry, HistorySource } from '../backtest/history-source.ts';
import { openLogSource } from '../backtest/log-source.ts';
import { askWhyNot } from './ask.ts';

export type WhyNotDesk = {
  /** Rejects with UserError: no such rule, nobody the account may see, or a log too long to wait for. */
  ask(asked: WhyNotRequest, scope: DeskScope): Promise<WhyNotAnswer>;
};

export type WhyNotRequest = {
  readonly ruleId: string;
  readonly subject: string;
  readonly atMs: number;
  readonly hours?: number | undefined;
};

export type WhyNotDeskDeps = {
  readonly log: Log;
  readonly db: RecordsDb;
  /** The legal frames as the screens know them. */
  readonly orders: OrderBook;
  readonly rulebook: () => Rulebook;
  readonly surroundings: Surroundings;
};

/** A screen waits no longer than this for an answer. */
const READ_MS_MAX = 12_000;

export function createWhyNotDesk(deps: WhyNotDeskDeps): WhyNotDesk {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    async ask(asked, scope) {
      const { ruleId, subject, atMs, hours } = asked;
      const { log, db, surroundings } = deps;
      assertMaySee(deps.orders, asked, scope);
      const rulebook = deps.rulebook();
      if (!rulebook.rules.some(({ rule }) => rule.id === ruleId)) {
        throw new UserError('not-found', text('没有这条规则', 'there is no such rule'), {
          detail: `"${ruleId}"`,
        });
      }
      const register = () => loadOrderFacts(db);
      const run = () => {
        const source = patient(openLogSource({ log, name: 'product', register }));
        const windowMs = hours === undefined ? undefined : hours * HOUR_MS;
        const question = { ruleId, subject, atMs, windowMs };
        return askWhyNot({ source, surroundings, rulebook }, question);
      };
      const answer = turn.then(run);
      // What one question ends with is no matter of the next.
      turn = answer.catch(() => undefined);
      return answer;
    },
  };
}

/** Nobody learns of persons of another county, not even that they are there. */
function assertMaySee(orders: OrderBook, { subject, atMs }: WhyNotRequest, scope: DeskScope): void {
  const order = orders.orderAt(subject, atMs) ?? orders.lastOrder(subject);
  if (order && reaches(scope, order.county)) return;
  throw new UserError('not-found', text('没有这名对象', 'there is no such person'), {
    detail: `"${subject}"`,
  });
}

/** The source, given up when reading takes too long. */
function patient(source: HistorySource): HistorySource {
  return {
    ...source,
    async *entries(from, untilMs): AsyncGenerator<HistoryEntry> {
      const startedAtMs = elapsedMs();
      for await (const entry of source.entries(from, untilMs)) {
        if (elapsedMs() - startedAtMs > READ_MS_MAX) throw tooLong();
        yield entry;
      }
    },
  };
}

const tooLong = (): UserError =>
  new UserError('too-large', text('日志太长，等不及', 'the log is too long to wait for'), {
    hint: text(
      '请由管理员用命令查询:plumbline explain --why-not',
      'Have an administrator ask with plumbline explain --why-not.',
    ),
  });
