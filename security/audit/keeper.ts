// Keeps the trail while the product runs: chains what was told, signs a checkpoint every hour, shows it to
// the witnesses until they have it, and reads everything again once a day. What does not fit is told.

import { OperatingError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Clock, EpochMs, Timer } from '../../core/time.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { makeCheckpoint } from './make-checkpoint.ts';
import { consistencyProof } from './merkle-tree.ts';
import { writeNotice } from './notices.ts';
import { lastCheckpoint } from './read-checkpoints.ts';
import { SEGMENT_SIZE } from './record-format.ts';
import { assertHashing, BATCH_MAX, sealBatch, type Head, type SealDeps } from './seal.ts';
import type { Signer } from './signer.ts';
import { loadStoreTree } from './store-tree.ts';
import type { Finding } from './verify-chain.ts';
import { verifyStore, type StoreVerification } from './verify-store.ts';
import type { Witness } from './witness.ts';

export type KeeperDeps = SealDeps & {
  /** Real time: nobody waits longer for the chain because a demonstration's clock runs fast. */
  readonly timer: Pick<Clock, 'after'>;
  readonly logger: Logger;
  readonly signer: Signer;
  readonly witnesses: readonly Witness[];
  readonly sealEveryMs: number;
  readonly checkpointEveryMs: number;
  readonly verifyEveryMs: number;
};

export type WitnessState = {
  readonly name: string;
  readonly reachedAtMs: EpochMs | null;
  /** Since when it could not be reached. */
  readonly failingSinceMs: EpochMs | null;
};

export type AuditKeeper = {
  /** Chains what was told up to now. */
  seal(): Promise<void>;
  /** Signs now and shows it to the witnesses, whatever the time. */
  checkpoint(): Promise<void>;
  /** Reads everything there is and keeps what was found. */
  verify(): Promise<StoreVerification>;
  witnesses(): readonly WitnessState[];
  stop(): Promise<void>;
};

/** Starts keeping. Rejects with UserError when the trail was begun with another hash. */
export async function startAuditKeeper(deps: KeeperDeps): Promise<AuditKeeper> {
  const { records, clock, logger, signer, hashing } = deps;
  const { db } = records;
  await assertHashing(db, hashing);
  const witnesses = new Map(deps.witnesses.map((witness) => [witness.name, stateOf(witness)]));
  let head: Head | undefined;
  let shownNumber = -1;

  const tell = async (findings: readonly Finding[]) => {
    for (const { kind, from, until, because } of findings.slice(0, TOLD_MAX)) {
      logger.error('audit.broken', { kind, from, until, because });
      await writeNotice(db, {
        kind: 'audit.broken',
        actor: null,
        atMs: clock.now(),
        key: [kind, from, until, because],
        detail: { kind, from, until, because },
      });
    }
  };

  const seal = async () => {
    if (head) await assertGrew(db, head, tell);
    for (let count = BATCH_MAX; count === BATCH_MAX;) {
      const sealed = await sealBatch(deps);
      ({ count, head } = sealed);
    }
  };

  const show = async () => {
    const last = await lastCheckpoint(db);
    if (!last || last.number <= shownNumber) return;
    const { number, size, body, signature } = last;
    const had = await witnessesOf(db, number);
    const proofFrom = async (first: number) =>
      consistencyProof(await loadStoreTree(db, hashing, [first, size]), first, size);
    const shown = { key: signer, number, size, signed: { body, signature }, proofFrom };
    let complete = true;
    for (const witness of deps.witnesses) {
      if (had.has(witness.name)) continue;
      const before = witnesses.get(witness.name) ?? stateOf(witness);
      const atMs = clock.now();
      try {
        const outcome = await witness.show(shown);
        await db
          .insertInto('auditWitnessed')
          .values({ checkpoint: number, witness: witness.name, atMs, outcome })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        witnesses.set(witness.name, { ...before, reachedAtMs: atMs, failingSinceMs: null });
        if (outcome === 'refused') await tellRefused(deps, witness.name, number);
      } catch (error) {
        if (!(error instanceof OperatingError)) throw error;
        complete = false;
        witnesses.set(witness.name, { ...before, failingSinceMs: before.failingSinceMs ?? atMs });
        logger.warn('audit.witness-unreachable', { witness: witness.name });
      }
    }
    if (complete) shownNumber = number;
  };

  const checkpoint = async () => {
    await seal();
    const made = await makeCheckpoint(deps);
    if (made.kind === 'broken') await tell(made.findings);
    await show();
  };

  const verify = async () => {
    const result = await verifyStore({ db, hashing, key: signer });
    await tell(result.findings);
    await db
      .insertInto('auditVerification')
      .values({
        atMs: clock.now(),
        size: result.size,
        findings: JSON.stringify(result.findings),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return result;
  };

  const due = async () => {
    const nowMs = clock.now();
    const last = await lastCheckpoint(db);
    if (nowMs - (last?.atMs ?? 0) >= deps.checkpointEveryMs) await checkpoint();
    else await show();
    const verified = await lastVerification(db);
    if (nowMs - (verified?.atMs ?? 0) >= deps.verifyEveryMs) await verify();
  };

  const sealing = repeat(deps, deps.sealEveryMs, 'audit.not-sealed', seal);
  const looking = repeat(deps, Math.min(deps.checkpointEveryMs, LOOK_MS), 'audit.not-signed', due);
  return {
    seal,
    checkpoint,
    verify,
    witnesses: () => [...witnesses.values()],
    async stop() {
      await looking.stop();
      await sealing.stop();
      // Nothing that was told waits longer than the product runs.
      await seal().catch(() => {});
    },
  };
}

/** How often is looked whether something is due. */
const LOOK_MS = 60_000;

/** Findings that become notices at once; a broken store has as many as one likes. */
const TOLD_MAX = 20;

const stateOf = ({ name }: Witness): WitnessState => ({
  name,
  reachedAtMs: null,
  failingSinceMs: null,
});

/** The newest verification of everything. */
export const lastVerification = (db: RecordsDb) =>
  db
    .selectFrom('auditVerification')
    .selectAll()
    .orderBy('atMs', 'desc')
    .limit(1)
    .executeTakeFirst();

async function witnessesOf(db: RecordsDb, checkpoint: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('auditWitnessed')
    .select('witness')
    .where('checkpoint', '=', checkpoint)
    .execute();
  return new Set(rows.map(({ witness }) => witness));
}

/** What this process chained is still there: tails cut between two checkpoints are seen as well. */
async function assertGrew(
  db: RecordsDb,
  head: Head,
  tell: (findings: readonly Finding[]) => Promise<void>,
): Promise<void> {
  const row = await db
    .selectFrom('auditRecord')
    .select('hash')
    .where('position', '=', head.position)
    .executeTakeFirst();
  if (row?.hash === head.hash) return;
  const archived = await db
    .selectFrom('auditArchive')
    .select((eb) => eb.fn.max('segment').as('last'))
    .executeTakeFirst();
  if (!row && (Number(archived?.last ?? -1) + 1) * SEGMENT_SIZE > head.position) return;
  const at = { from: head.position, until: head.position, afterMs: null, beforeMs: null };
  await tell([
    row ? { kind: 'edit', because: 'hash', ...at } : { kind: 'truncation', because: 'end', ...at },
  ]);
}

async function tellRefused(
  { records, clock, logger }: KeeperDeps,
  witness: string,
  checkpoint: number,
): Promise<void> {
  logger.error('audit.witness-refused', { witness, checkpoint });
  await writeNotice(records.db, {
    kind: 'audit.refused',
    actor: null,
    atMs: clock.now(),
    key: [witness, checkpoint],
    detail: { witness, checkpoint },
  });
}

function repeat(
  { timer: waits, logger }: Pick<KeeperDeps, 'timer' | 'logger'>,
  everyMs: number,
  failed: string,
  run: () => Promise<void>,
): { stop(): Promise<void> } {
  let timer: Timer | undefined;
  let stopped = false;
  const again = async () => {
    try {
      await run();
    } catch (error) {
      logger.error(failed, { cause: String(error) });
    }
    if (!stopped) timer = waits.after(everyMs, () => void (running = again()));
  };
  let running: Promise<void> = again();
  return {
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}
