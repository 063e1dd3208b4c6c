// Files that are brought in through the screens, in the configuration: how large they may be.

import { z } from 'zod';
import { WORKBOOK_LIMITS, type WorkbookLimits } from '../warehouse/import/xlsx.ts';

const MB = 1024 * 1024;

export const importConfigSchema = z
  .strictObject({
    /** Of text and Parquet. One file at a time lies in the data folder while it is read. */
    fileMegabytes: z.number().int().min(1).max(65_536).default(512),
    /** Of a workbook, which is unpacked in memory as a whole. */
    workbookMegabytes: z
      .number()
      .int()
      .min(1)
      .max(WORKBOOK_LIMITS.fileBytesMax / MB)
      .default(32),
  })
  .prefault({});

export type ImportConfig = z.infer<typeof importConfigSchema>;

export type ImportLimits = { readonly fileBytesMax: number; readonly workbook: WorkbookLimits };

/** Sheets of figures unpack to four to eight times their size, and a cell of one takes about thirty bytes. */
const UNPACKED_TIMES = 8;
const CELLS_PER_MB = 150_000;

export const importLimitsOf = (config: ImportConfig): ImportLimits => ({
  fileBytesMax: config.fileMegabytes * MB,
  workbook: {
    fileBytesMax: config.workbookMegabytes * MB,
    partBytesMax: Math.min(
      WORKBOOK_LIMITS.partBytesMax,
      Math.max(64, config.workbookMegabytes * UNPACKED_TIMES) * MB,
    ),
    cellsMax: Math.max(1_000_000, config.workbookMegabytes * CELLS_PER_MB),
  },
});
