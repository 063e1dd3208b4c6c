// The records of packages between sites, as TypeScript sees them.

import type { FactArrival } from '../core/observation.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** What was made for whom; each receiver is sent rising numbers. */
export type PackageExportTable = {
  id: string;
  /** Fingerprint of the receiver's key. */
  receiver: string;
  sequence: number;
  madeAtMs: EpochMs;
};

export type PackageImportTable = {
  /** Of the package: the hash of its head. */
  id: string;
  /** Fingerprint of the sender's key. */
  sender: string;
  sequence: number;
  orders: number;
  identities: number;
  appliedAtMs: EpochMs;
  undoneAtMs: EpochMs | null;
  /** What the vault held before, sealed. */
  undo: Uint8Array;
};

/** `handing`: on its way; `handed`: the log has it; `withdrawn`: taken back while it waited. */
export type PackageOrderState = 'waiting' | 'handing' | 'handed' | 'withdrawn';

export type PackageOrderTable = {
  id: string;
  packageId: string;
  fact: JsonText<FactArrival>;
  state: PackageOrderState;
  atMs: EpochMs;
};

export type PackageTables = {
  packageExport: PackageExportTable;
  packageImport: PackageImportTable;
  packageOrder: PackageOrderTable;
};
