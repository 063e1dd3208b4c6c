// plumbline report: a report of the configured product, kept and written as files, as the console makes it.

import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { loadRoster } from '../../alerts/roster/load-roster.ts';
import { UserError } from '../../core/errors.ts';
import { secureIds } from '../../core/ids.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text, type Language } from '../../core/text.ts';
import { systemClock, type Clock } from '../../core/time.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { describeCell } from '../../models/report/describe-cell.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { findAccountByLogin } from '../../warehouse/accounts.ts';
import { openRecords } from '../../warehouse/records.ts';
import { FILE_FORMATS } from '../api/reports.ts';
import type { Config } from '../config.ts';
import { exportLimitsOf } from '../export-config.ts';
import { createExportDesk } from '../exports/export-desk.ts';
import { sealerOf } from '../exports/sealing.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';
import { findPdfPrinter } from '../reports/pdf.ts';
import { createReportDesk, type FileFormat, type ReportQuestion } from '../reports/report-desk.ts';

export type ReportOptions = ReportQuestion & {
  /** Login of the account whose eyes it is for. */
  readonly by: string;
  readonly purpose: string;
  /** Folder the files go to; without one the report is printed and not kept. */
  readonly out?: string | undefined;
  /** `xlsx,docx,pdf` */
  readonly format: string;
  readonly language: Language;
};

/** Prints a report; with a folder keeps it and writes its files. Throws UserError. */
export async function report(
  config: Config,
  { by, out, format, language, purpose, ...asked }: ReportOptions,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  const formats = readFormats(format);
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    const who = await findAccountByLogin(records.db, by);
    if (!who) {
      throw new UserError('not-found', text('没有这个账号', 'there is no such account'), {
        detail: `"${by}"`,
      });
    }
    const desk = createReportDesk({
      db: records.db,
      clock,
      calendar: createChinaCalendar(),
      roster: config.alerts.roster === undefined ? undefined : loadRoster(config.alerts.roster),
      budget: config.reports.alertBudget,
      exports: createExportDesk({
        records,
        clock,
        ids: secureIds,
        logger: deps.logger,
        pdf: await findPdfPrinter(),
        hashing: config.exports.hash,
        limits: exportLimitsOf(config.exports),
        seal: sealerOf(config),
      }),
    });
    if (out === undefined) {
      const { document } = await desk.look(asked, who);
      print(document.title[language]);
      for (const { name, value } of document.facts) print(`${name[language]}: ${value[language]}`);
      for (const notice of document.notices) print(`! ${notice[language]}`);
      for (const { title, columns, rows } of document.tables) {
        print(`\n${title[language]}`);
        print(columns.map(({ name }) => name[language]).join('\t'));
        for (const { cells } of rows)
          print(cells.map((cell) => describeCell(cell)[language]).join('\t'));
      }
      return;
    }
    const kept = await desk.make({ ...asked, purpose }, who);
    await mkdir(out, { recursive: true });
    for (const wanted of formats) {
      const missing = desk.missing(wanted);
      if (missing) {
        print(`✗ ${wanted}: ${missing[language]}`);
        continue;
      }
      const file = await desk.file(kept.id, who, {
        format: wanted,
        purpose,
        language,
        alongside: (trx) =>
          createAuditTrail({ records }).record(trx, {
            atMs: clock.now(),
            actor: who.id,
            action: 'report.export',
            outcome: 'done',
            subjects: [],
            purpose: 'reporting',
            reason: purpose,
            detail: { id: kept.id, format: wanted, via: 'command' },
          }),
      });
      await pipeline(file.stream(), createWriteStream(join(out, file.name), { flags: 'wx' }));
      await writeFile(join(out, `${file.name}.seal`), file.seal, { flag: 'wx' });
      print(`✓ ${join(out, file.name)}`);
    }
  } finally {
    await records.close();
  }
}

function readFormats(list: string): FileFormat[] {
  return list.split(',').map((asked) => {
    const known = FILE_FORMATS.find((format) => format === asked.trim());
    if (known) return known;
    throw new UserError('bad-input', text('没有这种文件格式', 'there is no such format'), {
      detail: `"${asked}"`,
      hint: text(`可选：${FILE_FORMATS.join('、')}`, `Known: ${FILE_FORMATS.join(', ')}.`),
    });
  });
}
