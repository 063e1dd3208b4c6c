// plumbline check-file: reads a file as the connectors would and says what of it cannot be taken, and why,
// so that whoever brings data can mend it before. Nothing is kept.

import { readArrivals } from '../../connectors/files/arrivals-ndjson.ts';
import { formatOf, readFileBytes, readPositions } from '../../connectors/files/open-positions.ts';
import { createReadReport, describeReadError } from '../../connectors/files/read-report.ts';
import { READ_REASONS } from '../../connectors/files/reasons.ts';
import type { Print } from '../print.ts';

/** A table names no source; what it is called here is forgotten with the rest. */
const SOURCE = 'phone/file';

/**
 * Prints the first errors with their lines and all of them by reason; gives true when there are none. Throws
 * UserError for what is wrong with the file as a whole.
 */
export async function checkFile(path: string, print: Print): Promise<boolean> {
  const report = createReadReport();
  const bytes = readFileBytes(path);
  const pages =
    (await formatOfFile(path)) === 'ndjson'
      ? readArrivals(bytes, { report })
      : readPositions(bytes, { report, source: SOURCE });
  for await (const _page of pages);
  for (const error of report.examples) {
    print(`${describeReadError(error, 'zh')} (${describeReadError(error, 'en')})`);
  }
  if (report.errors > report.examples.length) print('…');
  for (const [reason, count] of report.byReason) {
    const { zh, en } = READ_REASONS[reason];
    print(`${String(count).padStart(8)}  ${reason}  ${zh} (${en})`);
  }
  const { lines, errors } = report;
  print(
    `共 ${lines} 行，可接收 ${lines - errors} 行，有误 ${errors} 行 (${lines} lines: ${lines - errors} sound, ${errors} with errors)`,
  );
  return errors === 0;
}

async function formatOfFile(path: string) {
  for await (const chunk of readFileBytes(path)) return formatOf(chunk);
  return 'csv';
}
