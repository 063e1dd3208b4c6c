// The rules part on threads of its own: each judges its share of the partitions with a connection of its
// own to log and records, so that neither a burst of positions nor a page of the console keeps the other
// waiting. To the rest of the product it is the same runner.

import { Worker } from 'node:worker_threads';
import { OperatingError, type OperatingErrorCode } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { encodeRulebook } from '../../rules/rulebook-mark.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import type { PartitionStatus, RulesDeps, RulesRunner } from '../../rules/run.ts';
import type { Config } from '../config.ts';

export type ThreadStart = {
  readonly config: Config;
  readonly partitions: readonly number[];
  readonly rulebook: Uint8Array;
};

export type ThreadAsks =
  | { readonly kind: 'adopt'; readonly number: number; readonly rulebook: Uint8Array }
  | { readonly kind: 'stop' };

type Status = readonly PartitionStatus[];
type Failure = Pick<OperatingError, 'code' | 'message' | 'retry'>;

export type ThreadSays =
  | { readonly kind: 'ready'; readonly status: Status }
  | {
      readonly kind: 'turn';
      readonly partition: number;
      readonly findings: readonly Finding[];
      readonly status: Status;
    }
  | { readonly kind: 'adopted'; readonly number: number; readonly status: Status }
  | { readonly kind: 'not-adopted'; readonly number: number; readonly failure: Failure };

/** Starts `threads` threads, no more than there are partitions. Rejects when one cannot start. */
export async function startRuleThreads(
  { config, threads, partitions }: { config: Config; threads: number; partitions: number },
  { rulebook, onTurn }: Pick<RulesDeps, 'rulebook' | 'onTurn'>,
): Promise<RulesRunner> {
  const count = Math.min(threads, partitions);
  const started = await Promise.all(
    Array.from({ length: count }, (_, thread) => {
      const own = Array.from({ length: partitions }, (__, partition) => partition);
      const share = own.filter((partition) => partition % count === thread);
      return startThread({ config, partitions: share, rulebook: encodeRulebook(rulebook) }, onTurn);
    }),
  );
  return {
    status: () =>
      started.flatMap((thread) => thread.status()).sort((a, b) => a.partition - b.partition),
    async adopt(next) {
      await Promise.all(started.map((thread) => thread.adopt(next)));
    },
    async stop() {
      await Promise.all(started.map((thread) => thread.stop()));
    },
  };
}

async function startThread(start: ThreadStart, onTurn: RulesDeps['onTurn']): Promise<RulesRunner> {
  const worker = new Worker(new URL('./rule-thread.ts', import.meta.url), { workerData: start });
  let status: Status = [];
  let asked = 0;
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  const ready = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let isReady = false;
  worker.on('error', (error) => {
    // As an error in a loop of the main thread would: before the start it is the starter's, later nobody's.
    if (isReady) throw error;
    ready.reject(error);
  });
  worker.on('message', (said: ThreadSays) => {
    if (said.kind !== 'not-adopted') status = said.status;
    if (said.kind === 'ready') {
      isReady = true;
      ready.resolve();
    } else if (said.kind === 'turn') {
      onTurn?.(said);
    } else {
      const answer = waiting.get(said.number);
      waiting.delete(said.number);
      if (said.kind === 'adopted') answer?.resolve();
      else answer?.reject(errorOf(said.failure));
    }
  });
  await ready.promise;
  const ask = (message: ThreadAsks) => worker.postMessage(message, []);
  return {
    status: () => status,
    adopt(rulebook: Rulebook) {
      const number = ++asked;
      const answer = Promise.withResolvers<void>();
      waiting.set(number, answer);
      ask({ kind: 'adopt', number, rulebook: encodeRulebook(rulebook) });
      return answer.promise;
    },
    async stop() {
      ask({ kind: 'stop' });
      await ended;
    },
  };
}

const errorOf = ({ code, message, retry }: Failure): OperatingError =>
  new OperatingError(code as OperatingErrorCode, message, { retry });
