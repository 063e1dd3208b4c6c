// Reads one workbook in a thread of its own and tells its rows in pieces.

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../core/errors.ts';
import type { AskedWorkbook, ToldWorkbook } from './read-workbook.ts';
import { readXlsx } from './xlsx.ts';

const ROWS_AT_A_TIME = 2_000;

const port = parentPort;
assert(port, 'this module runs in a thread of its own');
const tell = (told: ToldWorkbook) => port.postMessage(told);
const { path, limits } = workerData as AskedWorkbook;
const read = await readXlsx(path, limits);
if (read.kind === 'wrong') tell(read);
else {
  for (let at = 0; at < read.rows.length; at += ROWS_AT_A_TIME) {
    tell({ kind: 'rows', rows: read.rows.slice(at, at + ROWS_AT_A_TIME) });
  }
  tell({ kind: 'end' });
}
