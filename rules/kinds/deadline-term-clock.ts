// When the term of a leave or of a basis runs out, as the register said it at each instant. Pure: from all
// versions of a paper to stretches of time with the moment spoken of in each, so a version that comes
// late only means reckoning again.

import { addMonths, dayOf, startOfDay } from '../../core/calendar.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Level } from '../../core/finding.ts';
import { recordedTerms } from '../../core/bases-in-force.ts';
import type { BasisFact, FrameFact, LeaveFact, OrderFact } from '../../core/observation.ts';
import { effectiveAtMs, type OrderBook } from '../../core/order-book.ts';
import type { Basis } from '../../core/order.ts';
import type { SourceKind } from '../../core/source.ts';
import type { TermParams } from './deadline-params.ts';

/** From `fromMs` on, until the next one, this is what the register says. */
export type Segment = {
  readonly fromMs: number;
  /** Undefined where no clock runs: reported back, lifted, no order. */
  readonly term: Term | undefined;
  /** The version that says so; undefined where no order is in force. */
  readonly by: FrameFact | undefined;
};

export type Term = {
  readonly fromMs: number;
  readonly dueMs: number;
  /** Versions without which the term would be another, beside the one that says so. */
  readonly proof: readonly OrderFact[];
  readonly values: Readonly<Record<string, string | number | boolean>>;
};

export type Stage = {
  readonly id: string;
  /** Undefined for the end of the term, which has the rule's level for the class. */
  readonly level: Level | undefined;
};

/** One moment at a time is spoken of: the last that has come. */
export type Piece = {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Undefined where there is nothing to say. */
  readonly stage: Stage | undefined;
  /** Nobody can be told before the version is known. */
  readonly raiseAtMs: number;
  readonly segment: Segment;
};

/** From when on a version counts and was made; a further term of a basis counts once it is recorded. */
const madeAtMs = (fact: FrameFact): number =>
  fact.kind === 'basis' ? fact.atMs : Math.max(effectiveAtMs(fact), fact.atMs);

/**
 * Of one leave: it runs out unless it is ended, which is how reporting back is recorded. It ends with the
 * order it was granted under, and a later order does not take it up again.
 */
export function leaveSegments(
  orders: OrderBook,
  versions: readonly LeaveFact[],
  counts: (leave: LeaveFact) => boolean,
): Segment[] {
  const segments = versions.map((leave): Segment & { endsMs: number } => {
    const { leaveId, subject, atMs, fromMs, untilMs } = leave;
    const madeMs = madeAtMs(leave);
    const endsMs = orderEndsMs(orders, subject, atMs);
    const runs = leave.action !== 'end' && counts(leave) && madeMs < endsMs;
    const values = { leaveId, fromMs, untilMs, dueMs: untilMs };
    const term = runs ? { fromMs, dueMs: untilMs, proof: [], values } : undefined;
    return { fromMs: madeMs, term, by: leave, endsMs };
  });
  segments.sort((a, b) => a.fromMs - b.fromMs);
  return segments.flatMap(({ endsMs, ...segment }, index) => {
    const nextMs = segments[index + 1]?.fromMs ?? Infinity;
    if (!segment.term || endsMs >= nextMs) return [segment];
    const [{ subject }] = versions as [LeaveFact];
    return [segment, { fromMs: endsMs, term: undefined, by: orders.orderAt(subject, endsMs) }];
  });
}

/** When the order in force at an instant ends: when none is in force any more, or another one. */
function orderEndsMs(orders: OrderBook, subject: string, atMs: number): number {
  const orderId = orders.orderAt(subject, atMs)?.orderId;
  let { untilMs } = orders.orderSpan(subject, atMs);
  while (untilMs < Infinity && orders.orderAt(subject, untilMs)?.orderId === orderId) {
    ({ untilMs } = orders.orderSpan(subject, untilMs));
  }
  return untilMs;
}

/** Of one recorded basis: it runs out with the last term that has been recorded, unless it is lifted. */
export function recordedSegments(
  versions: readonly BasisFact[],
  counts: (basis: BasisFact) => boolean,
): Segment[] {
  const made = versions.toSorted((a, b) => madeAtMs(a) - madeAtMs(b));
  return made.map((version, index): Segment => {
    const known = made.slice(0, index + 1);
    const isLifted = known.some(({ action }) => action === 'end');
    const last = known.reduce((a, b) => (b.action !== 'end' && b.untilMs > a.untilMs ? b : a));
    const { basisId, documentNumber, fromMs, untilMs, sources } = last;
    const values = { basisId, documentNumber, fromMs, untilMs, dueMs: untilMs };
    const term = {
      fromMs,
      dueMs: untilMs,
      proof: [],
      values: { ...values, of: sources.join(' ') },
    };
    return {
      fromMs: madeAtMs(version),
      term: !isLifted && counts(last) ? term : undefined,
      by: version,
    };
  });
}

type Paper = {
  readonly basisId: string;
  readonly fromMs: number;
  readonly dueMs: number;
  readonly untilMs: number;
  /** The newest version that names it. */
  readonly by: OrderFact;
  /** The paper of the same basis that ran when this one began. */
  readonly before: Paper | undefined;
  /** That paper, if this one extends it by a later end: its term begins where that one's ends. */
  readonly extended: Paper | undefined;
  /** Its end was moved to before it was due: the measure was lifted. */
  readonly lifted: boolean;
  readonly basis: Basis;
};

/**
 * Of the bases that open one source, listed by the order or recorded beside it. A new paper with a later end
 * extends the term when it has the same basis, or begins before the one before it ends; the same paper with
 * a later end does so only up to `termMax`. A new paper with no later end takes the place of the one before.
 */
export function basisSegments(
  orders: OrderBook,
  subject: string,
  rule: {
    source: SourceKind;
    termMax: TermParams['termMax'];
    counts: (order: OrderFact) => boolean;
  },
): Segment[] {
  const versions = orders.factsOf(subject).filter((fact) => fact.kind === 'order');
  const opens = (basis: Basis) => basis.sources.includes(rule.source);
  const recorded = orders
    .recordedOf(subject)
    .filter(({ sources }) => sources.includes(rule.source));
  const instants = new Set([...versions, ...recorded].map(madeAtMs));
  for (const { bases, untilMs } of versions) {
    instants.add(untilMs);
    for (const basis of bases.filter(opens)) instants.add(basis.fromMs);
  }
  for (const { fromMs, atMs } of recorded) instants.add(Math.max(fromMs, atMs));
  let papers = new Map<string, Paper>();
  return [...instants]
    .sort((a, b) => a - b)
    .map((atMs): Segment => {
      const order = orders.orderAt(subject, atMs);
      const counted = order && rule.counts(order) ? order : undefined;
      const known = recorded.filter((version) => madeAtMs(version) <= atMs);
      const newest = known.findLast((version) => madeAtMs(version) === atMs) ?? order;
      const bases = counted ? [...counted.bases.filter(opens), ...standing(known)] : [];
      if (!order || bases.length === 0) {
        papers = new Map();
        return { fromMs: atMs, term: undefined, by: order && newest };
      }
      const listed = bases
        .toSorted((a, b) => a.fromMs - b.fromMs || a.untilMs - b.untilMs)
        .map((basis) => {
          const paper = paperOf(basis, { order, papers, atMs, termMax: rule.termMax });
          // The last one named is the one that a new paper takes up.
          papers.delete(nameOf(basis));
          papers.set(nameOf(basis), paper);
          return paper;
        });
      return { fromMs: atMs, term: chainAt(listed, atMs), by: newest };
    });
}

/** The terms of recorded bases that were not lifted. */
function standing(versions: readonly BasisFact[]): Basis[] {
  const lifted = new Set(
    versions.filter(({ action }) => action === 'end').map(({ basisId }) => basisId),
  );
  return recordedTerms(versions.filter(({ basisId }) => !lifted.has(basisId)));
}

const nameOf = ({ id, documentNumber }: Basis): string => `${id} ${documentNumber}`;

function paperOf(
  basis: Basis,
  known: {
    order: OrderFact;
    papers: ReadonlyMap<string, Paper>;
    atMs: number;
    termMax: TermParams['termMax'];
  },
): Paper {
  const { order, papers, atMs, termMax } = known;
  const same = papers.get(nameOf(basis));
  const last = [...papers.values()].findLast(({ basisId }) => basisId === basis.id);
  const before = same ? same.before : last && basis.fromMs < last.dueMs ? last : undefined;
  const extended = before && basis.untilMs > before.dueMs ? before : undefined;
  const fromMs = extended ? extended.dueMs : basis.fromMs;
  return {
    basisId: basis.id,
    fromMs,
    dueMs: Math.min(basis.untilMs, latestEnd(fromMs, termMax)),
    untilMs: basis.untilMs,
    by: order,
    before,
    extended,
    lifted:
      same !== undefined && (same.lifted || basis.untilMs < same.untilMs) && basis.untilMs <= atMs,
    basis,
  };
}

/** The end of the day so many months or days on. */
function latestEnd(fromMs: number, termMax: TermParams['termMax']): number {
  if (!termMax) return Infinity;
  const { amount, unit } = termMax;
  const day = dayOf(fromMs);
  return startOfDay((unit === 'month' ? addMonths(day, amount) : day + amount) + 1);
}

/** Papers that follow on each other without a gap are one term; of several the last that has begun. */
function chainAt(listed: readonly Paper[], atMs: number): Term | undefined {
  let chain: { dueMs: number; last: Paper } | undefined;
  for (const paper of withExtended(listed).sort((a, b) => a.fromMs - b.fromMs)) {
    const follows = chain !== undefined && paper.fromMs <= chain.dueMs;
    if (!follows && paper.fromMs > atMs) continue;
    if (follows && chain && paper.dueMs <= chain.dueMs) continue;
    chain = { dueMs: paper.dueMs, last: paper };
  }
  if (!chain || chain.last.lifted) return undefined;
  const { last, dueMs } = chain;
  const proof: OrderFact[] = [];
  for (let one = last.extended; one; one = one.extended) proof.unshift(one.by);
  const { id, documentNumber } = last.basis;
  return {
    fromMs: last.fromMs,
    dueMs,
    proof,
    values: {
      basisId: id,
      documentNumber,
      fromMs: last.fromMs,
      untilMs: last.untilMs,
      dueMs,
      ...(last.untilMs > dueMs ? { overLong: true } : {}),
    },
  };
}

/** What a paper extends counts, though the order may name the extension alone. */
const withExtended = (papers: readonly Paper[]): Paper[] => {
  const all = new Set(papers);
  for (const { extended } of all) if (extended) all.add(extended);
  return [...all];
};

/** The moments of every stretch, by time and without a gap. */
export function piecesOf(segments: readonly Segment[], params: TermParams): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, segment] of segments.entries()) {
    const untilMs = segments[index + 1]?.fromMs ?? Infinity;
    const knownAtMs = Math.max(segment.fromMs, segment.by?.receivedAtMs ?? 0);
    const moments = segment.term ? momentsOf(segment.term, params) : [];
    const starts = [segment.fromMs, ...moments.map(({ atMs }) => atMs)].filter(
      (atMs) => atMs >= segment.fromMs && atMs < untilMs,
    );
    for (const [at, fromMs] of starts.entries()) {
      const stage = moments.findLast(({ atMs }) => atMs <= fromMs)?.stage;
      const endMs = starts[at + 1] ?? untilMs;
      if (endMs > fromMs) {
        const raiseAtMs = Math.max(fromMs, knownAtMs);
        add(pieces, { fromMs, untilMs: endMs, stage, raiseAtMs, segment });
      }
    }
  }
  return pieces;
}

/** Goes on with the piece before where that says the same and could be told. */
function add(pieces: Piece[], piece: Piece): void {
  const before = pieces.at(-1);
  if (before?.stage?.id !== piece.stage?.id || !before || before.raiseAtMs >= before.untilMs) {
    pieces.push(piece);
  } else pieces[pieces.length - 1] = { ...before, untilMs: piece.untilMs };
}

/** A warning longer than the whole term says nothing. */
function momentsOf(
  { fromMs, dueMs }: Term,
  { warnings, escalations, grace, atEnd }: TermParams,
): { atMs: number; stage: Stage | undefined }[] {
  return [
    ...warnings
      .filter(({ left }) => left < dueMs - fromMs)
      .map(({ left, level }) => ({
        atMs: dueMs - left,
        stage: { id: `left ${formatDuration(left)}`, level },
      })),
    {
      atMs: dueMs + grace,
      stage: atEnd === 'nothing' ? undefined : { id: 'overdue', level: undefined },
    },
    ...escalations.map(({ after, level }) => ({
      atMs: dueMs + grace + after,
      stage: { id: `overdue by ${formatDuration(after)}`, level },
    })),
  ].sort((a, b) => a.atMs - b.atMs);
}
