// Turns what a machine noticed into findings: looks up the frame in force at that moment, grades, cites,
// and gives ids that depend on content only.

import { contentId } from '../core/ids.ts';
import type {
  ClearedFinding,
  Finding,
  Level,
  RaisedFinding,
  SuppressedFinding,
} from '../core/finding.ts';
import type { BasisFact, Observation, OrderFact } from '../core/observation.ts';
import { prolongedBy } from './run-out.ts';
import type { OrderBook } from '../core/order-book.ts';
import { classOf } from '../core/order.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import { epochMs } from '../core/time.ts';
import type { CompiledRule } from './compile.ts';
import { Cooldown } from './cooldown.ts';
import { asksForBases, isEverCleared } from './rule.ts';

type Values = Readonly<Record<string, string | number | boolean>>;

export type Noticed = {
  readonly slot: number;
  readonly atMs: number;
  /** Tells apart episodes of one rule and subject that begin at the same instant. */
  readonly key?: string;
  readonly evidence: readonly Observation[];
  readonly values: Values;
  /** When a wait began that no observation marks: the order in force then belongs to the evidence. */
  readonly sinceMs?: number | undefined;
};

export type ToRaise = Noticed &
  Partial<Pick<RaisedFinding, 'checkedLeaves' | 'late'>> & {
    /** Instead of the rule's level for the class; of no effect where the class has none. */
    readonly level?: Level | undefined;
    /** The evidence is too weak for anything graver. */
    readonly noGraverThan?: Level | undefined;
  };

/** What a machine says, whoever listens. */
export type Emits = Pick<Emitter, 'raise' | 'clear' | 'abandon' | 'suppress'>;

export class Emitter {
  readonly #compiled: CompiledRule;
  readonly #orders: OrderBook;
  readonly #subjects: SubjectTable;
  readonly #out: (finding: Finding) => void;
  readonly #cooldown: Cooldown<ToRaise>;
  readonly #clears: boolean;
  /** Open episodes of persons who had no level when they began: nothing is told of their end either. */
  #ungraded = new Set<string>();

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
    this.#cooldown = new Cooldown(deps.compiled.rule.cooldown ?? 0);
    this.#clears = isEverCleared(deps.compiled.rule);
  }

  /**
   * Raises an alert and gives its id. Without an order in force nothing is said and nothing is given;
   * without a level for the class it is logged as ungraded, and the id stands for the silent episode.
   * So it does in the quiet after an earlier alert, until the quiet ends.
   */
  raise(noticed: ToRaise): string | undefined {
    const order = this.#orders.orderAt(this.#subjects.keyOf(noticed.slot), noticed.atMs);
    if (!order) return undefined;
    const { rule } = this.#compiled;
    const alertId = contentId('al', [rule.id, order.subject, noticed.atMs, noticed.key ?? '']);
    if (rule.level[classOf(order)] === undefined) {
      this.#suppress(order, noticed, 'ungraded', undefined);
      if (this.#clears) this.#ungraded.add(alertId);
      return alertId;
    }
    const quiet = this.#cooldown.covering(noticed.slot, noticed.atMs);
    if (quiet) {
      this.#suppress(order, noticed, 'cooldown', quiet.alertId);
      this.#cooldown.hold(alertId, noticed, quiet);
      return alertId;
    }
    this.#raise(order, alertId, noticed);
    return alertId;
  }

  /** Ends the episode behind `alertId`. Says nothing for an episode that was ungraded. */
  clear(noticed: Noticed & { alertId: string } & Pick<ClearedFinding, 'because'>): void {
    const subject = this.#subjects.keyOf(noticed.slot);
    const order = this.#orders.orderAt(subject, noticed.atMs) ?? this.#orders.lastOrder(subject);
    // What was told is ended, whatever class the person belongs to by now.
    if (this.#ungraded.delete(noticed.alertId) || !order) return;
    const held = this.#cooldown.take(noticed.alertId);
    if (held && noticed.atMs < held.untilMs) return;
    if (held) this.#raiseHeld(noticed.alertId, held.noticed);
    this.#cooldown.begin(noticed.slot, noticed);
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

  /** Every event up to `watermarkMs` has been seen: raises what lasted longer than the quiet. */
  time(watermarkMs: number): void {
    for (const alertId of this.#cooldown.ended(watermarkMs)) {
      const held = this.#cooldown.take(alertId);
      if (held) this.#raiseHeld(alertId, held.noticed);
    }
  }

  snapshot(): unknown {
    return { ...this.#cooldown.snapshot(), ungraded: this.#ungraded };
  }

  restore(state: unknown): void {
    this.#cooldown.restore(state);
    // States of before do not say it; the end of an alert nobody knows is passed over by its readers.
    this.#ungraded = (state as { ungraded?: Set<string> }).ungraded ?? new Set();
  }

  #raiseHeld(alertId: string, noticed: ToRaise): void {
    const order = this.#orders.orderAt(this.#subjects.keyOf(noticed.slot), noticed.atMs);
    if (order && this.#compiled.rule.level[classOf(order)]) this.#raise(order, alertId, noticed);
  }

  #raise(order: OrderFact, alertId: string, noticed: ToRaise): void {
    const { rule } = this.#compiled;
    const subjectClass = classOf(order);
    const level = noticed.level ?? (rule.level[subjectClass] as Level);
    this.#out({
      kind: 'raised',
      ...this.#common('raised', order, noticed),
      alertId,
      level: Math.max(level, noticed.noGraverThan ?? level) as Level,
      article: rule.article[subjectClass] ?? '',
      evidence: onceEach([
        order,
        ...this.#earlierOrders(order, noticed),
        ...this.#recordedBases(order),
        ...noticed.evidence,
      ]),
      values: noticed.values,
      checkedLeaves: noticed.checkedLeaves ?? [],
      late: noticed.late ?? false,
    });
  }

  /** What was recorded beside the order, for rules that ask which papers there are. */
  #recordedBases({ subject }: OrderFact): readonly BasisFact[] {
    return asksForBases(this.#compiled.rule) ? this.#orders.recordedOf(subject) : [];
  }

  /** Other orders under which the evidence came about, or that prolonged them; else it would not count. */
  #earlierOrders(order: OrderFact, { evidence, sinceMs, atMs: raisedAtMs }: ToRaise): OrderFact[] {
    const { subject } = order;
    const instants = evidence.map(({ atMs }): number => atMs);
    if (sinceMs !== undefined) instants.unshift(sinceMs);
    const orders = instants.flatMap((atMs) => this.#orders.orderAt(subject, atMs) ?? []);
    const between = { fromMs: Math.min(...instants, raisedAtMs), untilMs: raisedAtMs };
    orders.push(...prolongedBy(this.#orders, subject, between));
    return [...new Set(orders)].filter((other) => other !== order);
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

/** An order that is evidence itself may be in force at its own instant, too. */
const onceEach = (evidence: readonly Observation[]): Observation[] => [
  ...new Map(evidence.map((one) => [one.id, one])).values(),
];
