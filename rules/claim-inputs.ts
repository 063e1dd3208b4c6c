// What an alert rests on as input for an engine, observation by observation. In the order in which they
// came, what was heard before an order stands before it; with the orders first, what happened before an
// order was recorded that counts from earlier is judged by it. An alert is proven when either proves it.

import type { RaisedFinding } from '../core/finding.ts';
import { isFrameKind, type Fact, type Observation, type Position } from '../core/observation.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import { LABEL, type Label } from '../core/position-codes.ts';
import type { EngineInput } from './engine.ts';

export const EVIDENCE_ORDERS = ['as-it-came', 'orders-first'] as const;

export type EvidenceOrder = (typeof EVIDENCE_ORDERS)[number];

/** What an alert says of itself, as far as it can be derived again. */
export type Grounds = Pick<RaisedFinding, 'evidence' | 'values' | 'atMs'>;

/**
 * The evidence of an alert, with what became known later put in where it belongs in time. Time itself is
 * not part of it: whoever steps an engine says how far it has come.
 */
export function inputsOf(
  { evidence, values, atMs }: Grounds,
  by: EvidenceOrder,
  added: readonly Observation[] = [],
): EngineInput[] {
  const sequence = evidence.toSorted(by === 'as-it-came' ? byArrival : byRank);
  for (const late of added) {
    const after = sequence.findIndex((one) => !isPaper(one) && one.atMs > late.atMs);
    sequence.splice(after === -1 ? sequence.length : after, 0, late);
  }
  const inputs = sequence.map(inputOfOne);
  // Silence is measured in time during which the platform listened; the alert states what to leave out.
  // It follows on what was heard last.
  const gapMs = typeof values['gapMs'] === 'number' ? values['gapMs'] : 0;
  if (gapMs > 0) {
    const heard = sequence.findIndex((one) => !isPaper(one));
    const gap = { fromMs: atMs - gapMs, untilMs: atMs };
    inputs.splice(heard === -1 ? inputs.length : heard + 1, 0, { watermarkMs: 0, gap });
  }
  return inputs;
}

/** One observation as a record of its own; time stays where it is. */
export const inputOfOne = (observation: Observation): EngineInput =>
  observation.kind === 'position'
    ? { watermarkMs: 0, positions: batchOf([observation]) }
    : { watermarkMs: 0, facts: [observation as Fact] };

/** Orders count before bases and leaves, these before other facts, facts before positions, as at ingest. */
export const rankOf = ({ kind }: Observation): number =>
  kind === 'order' ? 0 : isFrameKind(kind) ? 1 : kind === 'position' ? 3 : 2;

const isPaper = ({ kind }: Observation): boolean => kind === 'order' || kind === 'basis';

const byArrival = (a: Observation, b: Observation): number =>
  a.receivedAtMs - b.receivedAtMs || rankOf(a) - rankOf(b) || a.atMs - b.atMs;

/** Orders as they came, so that a change does not stand before what it changed; the rest as it lies. */
const byRank = (a: Observation, b: Observation): number => {
  const papersFirst = Number(isPaper(b)) - Number(isPaper(a));
  return papersFirst || (isPaper(a) ? rankOf(a) - rankOf(b) || a.atMs - b.atMs : 0);
};

/** Positions as columns, every admitted field as it was. */
export function batchOf(positions: readonly Position[]): PositionBatch {
  const builder = createPositionBuilder(positions.length);
  for (const position of positions) {
    const labels = position.labels.reduce((bits, label) => bits | LABEL[label as Label], 0);
    builder.add({ ...position, labels });
  }
  const batch = builder.drain();
  for (const [row, position] of positions.entries()) {
    batch.receivedAtMs[row] = position.receivedAtMs;
    batch.region[row] = Number(position.region ?? 0);
  }
  return batch;
}
