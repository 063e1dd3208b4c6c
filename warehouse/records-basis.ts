// The records of recorded bases, as TypeScript sees them: the versions in force, what waits for a second
// person, and how much the gate refused.

import type { BasisFact } from '../core/observation.ts';
import type { RegionCode } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** Every version of every recorded basis, as it came from the log. */
export type BasisVersionTable = {
  /** The observation's id. */
  id: string;
  subject: SubjectKey;
  basisId: string;
  action: BasisFact['action'];
  atMs: EpochMs;
  fromMs: EpochMs;
  untilMs: EpochMs;
  body: JsonText<BasisFact>;
};

/** What the paper says, before anybody confirmed it. */
export type BasisPaper = Pick<
  BasisFact,
  | 'action'
  | 'basisId'
  | 'article'
  | 'documentNumber'
  | 'approvedBy'
  | 'sources'
  | 'area'
  | 'ground'
  | 'fromMs'
  | 'untilMs'
>;

export type BasisDecision = 'confirmed' | 'refused';

/** A basis somebody recorded; it opens nothing before the person named has confirmed it. */
export type BasisProposalTable = {
  id: string;
  subject: SubjectKey;
  basisId: string;
  /** The bureau of the order when it was proposed. */
  county: RegionCode;
  paper: JsonText<BasisPaper>;
  reason: string;
  proposedBy: string;
  proposedAtMs: EpochMs;
  /** The account that is to confirm it. */
  confirmer: string;
  decision: BasisDecision | null;
  decidedBy: string | null;
  decidedAtMs: EpochMs | null;
  decisionNote: string | null;
  /** When it was handed to ingest; null while that is still to come. */
  publishedAtMs: EpochMs | null;
};

/** How many arrivals the gate refused in an hour, by feed and reason. Nothing of what they said is anywhere. */
export type RefusalHourTable = {
  hourMs: EpochMs;
  source: string;
  reason: string;
  count: number;
};
