// ③ What happens to everything that arrives, in order. Reads as a table of contents; each step is a file.

import type { Delivery, Receipt } from '../connectors/publish.ts';
import type { Fact, FactArrival } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';
import { selectPositions, type PositionBatch } from '../core/position-batch.ts';
import { concatPositions, orderByTime } from '../core/position-merge.ts';
import { subjectKey } from '../core/subject.ts';
import { SubjectTable } from '../core/subject-table.ts';
import type { EpochMs } from '../core/time.ts';
import { createContacts } from './contacts.ts';
import { Keep } from './keep.ts';
import { createLapsed } from './lapsed.ts';
import { Ledger, type DeadLetter, type Tally } from './ledger.ts';
import type { AppendBatch } from './log.ts';
import type { ReasonCode } from './reasons.ts';
import type { Run, Step } from './step.ts';
import { createAdmit } from './steps/admit.ts';
import { CLEAN_DEFAULTS, createCleanPosition, type CleanOptions } from './steps/clean-position.ts';
import { createDedupe, DEDUPE_DEFAULTS, type DedupeOptions } from './steps/dedupe.ts';
import { createIdentify, type Directory } from './steps/identify.ts';
import { createLocate, type Locator } from './steps/locate.ts';

export type PipelineDeps = { directory: Directory; orders: OrderBook; locator: Locator };

export type PipelineOptions = { partitions: number; clean?: CleanOptions; dedupe?: DedupeOptions };

export type Processed = {
  /** What goes into the topic `observations`, by partition, facts before positions. */
  readonly batches: AppendBatch[];
  readonly deadLetters: DeadLetter[];
  readonly tallies: Tally[];
  /** One per delivery, in their order. */
  readonly receipts: Receipt[];
  /** Admitted observations by kind. */
  readonly admittedByKind: Readonly<Record<string, number>>;
};

export type Pipeline = {
  /**
   * Judges deliveries that arrived together; owns and changes their columns from here on. Without
   * `receivedAtMs` each observation counts as received when it happened, as a replay of history wants.
   */
  process(
    deliveries: readonly Delivery[],
    at: { receivedAtMs?: EpochMs; watermarkMs: EpochMs },
  ): Processed;
  /** After a restart: takes in what the log holds already, so that it is recognised when it comes again. */
  recall(kept: { positions?: PositionBatch; facts?: readonly Fact[] }): void;
};

export function createPipeline(deps: PipelineDeps, options: PipelineOptions): Pipeline {
  const subjects = new SubjectTable();
  const { orders } = deps;
  const dedupe = createDedupe(options.dedupe ?? DEDUPE_DEFAULTS);
  const steps: readonly Step[] = [
    createIdentify({ directory: deps.directory, orders, subjects }),
    createAdmit({ orders, subjects }),
    dedupe,
    createCleanPosition(options.clean ?? CLEAN_DEFAULTS),
    createLocate(deps.locator),
  ];
  const keep = new Keep(options.partitions, subjects);
  const contacts = createContacts({ orders, subjects });
  const lapsed = createLapsed({ orders, subjects });

  /** Of positions that are in the log: a crash may have come before their own partition had them. */
  let recalledContacts: Fact[] = [];

  const keepMade = (facts: readonly Fact[], ledger: Ledger) => {
    for (const fact of facts) {
      if (dedupe.fact(fact).kind !== 'ok') continue;
      ledger.factMade(fact);
      keep.fact(fact);
    }
  };

  return {
    process(deliveries, { receivedAtMs, watermarkMs }) {
      const ledger = new Ledger(deliveries.length);
      keepMade(recalledContacts, ledger);
      recalledContacts = [];
      for (const [index, delivery] of deliveries.entries()) {
        for (const arrival of delivery.facts ?? []) {
          const judged = judgeFact(steps, arrival, { receivedAtMs, index, ledger, keep });
          if (judged.kept) contacts.learn(judged.fact);
          else if (judged.reason === 'no-basis') keepMade(lapsed.ofFact(judged.fact), ledger);
        }
      }
      const parts = deliveries
        .map((delivery) => delivery.positions)
        .filter((part) => part !== undefined);
      if (parts.length > 0) {
        const { run, order } = judgePositions(steps, concatPositions(parts), receivedAtMs);
        ledger.positions(run, order, deliveries);
        keep.positions(run);
        keepMade(contacts.of(run), ledger);
        keepMade(lapsed.of(run), ledger);
      }
      return { ...ledger.result(), batches: keep.drain(watermarkMs) };
    },
    recall({ positions, facts }) {
      for (const fact of facts ?? []) {
        subjects.slotOf(fact.subject);
        for (const step of steps) step.recall?.fact(fact);
        contacts.learn(fact);
      }
      if (!positions) return;
      const slotByWord = subjects.slotsOf(positions.subjects);
      const run = newRun(positions);
      for (let row = 0; row < positions.length; row++) {
        run.slots[row] = slotByWord[positions.subject[row] as number] as number;
      }
      for (const step of steps) step.recall?.positions(run);
      recalledContacts.push(...contacts.of(run));
    },
  };
}

const newRun = (batch: PositionBatch): Run => ({
  batch,
  slots: new Int32Array(batch.length),
  verdicts: new Uint8Array(batch.length),
});

/** Puts the rows in order of event time and takes them through the steps. */
function judgePositions(
  steps: readonly Step[],
  batch: PositionBatch,
  receivedAtMs: EpochMs | undefined,
) {
  const order = orderByTime(batch);
  const run = newRun(order ? selectPositions(batch, order) : batch);
  if (receivedAtMs === undefined) run.batch.receivedAtMs.set(run.batch.atMs);
  else run.batch.receivedAtMs.fill(receivedAtMs);
  for (const step of steps) step.positions(run);
  return { run, order };
}

type Judged =
  | { readonly kept: true; readonly fact: Fact }
  | { readonly kept: false; readonly fact: Fact; readonly reason: ReasonCode };

function judgeFact(
  steps: readonly Step[],
  arrival: FactArrival,
  to: { receivedAtMs: EpochMs | undefined; index: number; ledger: Ledger; keep: Keep },
): Judged {
  let fact = {
    ...arrival,
    subject: subjectKey(arrival.subject),
    id: '',
    receivedAtMs: to.receivedAtMs ?? arrival.atMs,
  } as Fact;
  for (const step of steps) {
    const outcome = step.fact(fact);
    if (outcome.kind !== 'ok') {
      to.ledger.factStopped(to.index, fact, outcome);
      return { kept: false, fact, reason: outcome.reason };
    }
    fact = outcome.value;
  }
  to.ledger.factAdmitted(to.index, fact);
  to.keep.fact(fact);
  return { kept: true, fact };
}
