// The port of outside witnesses: who keeps our checkpoints where we cannot reach them, and refuses one that
// contradicts what it has.

import type { SignedCheckpoint } from './checkpoint.ts';
import type { PublicKey } from './signer.ts';

export type Shown = {
  readonly key: PublicKey;
  readonly number: number;
  readonly size: number;
  readonly signed: SignedCheckpoint;
  /** Proof that the trail of `size` begins with that of `first`. */
  readonly proofFrom: (first: number) => Promise<readonly string[]>;
};

export type Witness = {
  readonly name: string;
  /** Gives whether it was kept; rejects when the witness cannot be reached, to be tried again. */
  show(shown: Shown): Promise<'accepted' | 'refused'>;
};
