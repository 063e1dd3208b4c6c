// How long after it was appended a fix has become an alert, with 5,000 positions a second going through the
// embedded log, and how long writing down the engine's state keeps everything else waiting.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../core/logger.ts';
import { decodePositions, encodePositions, selectPositions } from '../core/position-batch.ts';
import { elapsedMs, epochMs, ioClock, sleep, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { encodeLines } from '../ingest/log.ts';
import { createEngine, type Engine } from '../rules/engine.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import { RULES_DEFAULTS, startRules } from '../rules/run.ts';
import { encodeState } from '../rules/state-bytes.ts';
import { median, round, spreadAround, type CaseResult } from './bench.ts';
import { createWorkload, maps, type Workload } from './rules-workload.ts';

const POSITIONS_PER_SECOND = 5_000;
const RECORD_EVERY_MS = 20;
const SECONDS = 40;
/** Until the code has been compiled; not counted. */
const WARM_SECONDS = 4;

/** From before the append to after the findings are in the log, for every alert a fix raises or ends. */
export async function latencyCases(rulebook: Rulebook): Promise<CaseResult[]> {
  const rows = (POSITIONS_PER_SECOND * RECORD_EVERY_MS) / 1_000;
  const positions = POSITIONS_PER_SECOND * (SECONDS + WARM_SECONDS);
  const workload = createWorkload({ subjects: 2_000, positions, rowsPerBatch: rows, away: 0.3 });
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  const path = join(folder, 'log.sqlite');
  const log = openEmbeddedLog({ clock: systemClock }, { path, partitions: 1 });
  const appendedAtMs = new Map<string, number>();
  const tookMs: number[] = [];
  let raised = 0;
  let warmUntilMs = Infinity;
  const runner = await startRules(
    {
      log,
      rulebook,
      surroundings: maps,
      logger: silentLogger,
      snapshots: { load: async () => undefined, save: async () => {} },
      onTurn({ findings }) {
        const nowMs = elapsedMs();
        for (const { kind, subject, atMs } of findings) {
          if (kind === 'raised') raised++;
          const sinceMs = appendedAtMs.get(`${subject} ${atMs}`);
          if (sinceMs !== undefined && sinceMs >= warmUntilMs) tookMs.push(nowMs - sinceMs);
        }
      },
    },
    { ...RULES_DEFAULTS, snapshotMs: 5_000 },
  );
  const append = (kind: 'lines' | 'positions', watermarkMs: number, payload: Uint8Array) =>
    log.append('observations', [
      { partition: 0, entries: [{ kind, watermarkMs: epochMs(watermarkMs), payload }] },
    ]);
  await append('lines', 0, encodeLines(workload.orders));
  const startedMs = elapsedMs();
  warmUntilMs = startedMs + WARM_SECONDS * 1_000;
  for (const [index, bytes] of workload.batches.entries()) {
    const dueMs = startedMs + index * RECORD_EVERY_MS;
    const waitMs = dueMs - elapsedMs();
    if (waitMs > 0) await sleep(ioClock, waitMs);
    const batch = decodePositions(bytes);
    const whole = Int32Array.from({ length: batch.length }, (_, row) => row);
    const payload = encodePositions(selectPositions(batch, whole));
    const nowMs = elapsedMs();
    for (let row = 0; row < batch.length; row++) {
      const subject = batch.subjects.at(batch.subject[row] as number);
      appendedAtMs.set(`${subject} ${batch.atMs[row]}`, nowMs);
    }
    await append('positions', (batch.atMs[0] as number) - 1, payload);
  }
  const { end } = await log.bounds('observations', 0);
  while ((runner.status()[0]?.nextOffset ?? 0) < end) await sleep(ioClock, 10);
  await runner.stop();
  await log.close();
  rmSync(folder, { recursive: true });
  const answerOk = raised === raisedBy(rulebook, workload) && tookMs.length > 100;
  return (['p50', 'p99'] as const).map((name) => ({
    name: `fix appended to alert in the log at 5,000/s, ${name}`,
    metric: 'latency',
    unit: 'ms',
    value: round(shareOf(tookMs, name === 'p50' ? 0.5 : 0.99)),
    runs: tookMs.length,
    spread: spreadAround(tookMs),
    answerOk,
    vs: {},
  }));
}

/** How many alerts an engine raises that is given everything at once. */
function raisedBy(rulebook: Rulebook, { orders, batches }: Workload): number {
  const engine = createEngine({ rulebook, ...maps });
  engine.step({ watermarkMs: 0, facts: orders });
  const findings = batches.flatMap((bytes) => {
    const positions = decodePositions(bytes);
    return engine.step({ watermarkMs: (positions.atMs[0] as number) - 1, positions });
  });
  return findings.filter(({ kind }) => kind === 'raised').length;
}

const shareOf = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? NaN;

/** The longest time anything else had to wait while the state was written down, and the whole time. */
export async function snapshotCases(
  engine: Engine,
  people: number,
  runs: number,
): Promise<CaseResult[]> {
  const pausesMs: number[] = [];
  const wholeMs: number[] = [];
  let bytes = 0;
  for (let run = -1; run < runs; run++) {
    let longestMs = 0;
    let isOver = false;
    let seenMs = elapsedMs();
    const startedMs = seenMs;
    const look = () => {
      const nowMs = elapsedMs();
      longestMs = Math.max(longestMs, nowMs - seenMs);
      seenMs = nowMs;
      if (!isOver) setImmediate(look);
    };
    setImmediate(look);
    bytes = (await encodeState(engine.snapshot())).byteLength;
    isOver = true;
    look();
    if (run < 0) continue;
    pausesMs.push(longestMs);
    wholeMs.push(elapsedMs() - startedMs);
  }
  const size = `${people.toLocaleString('en')} persons, ${round(bytes / 1e6)} MB`;
  return [
    { name: `state of ${size}: longest wait of others`, values: pausesMs },
    { name: `state of ${size}: until written down`, values: wholeMs },
  ].map(({ name, values }) => ({
    name,
    metric: 'latency',
    unit: 'ms',
    value: round(median(values)),
    runs: values.length,
    spread: spreadAround(values),
    answerOk: bytes > 0,
    vs: {},
  }));
}
