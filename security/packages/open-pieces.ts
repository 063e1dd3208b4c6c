// The pieces of a package, opened in their order. SM4 and SM3 take longer than looking at the rows that come
// out, so where a package is more than a few pieces they are opened ahead on a thread of their own, while the
// rows of the pieces before are looked at. AES and SHA-256 take less time than a second thread would save.

import { Worker } from 'node:worker_threads';
import { createPieceOpener } from '../crypto/sealed-stream.ts';
import type { Suite, SuiteName } from '../crypto/suite.ts';

export type Sealed = { readonly sealed: Uint8Array; readonly isLast: boolean };

/** What the reader finds at the next place of the file: a piece, or why there is none. */
export type NextPiece<Fault> = Sealed | { readonly fault: Fault };

export type OpenedPiece<Fault> =
  | { readonly plain: Uint8Array; readonly isLast: boolean }
  | { readonly fault: Fault | 'altered' };

/** `plain` is undefined for a piece that does not open. */
export type ThreadSays = 'ready' | { readonly plain: Uint8Array | undefined };

export type OpenerStart = {
  readonly suite: SuiteName;
  readonly key: Uint8Array;
  readonly bound: Uint8Array;
};

/** A piece on its way to the thread, with its number in the package. */
export type SealedAt = Sealed & { readonly number: number };

/** A package that goes on after so many is worth a thread; a shorter one is done before it is there. */
const THREAD_FROM = 3;
/** Opened where they are read while the thread starts; from then on it is waited for. */
const WITHOUT_THREAD_MAX = 16;
/** Pieces on the thread or opened and not yet looked at. */
const AHEAD_MAX = 4;

/**
 * Gives pieces until the last one or the first fault. The same pieces and faults come out with a thread and
 * without: what lies before a fault is opened first.
 */
export async function* openPieces<Fault>(
  { suite, key, bound }: { suite: Suite; key: Uint8Array; bound: Uint8Array },
  next: () => Promise<NextPiece<Fault>>,
): AsyncGenerator<OpenedPiece<Fault>> {
  const opener = createPieceOpener(suite, key, { bound, number: 0 });
  let thread: Thread | undefined;
  try {
    for (let number = 0; ; number++) {
      if (suite.name === 'gm' && number === THREAD_FROM) {
        thread = startThread({ suite: suite.name, key, bound });
      }
      if (thread && (number >= WITHOUT_THREAD_MAX || (await thread.hasStarted()))) {
        yield* openAhead(thread, number, next);
        return;
      }
      const piece = await next();
      const opened =
        'fault' in piece ? piece : openedOf(piece, opener.open(piece.sealed, piece.isLast));
      yield opened;
      if ('fault' in opened || opened.isLast) return;
    }
  } finally {
    await thread?.stop();
  }
}

async function* openAhead<Fault>(
  thread: Thread,
  first: number,
  next: () => Promise<NextPiece<Fault>>,
): AsyncGenerator<OpenedPiece<Fault>> {
  const ahead: Promise<OpenedPiece<Fault>>[] = [];
  let number = first;
  for (let isMore = true; isMore || ahead.length > 0;) {
    while (isMore && ahead.length < AHEAD_MAX) {
      const piece = await next();
      isMore = !('fault' in piece || piece.isLast);
      ahead.push(
        'fault' in piece ? Promise.resolve(piece) : thread.open({ ...piece, number: number++ }),
      );
    }
    const opened = await (ahead.shift() as Promise<OpenedPiece<Fault>>);
    yield opened;
    if ('fault' in opened || opened.isLast) return;
  }
}

type Thread = ReturnType<typeof startThread>;

function startThread(start: OpenerStart) {
  const worker = new Worker(new URL('./open-thread.ts', import.meta.url), { workerData: start });
  const waiting: { piece: Sealed; answer: PromiseWithResolvers<OpenedPiece<never>> }[] = [];
  let hasStarted = false;
  let failure: unknown;
  worker.on('message', (said: ThreadSays) => {
    if (said === 'ready') hasStarted = true;
    else {
      const first = waiting.shift();
      first?.answer.resolve(openedOf(first.piece, said.plain));
    }
  });
  worker.on('error', (error) => {
    failure = error;
    for (const { answer } of waiting.splice(0)) answer.reject(error);
  });
  return {
    async hasStarted(): Promise<boolean> {
      // What the thread says is heard between two turns.
      await new Promise((resolve) => setImmediate(resolve));
      return hasStarted;
    },
    open(piece: SealedAt): Promise<OpenedPiece<never>> {
      const answer = Promise.withResolvers<OpenedPiece<never>>();
      // Whoever waits for an earlier piece hears of the failure first.
      answer.promise.catch(() => undefined);
      if (failure !== undefined) {
        answer.reject(failure);
        return answer.promise;
      }
      // Memory of its own, which can be handed over.
      const sealed = new Uint8Array(piece.sealed);
      waiting.push({ piece, answer });
      worker.postMessage({ ...piece, sealed } satisfies SealedAt, [sealed.buffer]);
      return answer.promise;
    },
    stop: () => worker.terminate(),
  };
}

const openedOf = ({ isLast }: Sealed, plain: Uint8Array | undefined): OpenedPiece<never> =>
  plain ? { plain, isLast } : { fault: 'altered' };
