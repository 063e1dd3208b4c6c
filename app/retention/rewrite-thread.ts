// Rewrites one SQLite file in a thread of its own and says whether that worked.

import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../core/errors.ts';

const SQLITE_BUSY = 5;
const LOCK_MS_MAX = 5_000;

const port = parentPort;
assert(port, 'this module runs in a thread of its own');
const database = new DatabaseSync(workerData as string, { timeout: LOCK_MS_MAX });
let isDone = false;
try {
  database.exec('PRAGMA secure_delete = ON');
  database.exec('VACUUM');
  const row = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
  isDone = row.busy === 0;
} catch (error) {
  // Somebody writes just now: it is tried again.
  if ((Number((error as { errcode?: number }).errcode) & 0xff) !== SQLITE_BUSY) throw error;
} finally {
  database.close();
}
port.postMessage(isDone);
