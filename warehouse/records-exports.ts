// The records of exports, as TypeScript sees them: the ledger of files and the requests for large ones. They
// hold counts, codes and digests; no person stands in them.

import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

export const EXPORT_FORMATS = [
  'csv',
  'xlsx',
  'docx',
  'pdf',
  'png',
  'json',
  'ndjson',
  'duckdb',
  'parquet',
  'paper',
] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The question a file answers: codes, numbers and times, never words about a person. */
export type ExportAbout = Readonly<Record<string, string | number | boolean>>;

/** `made`: handed over, its end not seen; `taken`: all of it was; `broken-off`: only a part was. */
export type ExportFileState = 'made' | 'taken' | 'broken-off';

/** One file. Only `state` and `takenAtMs` change. */
export type ExportFileTable = {
  /** As it stands in the mark: `EX20261127-7K2M9QXD`. */
  number: string;
  /** One of security/exports/export-kinds.ts. */
  kind: string;
  /** The function of the policy it was taken by. */
  grantedBy: string;
  /** An account id. */
  exporter: string;
  region: RegionCode;
  about: JsonText<ExportAbout>;
  titleZh: string;
  titleEn: string;
  /** In the exporter's words, numbers of persons hidden. */
  purpose: string;
  purposeCode: string | null;
  format: ExportFormat;
  rowCount: number;
  personCount: number;
  hashing: 'sha256' | 'sm3';
  /** Of what was exported, before it was marked; it stands in the mark. */
  contentDigest: string;
  /** Of every byte of the file. */
  fileDigest: string;
  /** The visible mark. */
  mark: string;
  fileName: string;
  byteCount: number;
  madeAtMs: EpochMs;
  state: ExportFileState;
  takenAtMs: EpochMs | null;
  requestId: string | null;
  approvedBy: string | null;
};

export type ExportRequestState = 'waiting' | 'approved' | 'refused' | 'used' | 'withdrawn';

/** That somebody asked for a large export, and what a second person said. */
export type ExportRequestTable = {
  id: string;
  kind: string;
  grantedBy: string;
  requestedBy: string;
  region: RegionCode;
  about: JsonText<ExportAbout>;
  titleZh: string;
  titleEn: string;
  /** Of kind, function, region, question and format: what was approved is what is taken. */
  questionHash: string;
  purpose: string;
  format: ExportFormat;
  rowCount: number;
  personCount: number;
  reason: string;
  requestedAtMs: EpochMs;
  state: ExportRequestState;
  decidedBy: string | null;
  decidedAtMs: EpochMs | null;
  decisionNote: string;
  /** When it lapses: undecided, or not taken. */
  untilMs: EpochMs;
};

/** The seal of a file, made with its entry; only the time stamp comes later. */
export type ExportSealTable = {
  number: string;
  /** As it is given away; see security/exports/export-seal.ts. */
  seal: string;
  /** What the time stamp in it says; null while there is none. */
  stampedAtMs: EpochMs | null;
};

export type ExportTables = {
  exportFile: ExportFileTable;
  exportSeal: ExportSealTable;
  exportRequest: ExportRequestTable;
};
