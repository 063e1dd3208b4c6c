// The records of the duty roster, as TypeScript sees them.

import type { Generated } from 'kysely';
import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';

/** What happened to a change of the duty roster: a swap is agreed, perhaps confirmed; any may be withdrawn. */
export type RosterActKind = 'made' | 'agreed' | 'confirmed' | 'declined' | 'withdrawn';

/**
 * What people did to the duty roster, append-only. Rows in `seq` order, so who writes here takes the turn
 * `roster` first (Records.takeTurn).
 */
export type RosterActTable = {
  seq: Generated<number>;
  /** Content id: doing the same thing twice leaves one row. */
  id: string;
  changeId: string;
  act: RosterActKind;
  bureau: RegionCode;
  /** The change itself, in the row `made`; see alerts/roster/plan-changes.ts. */
  body: string | null;
  /** End of the change: later it has no effect any more. */
  untilMs: EpochMs;
  reason: string;
  /** An account id. */
  actedBy: string;
  atMs: EpochMs;
};

/** What an officer leaves for whoever comes on duty next. Append-only. */
export type RosterNoteTable = {
  id: string;
  bureau: RegionCode;
  /** Whose turn ends, and the turn. */
  officer: string;
  turnFromMs: EpochMs;
  turnUntilMs: EpochMs;
  body: string;
  /** An account id. */
  writtenBy: string;
  atMs: EpochMs;
};

export type RosterNoteSeenTable = {
  noteId: string;
  accountId: string;
  atMs: EpochMs;
};

/** A number being tried: a code went out to it and is to be entered. */
export type PhoneCheckTable = {
  id: string;
  officer: string;
  phone: string;
  /** SHA-256 of id and code. */
  codeHash: string;
  /** An account id. */
  askedBy: string;
  askedAtMs: EpochMs;
  expiresAtMs: EpochMs;
  /** Codes entered so far. */
  tries: number;
  passedAtMs: EpochMs | null;
};
