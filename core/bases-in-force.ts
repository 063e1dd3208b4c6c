// Which papers count for a person: those the order lists and those recorded beside it, with the rule that
// about persons in resettlement each movement source needs a recorded basis of its own.

import type { BasisFact, OrderFact } from './observation.ts';
import type { Basis } from './order.ts';
import { MOVEMENT_SOURCES, type SourceKind } from './source.ts';

/** The terms of recorded bases as bases; what was lifted ends then, and what never began is left out. */
export function recordedTerms(versions: readonly BasisFact[]): Basis[] {
  const liftedAtMs = new Map<string, number>();
  for (const { action, basisId, atMs } of versions) {
    if (action === 'end') liftedAtMs.set(basisId, Math.min(atMs, liftedAtMs.get(basisId) ?? atMs));
  }
  return versions
    .filter(({ action }) => action !== 'end')
    .map(({ basisId, article, documentNumber, approvedBy, sources, fromMs, untilMs }) => ({
      id: basisId,
      article,
      documentNumber,
      approvedBy,
      sources,
      fromMs,
      untilMs: Math.min(untilMs, liftedAtMs.get(basisId) ?? Infinity) as Basis['untilMs'],
    }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs);
}

/** Every basis that counts under an order, running or not. `recorded` are terms. */
export function basesUnder(
  { category, bases }: Pick<OrderFact, 'category' | 'bases'>,
  recorded: readonly Basis[],
): readonly Basis[] {
  if (category === 'cc') return recorded.length === 0 ? bases : [...bases, ...recorded];
  return [
    ...bases.flatMap(withoutMovement),
    ...recorded.flatMap((basis) => (isOfItsOwn(basis) ? [basis] : withoutMovement(basis))),
  ];
}

/** What is left of a basis that cannot open movement sources. */
function withoutMovement(basis: Basis): Basis[] {
  if (!basis.sources.some((source) => MOVEMENT_SOURCES.has(source))) return [basis];
  const sources = basis.sources.filter((source) => !MOVEMENT_SOURCES.has(source));
  return sources.length > 0 ? [{ ...basis, sources }] : [];
}

/** One paper opens one movement source. */
const isOfItsOwn = ({ sources }: Pick<Basis, 'sources'>): boolean =>
  sources.length === 1 || !sources.some((source) => MOVEMENT_SOURCES.has(source));

/** Of the bases that name the source and have ended by `atMs`, the last to end. */
export function lapsedBasis(
  bases: readonly Basis[],
  source: SourceKind,
  atMs: number,
): Basis | undefined {
  let last: Basis | undefined;
  for (const basis of bases) {
    if (!basis.sources.includes(source) || basis.untilMs > atMs) continue;
    if (!last || basis.untilMs > last.untilMs) last = basis;
  }
  return last;
}
