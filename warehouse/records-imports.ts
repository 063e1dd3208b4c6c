// The records of imports into the warehouse and of what analysts asked it, as TypeScript sees them.

import type { EpochMs } from '../core/time.ts';
import type { Mapping } from './import/mapping.ts';
import type { JsonText } from './json-column.ts';

/** `writing`: some of it is in the warehouse; `undoing`: some of it may still be. */
export type DataImportState = 'writing' | 'done' | 'undoing' | 'undone';

export type DataImportTable = {
  /** Of the file and the mapping: the same file read the same way is the same import. */
  id: string;
  kind: Mapping['as'];
  /** Without the folders it lay in. */
  fileName: string;
  digest: string;
  mapping: JsonText<Mapping>;
  state: DataImportState;
  /** How many pieces are in the warehouse. */
  pieces: number;
  rowCount: number;
  refused: number;
  importedBy: string;
  startedAtMs: EpochMs;
  endedAtMs: EpochMs | null;
  undoneBy: string | null;
};

export type SqlStatementTable = {
  id: string;
  accountId: string;
  statement: string;
  purpose: string;
  /** `done`, `cancelled`, or the code of what was wrong. */
  outcome: string;
  rowCount: number;
  durationMs: number;
  atMs: EpochMs;
};

export type ImportTables = {
  dataImport: DataImportTable;
  sqlStatement: SqlStatementTable;
};
