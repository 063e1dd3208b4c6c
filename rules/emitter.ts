// Turns what a machine noticed into findings: looks up the frame in force at that moment, grades, cites,
// and gives ids that depend on content only.

import { contentId } from '../core/ids.ts';
import type { ClearedFinding, Finding, RaisedFinding, SuppressedFinding } from '../core/finding.ts';
import type { Observation, OrderFact } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';
import { classOf } from '../core/order.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import { epochMs } from '../core/time.ts';
import type { CompiledRule } from './compile.ts';

type Values = Readonly<Record<string, string | number | boolean>>;

export type Noticed = {
  readonly slot: number;
  readonly atMs: number;
  /** Tells apart episodes of one rule and subject that begin at the same instant. */
  readonly key?: string;
  readonly evidence: readonly Observation[];
  readonly values: Values;
};

export class Emitter {
  readonly #compiled: CompiledRule;
  readonly #orders: OrderBook;
  readonly #subjects: SubjectTable;
  readonly #out: (finding: Finding) => void;

  constructor(deps: {
    compiled: CompiledRule;
    orders: OrderBook;
    subjects: SubjectTable;
    out: (finding: Finding) => void;
  }) {
    this.#compiled = deps.compiled;
    this.#orders = deps.orders;
    this.#subjects = deps.subjects;
    this.#out = deps.out;
  }

  /**
   * Raises an alert and gives its id. Without an order in force nothing is said and nothing is given;
   * without a level for the class it is logged as ungraded, and the id stands for the silent episode.
   */
  raise(
    noticed: Noticed & Partial<Pick<RaisedFinding, 'checkedLeaves' | 'late'>>,
  ): string | undefined {
    const order = this.#orders.orderAt(this.#subjects.keyOf(noticed.slot), noticed.atMs);
    if (!order) return undefined;
    const { rule } = this.#compiled;
    const subjectClass = classOf(order);
    const level = rule.level[subjectClass];
    const alertId = contentId('al', [rule.id, order.subject, noticed.atMs, noticed.key ?? '']);
    if (level === undefined) {
      this.#suppress(order, noticed, 'ungraded', undefined);
      return alertId;
    }
    this.#out({
      kind: 'raised',
      ...this.#common('raised', order, noticed),
      alertId,
      level,
      article: rule.article[subjectClass] ?? '',
      evidence: [order, ...noticed.evidence],
      values: noticed.values,
      checkedLeaves: noticed.checkedLeaves ?? [],
      late: noticed.late ?? false,
    });
    return alertId;
  }

  /** Ends the episode behind `alertId`. Says nothing for an episode that was ungraded. */
  clear(noticed: Noticed & { alertId: string } & Pick<ClearedFinding, 'because'>): void {
    const subject = this.#subjects.keyOf(noticed.slot);
    const order = this.#orders.orderAt(subject, noticed.atMs) ?? this.#orders.lastOrder(subject);
    if (!order || this.#compiled.rule.level[classOf(order)] === undefined) return;
    this.#out({
      kind: 'cleared',
      ...this.#common('cleared', order, noticed),
      alertId: noticed.alertId,
      evidence: [...noticed.evidence],
      values: noticed.values,
      ...(noticed.because ? { because: noticed.because } : {}),
    });
  }

  /** Ends an episode because the rule that watched it ends, at `atMs` or as it began. */
  abandon(slot: number, episode: { alertId: string; openedAtMs: number }, atMs: number): void {
    const { alertId, openedAtMs } = episode;
    this.clear({
      slot,
      atMs: Math.max(atMs, openedAtMs),
      // Episodes of one subject end at the same instant here; this tells them apart.
      key: alertId,
      alertId,
      evidence: [],
      values: {},
      because: 'rule-changed',
    });
  }

  /** Records why an alert did not come. */
  suppress(
    noticed: Noticed,
    because: SuppressedFinding['because'],
    reference: string | undefined,
  ): void {
    const order = this.#orders.orderAt(this.#subjects.keyOf(noticed.slot), noticed.atMs);
    if (order) this.#suppress(order, noticed, because, reference);
  }

  #suppress(
    order: OrderFact,
    noticed: Noticed,
    because: SuppressedFinding['because'],
    reference: string | undefined,
  ): void {
    this.#out({
      kind: 'suppressed',
      ...this.#common(`suppressed ${because}`, order, noticed),
      because,
      ...(reference === undefined ? {} : { reference }),
      values: noticed.values,
    });
  }

  #common(what: string, order: OrderFact, { atMs, key }: Noticed) {
    const { rule, version } = this.#compiled;
    return {
      id: contentId('fi', [what, rule.id, order.subject, atMs, key ?? '']),
      ruleId: rule.id,
      ruleVersion: version,
      subject: order.subject,
      subjectClass: classOf(order),
      region: order.county,
      atMs: epochMs(atMs),
      ...(rule.status === 'shadow' ? { shadow: true as const } : {}),
    };
  }
}
