// What the audit trail costs: how many entries a second become durable, and are chained, and are read again.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { subjectKey } from '../core/subject.ts';
import { elapsedMs, sleep, systemClock } from '../core/time.ts';
import type { AuditEntry } from '../security/audit/audit-entry.ts';
import type { Hashing } from '../security/audit/hashing.ts';
import { makeCheckpoint } from '../security/audit/make-checkpoint.ts';
import { BATCH_MAX, sealBatch } from '../security/audit/seal.ts';
import { createKeyPair, createSigner, type Signing } from '../security/audit/signer.ts';
import { createAuditTrail } from '../security/audit/trail.ts';
import { verifyStore } from '../security/audit/verify-store.ts';
import { openRecords } from '../warehouse/records.ts';
import { median, round, spreadAround, type CaseResult } from './bench.ts';

const ENTRIES = 20_000;
/** Entries a second that must be kept. */
const BAR = 5_000;
/** Requests of people that are under way at once. */
const AT_ONCE = 300;
const GATHER_MS = 50;

type Measured = {
  readonly toldMs: number;
  readonly keptMs: number;
  readonly verifiedMs: number;
  readonly isRight: boolean;
};

/** Runs on one SQLite file on disk, durable at every commit, as a single machine has it. */
export async function benchAudit(runs: number, say: (line: string) => void): Promise<CaseResult[]> {
  const cases: CaseResult[] = [];
  for (const [hashing, signing] of [
    ['sha256', 'ed25519'],
    ['sm3', 'sm2'],
  ] as const) {
    const measured: Measured[] = [];
    for (let run = -1; run < runs; run++) {
      say(`${hashing}: ${run < 0 ? 'warm-up' : `run ${run + 1} of ${runs}`}`);
      const result = await measureAudit(hashing, signing);
      if (run >= 0) measured.push(result);
    }
    const isRight = measured.every((one) => one.isRight);
    const caseOf = (name: string, ms: (one: Measured) => number): CaseResult => ({
      name: `audit ${hashing}: ${name}`,
      metric: 'rate',
      unit: 'records/s',
      value: round((ENTRIES * 1_000) / median(measured.map(ms))),
      runs,
      spread: spreadAround(measured.map(ms)),
      answerOk: isRight,
      bar: { atLeast: BAR },
      vs: {},
    });
    cases.push(
      caseOf('told, durable before each answer', ({ toldMs }) => toldMs),
      caseOf('told, chained and signed', ({ keptMs }) => keptMs),
      caseOf('verified', ({ verifiedMs }) => verifiedMs),
    );
  }
  return cases;
}

/** Entries as looks tell them, with the sealer at work meanwhile as in the product. */
async function measureAudit(hashing: Hashing, signing: Signing): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const records = await openRecords(
    { logger: silentLogger, random: createRandom('bench') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  try {
    const trail = createAuditTrail({ records });
    const signer = createSigner(createKeyPair(signing));
    const sealing = { records, engine: 'sqlite', clock: systemClock, hashing } as const;
    let sealed = 0;
    const sealAll = async () => {
      while (sealed < ENTRIES) {
        const { count } = await sealBatch(sealing);
        sealed += count;
        // As in the product, what comes meanwhile is gathered, not chained one by one.
        if (count < BATCH_MAX) await sleep(systemClock, GATHER_MS);
      }
    };
    globalThis.gc?.();
    const startedMs = elapsedMs();
    const keeping = sealAll();
    let next = 0;
    const tell = async () => {
      while (next < ENTRIES) await trail.note(entryAt(next++));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, tell));
    const toldMs = elapsedMs() - startedMs;
    await keeping;
    const made = await makeCheckpoint({ ...sealing, signer });
    const keptMs = elapsedMs() - startedMs;
    const beganMs = elapsedMs();
    const { size, findings } = await verifyStore({ db: records.db, hashing, key: signer });
    const verifiedMs = elapsedMs() - beganMs;
    const isRight =
      sealed === ENTRIES &&
      size === ENTRIES + 1 &&
      findings.length === 0 &&
      made.kind === 'made' &&
      made.row.size === size;
    return { toldMs, keptMs, verifiedMs, isRight };
  } finally {
    await records.close();
    await rm(folder, { recursive: true });
  }
}

const entryAt = (index: number): AuditEntry => ({
  atMs: systemClock.now(),
  actor: `ac_${index % 300}`,
  action: 'alert.look',
  outcome: 'done',
  subjects: [subjectKey(`cc-${String(index % 10_000).padStart(6, '0')}`)],
  purpose: 'handling',
  reason: null,
  detail: { id: `al_${index}` },
});
