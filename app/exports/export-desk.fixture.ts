// An export desk over given records, for tests of what exports.

import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import type { SuiteName } from '../../security/crypto/suite.ts';
import { createSuites } from '../../security/crypto/suites.ts';
import { createExportSealer, exportSealKeys } from '../../security/exports/export-seal.ts';
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

const suites = createSuites();

/** One key, of whichever suite, in memory. */
export const sealKeys = (suite: SuiteName = 'intl') => {
  const key = { id: 'export-seal.1', suite, bytes: new Uint8Array(32).fill(7) };
  return {
    current: () => Promise.resolve(key),
    find: () => Promise.resolve(key),
    list: () => [key.id],
  };
};

/** What seals are made and looked at with here. */
export const testSealer = createExportSealer({ keys: sealKeys(), suites, site: '达州市司法局' });

export const testSealChecks = async () => ({
  keys: await exportSealKeys(sealKeys(), suites),
  suites,
  trusted: [],
});

export const openExports = (
  given: { records: Records; clock: Clock } & Partial<ExportDeps>,
): ExportDesk =>
  createExportDesk({
    ids: createCountingIds(),
    logger: silentLogger,
    pdf: noPrinter,
    hashing: 'sha256',
    limits: exportLimitsOf(exportConfigSchema.parse(undefined)),
    seal: testSealer,
    ...given,
  });
