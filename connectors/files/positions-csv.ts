// ② Positions from a table of comma-separated values, as batches of columns. Wrong rows are counted and
// passed over; only a wrong header stops the reading.

import { UserError } from '../../core/errors.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { text } from '../../core/text.ts';
import { POSITION_COLUMNS, readCsvHeader, REQUIRED_COLUMNS } from './csv-header.ts';
import { PositionSheet } from './position-sheet.ts';
import { decodeLine, LINE_FEED, readLines } from './read-lines.ts';
import type { ReadReport } from './read-report.ts';
import { CsvScanner } from './scan-csv.ts';

export type PositionsOptions = {
  /** The source of rows that name none, as `phone/app`. */
  readonly source: string;
  readonly report: ReadReport;
  /** Rows of a batch. */
  readonly rowsMax?: number;
};

/**
 * Rows in file order. Throws UserError `bad-input` for a wrong header, a file without one and a file
 * without any row.
 */
export async function* readPositionsCsv(
  bytes: AsyncIterable<Uint8Array>,
  { source, report, rowsMax }: PositionsOptions,
): AsyncGenerator<PositionBatch> {
  const sheet = new PositionSheet(rowsMax);
  let scanner: CsvScanner | undefined;
  let line = 0;
  for await (const piece of readLines(bytes)) {
    if (piece.kind === 'too-long') {
      if (!scanner) throw headerTooLong();
      scanner.line++;
      report.lines++;
      report.add(scanner.line, { reason: 'line-too-long' });
      continue;
    }
    let at = 0;
    while (!scanner && at < piece.bytes.length) {
      line++;
      const end = piece.bytes.indexOf(LINE_FEED, at);
      const header = decodeLine(piece.bytes, at, end);
      at = end + 1;
      if (header?.trim() === '') continue;
      const columns = readCsvHeader(header ?? '');
      scanner = new CsvScanner({ columns, source, sheet, report }, line);
    }
    if (!scanner) continue;
    while (at < piece.bytes.length) {
      at = scanner.scan(piece.bytes, at);
      if (sheet.room === 0) yield sheet.take();
    }
  }
  if (!scanner) throw emptyFile();
  if (report.lines === 0) throw headerOnly();
  if (sheet.length > 0) yield sheet.take();
}

const columnsHint = text(
  `第一行为列名：${POSITION_COLUMNS.join(',')}；必须有：${REQUIRED_COLUMNS.join(',')}。`,
  `The first line names the columns: ${POSITION_COLUMNS.join(',')}, of which ${REQUIRED_COLUMNS.join(',')} must be there.`,
);

const emptyFile = () =>
  new UserError('bad-input', text('文件为空', 'the file is empty'), { hint: columnsHint });

const headerOnly = () =>
  new UserError('bad-input', text('文件只有表头', 'the file has a header and no rows'));

const headerTooLong = () =>
  new UserError('bad-input', text('第一行过长', 'the first line is longer than 1 MiB'), {
    hint: columnsHint,
  });
