// A workbook read in a thread: it is unpacked and taken apart in one go, which the process that also raises alerts
// must not wait for, and one that is made to burst bursts there.

import { Worker } from 'node:worker_threads';
import {
  WORKBOOK_LIMITS,
  type ReadXlsx,
  type WorkbookLimits,
  type XlsxFault,
  type XlsxRow,
} from './xlsx.ts';

export type AskedWorkbook = { readonly path: string; readonly limits: WorkbookLimits };

export type ToldWorkbook =
  | { readonly kind: 'rows'; readonly rows: readonly XlsxRow[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'wrong'; readonly fault: XlsxFault };

/** The heap of the thread; what needs more is too large. */
const HEAP_MB_MAX = 2_048;

/** Rejects with the signal's reason. */
export function readWorkbook(
  path: string,
  {
    limits = WORKBOOK_LIMITS,
    signal,
  }: { limits?: WorkbookLimits | undefined; signal?: AbortSignal | undefined } = {},
): Promise<ReadXlsx> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadXlsx>();
  const asked: AskedWorkbook = { path, limits };
  const worker = new Worker(new URL('./workbook-thread.ts', import.meta.url), {
    workerData: asked,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
  const rows: XlsxRow[] = [];
  worker.on('message', (told: ToldWorkbook) => {
    if (told.kind === 'rows') for (const row of told.rows) rows.push(row);
    else resolve(told.kind === 'end' ? { kind: 'ok', rows } : told);
  });
  worker.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve({ kind: 'wrong', fault: 'too-large' });
    else reject(error);
  });
  worker.on('exit', () => reject(new Error('the thread that reads the workbook ended early')));
  const stop = () => reject(signal?.reason as Error);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(async () => {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  });
}
