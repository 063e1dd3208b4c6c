// An export desk over given records, for tests of what exports.

import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import { exportConfigSchema, exportLimitsOf } from '../export-config.ts';
import type { PdfPrinter } from '../reports/pdf.ts';
import type { ExportDesk } from './export-content.ts';
import { createExportDesk, type ExportDeps } from './export-desk.ts';

const refuse = () => Promise.reject(new Error('there is no browser here'));

export const noPrinter: PdfPrinter = {
  missing: text('没有浏览器', 'there is no browser'),
  print: refuse,
  shoot: refuse,
};

export const openExports = (
  given: { records: Records; clock: Clock } & Partial<ExportDeps>,
): ExportDesk =>
  createExportDesk({
    ids: createCountingIds(),
    logger: silentLogger,
    pdf: noPrinter,
    hashing: 'sha256',
    limits: exportLimitsOf(exportConfigSchema.parse(undefined)),
    ...given,
  });
