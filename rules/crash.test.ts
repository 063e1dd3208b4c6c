// Killed at any write: the rules part stops at its n-th write, for every n there is, is started again and
// goes on. What stands in the topic findings at the end is the same, byte for byte.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { encodePositions } from '../core/position-batch.ts';
import { epochMs, systemClock } from '../core/time.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { readAll } from '../ingest/log.contract.ts';
import { encodeLines, type Log, type LogEntry } from '../ingest/log.ts';
import { encodeTick } from '../ingest/watermark.ts';
import type { EngineInput } from './engine.ts';
import { createPackWorld, recordsOfPack } from './pack-world.fixture.ts';
import { loadRulebook, rulebookOf } from './rulebook.ts';
import { startRules, type RulesDeps, type RulesRunner, type SnapshotStore } from './run.ts';

const rulebook = loadRulebook(fileURLToPath(new URL('packs/dazhou', import.meta.url)));
/** What the rules become halfway: the same without two of them, so that episodes are left behind. */
const fewer = rulebookOf(
  rulebook.pack,
  rulebook.rules
    .filter(({ rule }) => rule.id !== 'detention' && rule.id !== 'area-exit')
    .map((compiled) => ({ compiled, source: rulebook.sources[compiled.version] ?? '' })),
);
const calendar = createChinaCalendar();
const world = createPackWorld(rulebook, 5);

const entryOf = ({ watermarkMs, facts, positions, gap }: EngineInput): LogEntry => {
  const at = { watermarkMs: epochMs(watermarkMs) };
  if (facts) return { kind: 'lines', ...at, payload: encodeLines(facts) };
  if (positions) return { kind: 'positions', ...at, payload: encodePositions(positions) };
  return encodeTick(epochMs(watermarkMs), gap as Parameters<typeof encodeTick>[1]);
};
const entries = recordsOfPack(world).map(entryOf);
const half = Math.floor(entries.length / 2);
const TURNS = 8;

/** What a program that dies leaves behind of the write it dies at. */
type Left = 'nothing' | 'the write, unacknowledged';

/** Lives through the whole log, dying at its n-th write if it comes to that. */
async function live(dies?: { at: number; leaving: Left }) {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-crash-'));
  const path = join(folder, 'log.sqlite');
  const log = openEmbeddedLog({ clock: systemClock }, { path, partitions: 1 });
  const kept = new Map<number, { nextOffset: number; body: Uint8Array }>();
  let writes = 0;
  let died = false;

  /** A program of its own: once dead, nothing it does comes to an end. */
  const begin = () => {
    let isDead = false;
    let tellOfDeath = () => {};
    const death = new Promise<'dead'>((resolve) => {
      tellOfDeath = () => resolve('dead');
    });
    const forever = new Promise<never>(() => {});
    const write = async (run: () => Promise<void>): Promise<void> => {
      if (isDead) return forever;
      writes++;
      if (died || writes !== dies?.at) return run();
      [isDead, died] = [true, true];
      if (dies.leaving !== 'nothing') await run();
      tellOfDeath();
      return forever;
    };
    const mortal: Log = {
      ...log,
      append: (topic, batches) => write(() => log.append(topic, batches)),
      read: (...from) => (isDead ? forever : log.read(...from)),
    };
    const snapshots: SnapshotStore = {
      load: async (partition) => kept.get(partition),
      save: (partition, snapshot) =>
        write(async () => {
          kept.set(partition, structuredClone(snapshot));
        }),
    };
    return { death, log: mortal, snapshots };
  };

  const reachEnd = async (runner: RulesRunner) => {
    const { end } = await log.bounds('observations', 0);
    const at = () => runner.status()[0]?.nextOffset;
    await expect.poll(at, { timeout: 15_000, interval: 2 }).toBe(end);
  };
  /** What came in while a program was dying came in once. */
  const appended = new Map<LogEntry[], Promise<void>>();
  const takeIn = async (runner: RulesRunner, part: LogEntry[]) => {
    const append =
      appended.get(part) ?? log.append('observations', [{ partition: 0, entries: part }]);
    appended.set(part, append);
    await append;
    await reachEnd(runner);
  };
  const parts = [entries.slice(0, half), entries.slice(half)] as const;
  const steps: { rules: typeof rulebook; run: (runner: RulesRunner) => Promise<void> }[] = [
    { rules: rulebook, run: (runner) => takeIn(runner, parts[0]) },
    { rules: fewer, run: (runner) => runner.adopt(fewer).then(() => reachEnd(runner)) },
    { rules: fewer, run: (runner) => takeIn(runner, parts[1]) },
    { rules: fewer, run: (runner) => runner.stop() },
  ];

  let program = begin();
  let runner: RulesRunner | 'dead' | undefined;
  for (let step = 0; step < steps.length;) {
    const { rules, run } = steps[step] as (typeof steps)[number];
    runner ??= await Promise.race([start(program, step === 1 ? rulebook : rules), program.death]);
    const outcome = runner === 'dead' ? runner : await Promise.race([run(runner), program.death]);
    if (outcome === 'dead') [program, runner] = [begin(), undefined];
    else step++;
  }
  const findings = await readAll(log, 'findings', 0);
  await log.close();
  await rm(folder, { recursive: true });
  const text = findings.map(({ payload }) => Buffer.from(payload).toString('utf8')).join('');
  return { lines: text.split('\n').slice(0, -1), writes, died };
}

function start(
  program: Pick<RulesDeps, 'log' | 'snapshots'>,
  rules: typeof rulebook,
): Promise<RulesRunner> {
  const deps: RulesDeps = {
    log: program.log,
    snapshots: program.snapshots,
    rulebook: rules,
    surroundings: { areas: world.areas, calendar },
    logger: silentLogger,
  };
  return startRules(deps, { recordsMax: Math.ceil(entries.length / TURNS), snapshotMs: 0 });
}

test.each<Left>(['nothing', 'the write, unacknowledged'])(
  'killed at any write, which leaves %s, and started again, the findings are the same bytes',
  async (leaving) => {
    const whole = await live();
    expect(whole.lines.length).toBeGreaterThan(20);
    expect(whole.writes).toBeGreaterThan(TURNS);
    let repeated = 0;
    let deaths = 0;
    for (let at = 1; ; at++) {
      const { lines, died } = await live({ at, leaving });
      // Some stand there twice, word for word; whoever reads them passes over the second.
      const once = [...new Set(lines)];
      expect(once, `killed at write ${at}`).toEqual(whole.lines);
      if (lines.length > once.length) repeated++;
      if (!died) break;
      deaths++;
    }
    expect(deaths).toBeGreaterThan(TURNS);
    // Whoever dies between the findings and the snapshot finds them again.
    expect(repeated).toBeGreaterThan(deaths / 5);
  },
  240_000,
);
