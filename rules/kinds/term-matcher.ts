// The port through which keyword rules find terms, and the plainest matcher that fulfils it.

import type { Level } from '../../core/finding.ts';

export type TermHit = {
  readonly termId: string;
  readonly category: string;
  /** 1 is the gravest. */
  readonly level: Level;
  /** UTF-16 offsets into the text, the end exclusive. */
  readonly start: number;
  readonly end: number;
};

export type TermMatcher = {
  /** Names lists and matcher; stands in every alert that rests on them. */
  readonly version: string;
  /** Every place where a term stands, overlaps included, by start, then end, then term. */
  scan(text: string): TermHit[];
};

export type Term = {
  readonly termId: string;
  readonly category: string;
  readonly level: Level;
  readonly text: string;
};

/** Looks for each term from the beginning to the end: the measure of what any faster matcher must find. */
export function createReferenceMatcher(terms: readonly Term[], version: string): TermMatcher {
  return {
    version,
    scan(text) {
      const hits = terms.flatMap(({ text: wanted, termId, category, level }) =>
        placesOf(wanted, text).map((start) => ({
          termId,
          category,
          level,
          start,
          end: start + wanted.length,
        })),
      );
      return hits.sort(
        (a, b) => a.start - b.start || a.end - b.end || (a.termId < b.termId ? -1 : 1),
      );
    },
  };
}

function placesOf(wanted: string, text: string): number[] {
  const places: number[] = [];
  if (wanted === '') return places;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}
