// What other parts hand over to be exported, and what they get back. See docs/exports.md.

import type { Readable } from 'node:stream';
import type { RegionCode } from '../../core/region.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { Language, Text } from '../../core/text.ts';
import type { ReportDocument } from '../../models/report/layout.ts';
import type { AccessFunction } from '../../security/access/functions.ts';
import type { PurposeCode } from '../../security/access/purposes.ts';
import type { ExportKindName } from '../../security/exports/export-kinds.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { ExportAbout, ExportFormat } from '../../warehouse/records-exports.ts';

/** One value of a row. Null is not known, and stays empty. */
export type ExportValue = string | number | boolean | null | { readonly atMs: number };

export type ExportTable = {
  /** Width in Han characters. */
  readonly columns: readonly { readonly name: Text; readonly width?: number }[];
  /** Read once, from the first to the last; may come from a cursor. */
  readonly rows: Iterable<readonly ExportValue[]> | AsyncIterable<readonly ExportValue[]>;
};

export type ExportPicture = {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Lines over the picture, for whoever gets nothing but the file: what it shows, then of when and how far. */
  readonly head?: readonly Text[];
} & ({ readonly svg: string } | { readonly png: Uint8Array });

export type ExportContent =
  /** csv, xlsx, pdf */
  | { readonly kind: 'table'; readonly table: ExportTable; readonly notes?: readonly Text[] }
  /** xlsx, docx, pdf */
  | { readonly kind: 'document'; readonly document: ReportDocument }
  /** png, pdf */
  | { readonly kind: 'picture'; readonly picture: ExportPicture }
  /** json, ndjson: the bytes stay as they are, programs read them; the mark is in the name and the ledger. */
  | {
      readonly kind: 'bytes';
      readonly bytes: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
    };

export type ExportAsk = {
  /** Whom the policy has allowed `fn` already. */
  readonly who: Account;
  readonly fn: AccessFunction;
  readonly purposeCode?: PurposeCode | null;
  readonly kind: ExportKindName;
  readonly title: Text;
  /** In the person's own words, 2 to 60 characters; it stands in the mark. */
  readonly purpose: string;
  /** Whose leaders see the file in the ledger and approve a large one. */
  readonly region: RegionCode;
  readonly about: ExportAbout;
  readonly format: ExportFormat;
  readonly language: Language;
  readonly content: ExportContent;
  /** Counted before anything is written. */
  readonly rows: number;
  readonly subjects: readonly SubjectKey[];
  /** Without ending; the title when left out. */
  readonly fileName?: string | undefined;
  /** What else is written in the transaction of the ledger. */
  readonly alongside?: (trx: RecordsTransaction, file: LedgerFile) => Promise<void>;
};

export type LedgerFile = {
  readonly number: string;
  readonly contentDigest: string;
  readonly fileDigest: string;
};

export type ExportedFile = LedgerFile & {
  readonly name: string;
  readonly type: string;
  readonly byteCount: number;
  /** To be kept beside it; see security/exports/export-seal.ts. */
  readonly seal: string;
  /** The bytes, once; the ledger learns whether all of them were taken. */
  stream(): Readable;
};

/** What stands on a sheet that is printed. */
export type PrintedMark = {
  readonly number: string;
  readonly line: Text;
  readonly digest: string;
};

export type PrintAsk = Omit<ExportAsk, 'content' | 'format' | 'fileName' | 'rows'> & {
  /** All that is on the sheet, as the screen says. */
  readonly words: string;
};

export type ExportDesk = {
  /**
   * Writes the file with its mark and the ledger's entry, then hands it over. Throws UserError: `bad-input` for
   * a purpose that says nothing, `approval-needed` for a large one nobody has approved, `conflict` when it has
   * outgrown what was approved or the format is not to be had, `too-large` for more rows than the format takes.
   * An approved request for the same question is found by itself and used up.
   */
  exportFile(asked: ExportAsk): Promise<ExportedFile>;
  /** Enters a sheet the browser is about to print; its mark goes on the paper. Throws as `exportFile`. */
  enterPrint(asked: PrintAsk): Promise<PrintedMark>;
  /** Asks for a large one; `content` is not read. Throws UserError. Gives the id of the request. */
  requestApproval(
    asked: Omit<ExportAsk, 'content' | 'alongside'> & { readonly reason: string },
  ): Promise<{ readonly id: string }>;
  /** True when it would wait for a second person. */
  isLarge(asked: Pick<ExportAsk, 'kind' | 'rows' | 'subjects'>): boolean;
  /** Why a format is not to be had; undefined where it is. */
  missing(format: ExportFormat): Text | undefined;
};
