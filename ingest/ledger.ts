// What became of the arrivals of one pass, counted per delivery, per feed and reason, and per kind.

import type { Delivery, Receipt } from '../connectors/publish.ts';
import type { Fact } from '../core/observation.ts';
import type { Outcome } from '../core/outcome.ts';
import { positionAt } from '../core/position-batch.ts';
import { REASON_CODES, REASONS, type ReasonCode } from './reasons.ts';
import type { Run } from './step.ts';

/** An observation that cannot be used, with the reason; kept until it is replayed or expires. */
export type DeadLetter = {
  readonly reason: ReasonCode;
  readonly detail: string;
  readonly observation: unknown;
};

/** Observations not kept, by feed and reason. */
export type Tally = { readonly source: string; readonly reason: string; readonly count: number };

type Counting = {
  admitted: number;
  duplicates: number;
  refused: Record<string, number>;
  dead: Record<string, number>;
};

export class Ledger {
  readonly #receipts: Counting[];
  readonly #deadLetters: DeadLetter[] = [];
  readonly #tallies = new Map<string, number>();
  readonly #admittedByKind: Record<string, number> = {};

  constructor(deliveries: number) {
    this.#receipts = Array.from({ length: deliveries }, () => ({
      admitted: 0,
      duplicates: 0,
      refused: {},
      dead: {},
    }));
  }

  factAdmitted(delivery: number, fact: Fact): void {
    this.#admit(delivery, fact.kind);
  }

  /** A fact ingest made itself: it came with no delivery. */
  factMade({ kind }: Fact): void {
    this.#admittedByKind[kind] = (this.#admittedByKind[kind] ?? 0) + 1;
  }

  factStopped(
    delivery: number,
    fact: Fact,
    outcome: Exclude<Outcome<Fact, ReasonCode>, { kind: 'ok' }>,
  ): void {
    const detail = outcome.kind === 'dead' ? outcome.detail : '';
    this.#stop(delivery, { source: fact.source, reason: outcome.reason }, () => ({
      detail,
      observation: fact,
    }));
  }

  /** Counts every row for the delivery it came with; `order` tells where sorted rows stood before. */
  positions(run: Run, order: Int32Array | undefined, deliveries: readonly Delivery[]): void {
    const deliveryOf = deliveryByRow(deliveries, run.batch.length);
    for (let row = 0; row < run.batch.length; row++) {
      const delivery = deliveryOf[order ? (order[row] as number) : row] as number;
      const verdict = run.verdicts[row] as number;
      if (verdict === 0) {
        this.#admit(delivery, 'position');
        continue;
      }
      const reason = REASON_CODES[verdict - 1] as ReasonCode;
      const source = run.batch.sources.at(run.batch.source[row] as number);
      this.#stop(delivery, { source, reason }, () => {
        const observation = positionAt(run.batch, row);
        return {
          detail: `${observation.lng},${observation.lat} at ${observation.atMs}`,
          observation,
        };
      });
    }
  }

  result(): {
    receipts: Receipt[];
    deadLetters: DeadLetter[];
    tallies: Tally[];
    admittedByKind: Readonly<Record<string, number>>;
  } {
    return {
      receipts: this.#receipts,
      deadLetters: this.#deadLetters,
      tallies: [...this.#tallies].map(([key, count]) => {
        const [source = '', reason = ''] = key.split('|');
        return { source, reason, count };
      }),
      admittedByKind: this.#admittedByKind,
    };
  }

  #admit(delivery: number, kind: string): void {
    (this.#receipts[delivery] as Counting).admitted++;
    this.#admittedByKind[kind] = (this.#admittedByKind[kind] ?? 0) + 1;
  }

  #stop(
    delivery: number,
    what: { source: string; reason: ReasonCode },
    content: () => { detail: string; observation: unknown },
  ): void {
    const receipt = this.#receipts[delivery] as Counting;
    const { source, reason } = what;
    if (reason === 'duplicate') receipt.duplicates++;
    else {
      const counts = REASONS[reason].kept ? receipt.dead : receipt.refused;
      counts[reason] = (counts[reason] ?? 0) + 1;
    }
    if (REASONS[reason].kept) this.#deadLetters.push({ reason, ...content() });
    const key = `${source}|${reason}`;
    this.#tallies.set(key, (this.#tallies.get(key) ?? 0) + 1);
  }
}

/** For each row of the joined batch, the delivery it came with. */
function deliveryByRow(deliveries: readonly Delivery[], rows: number): Int32Array {
  const byRow = new Int32Array(rows);
  let from = 0;
  for (const [index, { positions }] of deliveries.entries()) {
    if (!positions) continue;
    byRow.fill(index, from, from + positions.length);
    from += positions.length;
  }
  return byRow;
}
