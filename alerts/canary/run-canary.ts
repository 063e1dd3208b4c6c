// Sends the canaries: every period one into each partition of the findings log, and takes old ones out of the
// records. Whether they arrive is judged by the watchdog (../watch), which does not run here.

import { DAY_MS, MINUTE_MS } from '../../core/local-time.ts';
import { sleep, type Clock } from '../../core/time.ts';
import { epochMs } from '../../core/time.ts';
import type { Logger } from '../../core/logger.ts';
import type { Random } from '../../core/random.ts';
import { encodeLines, type Log } from '../../ingest/log.ts';
import type { Records, RecordsDb } from '../../warehouse/records.ts';
import { EVENT_TURN } from '../events.ts';
import { loop } from '../loops.ts';
import { canaryFinding, partitionOfCanary } from './canary-finding.ts';

export type CanaryDeps = {
  readonly records: Records;
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
};

export type CanaryOptions = { readonly everyMs: number };

export const CANARY_DEFAULTS: CanaryOptions = { everyMs: 10 * MINUTE_MS };

/** Old canaries are of no use; so long they can be looked into. */
const KEPT_MS = 2 * DAY_MS;
const PURGED_MAX = 200;

/** Sends the canaries of the present period, and does away with old ones. */
export async function sendCanaries(
  { records, log, clock }: Omit<CanaryDeps, 'random' | 'logger'>,
  { everyMs }: CanaryOptions,
): Promise<void> {
  const atMs = clock.now();
  const period = Math.floor(atMs / everyMs);
  await log.append(
    'findings',
    Array.from({ length: log.partitions }, (_, partition) => {
      const payload = encodeLines([canaryFinding({ partition, period, atMs })]);
      return { partition, entries: [{ kind: 'lines' as const, watermarkMs: atMs, payload }] };
    }),
  );
  await purgeCanaries(records, atMs - KEPT_MS);
}

/** Removes canaries recorded before `beforeMs`, rows of every table that refer to them first. */
export async function purgeCanaries(records: Records, beforeMs: number): Promise<number> {
  return records.transaction(async (trx) => {
    const old = await trx
      .selectFrom('alert')
      .select('id')
      .where('exercise', '=', 'canary')
      .where('recordedAtMs', '<', epochMs(beforeMs))
      .limit(PURGED_MAX)
      .execute();
    if (old.length === 0) return 0;
    await records.takeTurn(trx, EVENT_TURN);
    const ids = old.map(({ id }) => id);
    for (const table of ['noticeAttempt', 'outbox', 'alertRaise', 'alertEvent'] as const) {
      await trx.deleteFrom(table).where('alertId', 'in', ids).execute();
    }
    await trx.deleteFrom('alert').where('id', 'in', ids).execute();
    return ids.length;
  });
}

/** How far canaries came, by partition: the newest that arrived. */
export type CanaryArrival = {
  readonly partition: number;
  /** When it was sent. */
  readonly sentAtMs: number;
  readonly latencyMs: number;
};

export async function readCanaries(db: RecordsDb): Promise<CanaryArrival[]> {
  const rows = await db
    .selectFrom('alert')
    .innerJoin('outbox', 'outbox.alertId', 'alert.id')
    .select(['alert.subject', 'alert.openedAtMs', 'outbox.deliveredAtMs'])
    .where('alert.exercise', '=', 'canary')
    .where('outbox.deliveredAtMs', 'is not', null)
    .orderBy('alert.recordedAtMs', 'desc')
    .limit(READ_MAX)
    .execute();
  const newest = new Map<number, CanaryArrival>();
  for (const { subject, openedAtMs, deliveredAtMs } of rows) {
    const partition = partitionOfCanary(subject);
    const known = newest.get(partition);
    if (known && known.sentAtMs >= openedAtMs) continue;
    const latencyMs = Math.max(0, (deliveredAtMs ?? openedAtMs) - openedAtMs);
    newest.set(partition, { partition, sentAtMs: openedAtMs, latencyMs });
  }
  return [...newest.values()].sort((a, b) => a.partition - b.partition);
}

/** A few periods of 64 partitions. */
const READ_MAX = 512;

/** Starts the loop; the first canaries are sent at once. */
export function startCanary(
  deps: CanaryDeps,
  options: CanaryOptions = CANARY_DEFAULTS,
): { readonly ended: Promise<void>; stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const ended = loop(deps, signal, async () => {
    await sendCanaries(deps, options);
    const nextAtMs = (Math.floor(deps.clock.now() / options.everyMs) + 1) * options.everyMs;
    await sleep(deps.clock, nextAtMs - deps.clock.now(), signal).catch(() => {});
  });
  return {
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
