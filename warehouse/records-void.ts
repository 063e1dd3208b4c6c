// The records of orders that were recorded void, as TypeScript sees them.

import type { RegionCode } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';

/** What was void: the order itself, or the legal basis it rests on. */
export const VOID_BECAUSE = ['order-void', 'basis-void'] as const;

export type VoidBecause = (typeof VOID_BECAUSE)[number];

/** An order somebody recorded as void; nothing happens before the person named has confirmed it. */
export type VoidProposalTable = {
  id: string;
  subject: SubjectKey;
  orderId: string;
  /** The bureau of the order when it was proposed. */
  county: RegionCode;
  because: VoidBecause;
  /** Of the paper that says so. */
  documentNumber: string;
  reason: string;
  proposedBy: string;
  proposedAtMs: EpochMs;
  /** The account that is to confirm it. */
  confirmer: string;
  decision: 'confirmed' | 'refused' | null;
  decidedBy: string | null;
  decidedAtMs: EpochMs | null;
  decisionNote: string | null;
  /** When the gate was closed and the deletion begun; null while that is still to come. */
  publishedAtMs: EpochMs | null;
};

export type VoidTables = { voidProposal: VoidProposalTable };
