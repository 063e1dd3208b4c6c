// What is in force about a person at an instant, in the words of the law rather than of the stream: every
// measure with its papers and how much of its term is left, every source open or closed and why.

import { basesUnder } from '../../core/bases-in-force.ts';
import { DAY_MS } from '../../core/local-time.ts';
import type { BasisFact, OrderFact } from '../../core/observation.ts';
import type { OrderBook } from '../../core/order-book.ts';
import type { Basis } from '../../core/order.ts';
import {
  IMPERSONAL_SOURCES,
  MOVEMENT_SOURCES,
  SOURCE_KINDS,
  type SourceKind,
} from '../../core/source.ts';
import { isMonitoring, type BasisLimits } from './limits.ts';

export type Term = Pick<
  BasisFact,
  'documentNumber' | 'approvedBy' | 'fromMs' | 'untilMs' | 'recordedBy' | 'confirmedBy'
> & { readonly recordedAtMs: number };

export type MeasureState = 'to-come' | 'running' | 'ended' | 'lifted' | 'without-order';

export type Measure = {
  readonly basisId: string;
  /** Listed by the order, or recorded beside it. */
  readonly kind: 'order' | 'recorded';
  readonly article: string;
  readonly documentNumber: string;
  readonly approvedBy: string;
  readonly sources: readonly SourceKind[];
  readonly area: readonly string[];
  readonly ground: BasisFact['ground'] | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly state: MeasureState;
  /** Whole days to the end, 0 on the last one; null where it is not running. */
  readonly daysLeft: number | null;
  readonly liftedAtMs: number | null;
  readonly terms: readonly Term[];
  readonly renewals: number;
  /** Null where nothing bounds it. */
  readonly renewalsMax: number | null;
};

export type SourceBecause =
  | 'order'
  | 'recorded'
  | 'no-order'
  | 'lifted'
  | 'ended'
  | 'to-come'
  | 'needs-its-own'
  | 'never';

export type SourceState = {
  readonly source: SourceKind;
  readonly open: boolean;
  readonly because: SourceBecause;
  readonly documentNumber: string | null;
  /** When it closes, or closed. */
  readonly untilMs: number | null;
};

/** Every measure about the person as known to the book, those in force first, then the newest. */
export function measuresOf(
  book: OrderBook,
  subject: string,
  { atMs, limits }: { atMs: number; limits: BasisLimits },
): Measure[] {
  const order = book.orderAt(subject, atMs);
  const listed = order ? basesUnder(order, []).map((basis) => ofOrder(basis, order, atMs)) : [];
  const byId = new Map<string, BasisFact[]>();
  for (const version of book.recordedOf(subject)) {
    byId.set(version.basisId, [...(byId.get(version.basisId) ?? []), version]);
  }
  const recorded = [...byId.values()].flatMap((versions) => {
    const measure = ofRecorded(versions, { atMs, limits, hasOrder: order !== undefined });
    return measure ? [measure] : [];
  });
  const rank = ({ state }: Measure) => (state === 'running' ? 0 : state === 'to-come' ? 1 : 2);
  return [...recorded, ...listed].toSorted((a, b) => rank(a) - rank(b) || b.untilMs - a.untilMs);
}

function ofOrder(basis: Basis, order: OrderFact, atMs: number): Measure {
  const untilMs = Math.min(basis.untilMs, order.untilMs);
  const state = stateOf({ fromMs: basis.fromMs, untilMs, liftedAtMs: null }, atMs, true);
  return {
    basisId: basis.id,
    kind: 'order',
    article: basis.article,
    documentNumber: basis.documentNumber,
    approvedBy: basis.approvedBy,
    sources: basis.sources,
    area: order.area,
    ground: null,
    fromMs: basis.fromMs,
    untilMs,
    state,
    daysLeft: state === 'running' ? daysTo(untilMs, atMs) : null,
    liftedAtMs: null,
    terms: [],
    renewals: 0,
    renewalsMax: null,
  };
}

function ofRecorded(
  versions: readonly BasisFact[],
  { atMs, limits, hasOrder }: { atMs: number; limits: BasisLimits; hasOrder: boolean },
): Measure | undefined {
  const terms = versions
    .filter(({ action }) => action !== 'end')
    .toSorted((a, b) => a.fromMs - b.fromMs);
  const [first, last] = [terms[0], terms.at(-1)];
  if (!first || !last) return undefined;
  const lifted = versions.filter(({ action }) => action === 'end').map((version) => version.atMs);
  const liftedAtMs = lifted.length > 0 ? Math.min(...lifted) : null;
  const span = { fromMs: first.fromMs, untilMs: last.untilMs, liftedAtMs };
  const isOpen = terms.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
  const state = stateOf(span, atMs, hasOrder);
  const shown = state === 'running' && !isOpen ? 'to-come' : state;
  return {
    basisId: last.basisId,
    kind: 'recorded',
    article: last.article,
    documentNumber: last.documentNumber,
    approvedBy: last.approvedBy,
    sources: last.sources,
    area: last.area,
    ground: last.ground ?? null,
    ...span,
    state: shown,
    daysLeft: shown === 'running' ? daysTo(last.untilMs, atMs) : null,
    terms: terms.map((term) => ({
      documentNumber: term.documentNumber,
      approvedBy: term.approvedBy,
      fromMs: term.fromMs,
      untilMs: term.untilMs,
      recordedBy: term.recordedBy,
      confirmedBy: term.confirmedBy,
      recordedAtMs: term.atMs,
    })),
    renewals: terms.filter(({ action }) => action === 'renew').length,
    renewalsMax: isMonitoring(last.sources) ? limits.monitoringRenewals : null,
  };
}

function stateOf(
  { fromMs, untilMs, liftedAtMs }: { fromMs: number; untilMs: number; liftedAtMs: number | null },
  atMs: number,
  hasOrder: boolean,
): MeasureState {
  if (liftedAtMs !== null && liftedAtMs <= atMs) return 'lifted';
  if (untilMs <= atMs) return 'ended';
  if (!hasOrder) return 'without-order';
  return fromMs > atMs ? 'to-come' : 'running';
}

const daysTo = (untilMs: number, atMs: number): number => Math.floor((untilMs - atMs) / DAY_MS);

/** Every source there is about a person, and whether the gate lets it in at `atMs`. */
export function sourcesOf(book: OrderBook, subject: string, atMs: number): SourceState[] {
  const kinds = (Object.keys(SOURCE_KINDS) as SourceKind[]).filter(
    (source) => !IMPERSONAL_SOURCES.has(source),
  );
  const recorded = book.recordedOf(subject);
  const order = book.orderAt(subject, atMs);
  return kinds.map((source): SourceState => {
    const basis = book.basisAt(subject, source, atMs);
    if (basis) {
      const isRecorded = recorded.some(({ basisId }) => basisId === basis.id);
      const because = isRecorded ? 'recorded' : 'order';
      return { source, open: true, because, ...paperOf(basis) };
    }
    const closed = { source, open: false, documentNumber: null, untilMs: null };
    if (!order) return { ...closed, because: 'no-order' };
    const lapsed = book.lapsedAt(subject, source, atMs);
    if (lapsed) {
      const isLifted = recorded.some(
        ({ action, basisId, atMs: liftedMs }) =>
          action === 'end' && basisId === lapsed.id && liftedMs <= atMs,
      );
      return { ...closed, because: isLifted ? 'lifted' : 'ended', ...paperOf(lapsed) };
    }
    const coming = book.basesAt(subject, atMs).find(({ sources }) => sources.includes(source));
    if (coming) return { ...closed, because: 'to-come', documentNumber: coming.documentNumber };
    const needsItsOwn = order.category === 'ra' && MOVEMENT_SOURCES.has(source);
    return { ...closed, because: needsItsOwn ? 'needs-its-own' : 'never' };
  });
}

const paperOf = ({ documentNumber, untilMs }: Basis) => ({ documentNumber, untilMs });
