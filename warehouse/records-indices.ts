// The records of indices, as TypeScript sees them: references that were frozen, figures that were published.

import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** What a definition takes from its reference year. Append-only; the newest of a version holds. */
export type IndexReferenceTable = {
  id: string;
  indexId: string;
  version: string;
  body: string;
  madeAtMs: EpochMs;
};

/** A published figure and what it replaced. */
export type IndexChange = {
  readonly region: string;
  readonly node: string;
  readonly before: number | null;
  readonly after: number | null;
};

/** A proposal to publish; nothing of it is changed but that it is decided, once. */
export type IndexPublicationTable = {
  id: string;
  indexId: string;
  period: string;
  /** From 1 in the order of proposals. */
  number: number;
  kind: 'first' | 'restatement';
  state: 'proposed' | 'published' | 'refused';
  version: string;
  reason: string;
  /** FrozenFigures of app/indices/publications.ts, as text. */
  body: string;
  /** SHA-256 of the body. */
  contentHash: string;
  changes: JsonText<readonly IndexChange[]>;
  proposedBy: string;
  proposedAtMs: EpochMs;
  decidedBy: string | null;
  decidedAtMs: EpochMs | null;
  note: string | null;
};

export type IndexTables = {
  indexReference: IndexReferenceTable;
  indexPublication: IndexPublicationTable;
};
