// Rules that change while the log is evaluated: where, what is remembered, and what a crash in between does.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import { silentLogger } from '../core/logger.ts';
import { encodePositions } from '../core/position-batch.ts';
import { epochMs, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { readAll } from '../ingest/log.contract.ts';
import { decodeLines, encodeLines, type Log, type LogEntry } from '../ingest/log.ts';
import { encodeTick } from '../ingest/watermark.ts';
import { createEngine } from './engine.ts';
import { decodeRulebook, encodeRulebook, runningVersion } from './rulebook-mark.ts';
import { loadRulebook, parseRule, rulebookOf, type Rulebook } from './rulebook.ts';
import { startRules, type SnapshotStore } from './run.ts';
import { createStream, recordsOf, squareAreas } from './stream.fixture.ts';

const folder = fileURLToPath(new URL('packs/dazhou', import.meta.url));
const book = loadRulebook(folder);
let areaExit = '';
beforeAll(async () => {
  areaExit = await readFile(join(folder, 'area-exit.yaml'), 'utf8');
});

/** The pack with area-exit as `change` makes it, in the next version. */
function bookWith(change: (source: string) => string): Rulebook {
  const source = change(areaExit).replace(/^number: \d+/m, 'number: 9');
  const compiled = parseRule('area-exit.yaml', source, book.pack);
  return rulebookOf(
    book.pack,
    book.rules.map((other) =>
      other.rule.id === 'area-exit'
        ? { compiled, source }
        : { compiled: other, source: book.sources[other.version] ?? '' },
    ),
  );
}

const otherLevel = () => bookWith((source) => source.replace('{ cc: 2,', '{ cc: 1,'));
const otherParams = () => bookWith((source) => source.replace('marginM: 100', 'marginM: 150'));
const otherParamsWith = (line: string) =>
  bookWith((source) => `${source.replace('marginM: 100', 'marginM: 150')}\n${line}\n`);

const inputs = recordsOf(createStream(4), { rowsMax: 8 });

/** Evaluates the stream, with other rules from the input numbered `at` on. */
function evaluate(at: number, changed?: Rulebook): Finding[] {
  let engine = createEngine({ rulebook: book, areas: squareAreas });
  return inputs.flatMap((input, index) => {
    const ended: Finding[] = [];
    if (index === at && changed) {
      const snapshot = engine.snapshot();
      const next = createEngine({ rulebook: changed, areas: squareAreas }, snapshot);
      ended.push(...engine.abandon(changed));
      engine = next;
    }
    return [...ended, ...engine.step(input)];
  });
}

/** The first input after which area-exit has an alert open, and that alert. */
function firstOpen(): { at: number; alertId: string } {
  const engine = createEngine({ rulebook: book, areas: squareAreas });
  for (const [index, input] of inputs.entries()) {
    const raised = engine
      .step(input)
      .find((finding) => finding.kind === 'raised' && finding.ruleId === 'area-exit');
    if (raised?.kind === 'raised') return { at: index + 1, alertId: raised.alertId };
  }
  throw new Error('the stream raises area-exit');
}

const plain = (findings: readonly Finding[]) =>
  findings.map(({ ruleVersion: _version, ...rest }) => ({ ...rest, level: undefined }));

describe('what is remembered when a rule changes', () => {
  test('all of it when only words and levels changed: nothing is found that was not before', () => {
    const { at } = firstOpen();
    const changed = evaluate(at, otherLevel());
    expect(plain(changed)).toEqual(plain(evaluate(at)));
    const level1 = changed.filter((finding) => finding.kind === 'raised' && finding.level === 1);
    expect(level1.length).toBeGreaterThan(0);
  });

  test('nothing when parameters changed: what was open is ended with the reason', () => {
    const { at, alertId } = firstOpen();
    const changed = evaluate(at, otherParams());
    const ended = changed.filter(
      (finding) => finding.kind === 'cleared' && finding.because === 'rule-changed',
    );
    expect(ended.map((finding) => finding.kind === 'cleared' && finding.alertId)).toEqual([
      alertId,
    ]);
    expect(ended[0]?.ruleVersion).toBe(
      book.rules.find(({ rule }) => rule.id === 'area-exit')?.version,
    );
  });

  test.each(['migrate: { from: 3, state: keep }', 'keepsState: true'])(
    'all of it when the new text says %s: the open episode goes on',
    (line) => {
      const { at, alertId } = firstOpen();
      const changed = evaluate(at, otherParamsWith(line));
      expect(
        changed.filter((finding) => finding.kind === 'cleared' && finding.because !== undefined),
      ).toEqual([]);
      // What began under the old text ends under the new one, by the condition.
      const end = changed.find((one) => one.kind === 'cleared' && one.alertId === alertId);
      expect(end?.ruleVersion).toMatch(/^9@/);
      expect(
        changed.filter((one) => one.kind === 'raised' && one.alertId === alertId),
      ).toHaveLength(1);
    },
  );

  test.each([
    ['it says so', 'migrate: { from: 3, state: drop }'],
    ['it speaks of another version', 'migrate: { from: 1, state: keep }'],
  ])('nothing when %s: what was open is ended with the reason', (_when, line) => {
    const { at, alertId } = firstOpen();
    const ended = evaluate(at, otherParamsWith(line)).filter(
      (finding) => finding.kind === 'cleared' && finding.because === 'rule-changed',
    );
    expect(ended.map((one) => one.kind === 'cleared' && one.alertId)).toEqual([alertId]);
  });

  test('other rules find the same as if nothing had changed', () => {
    const others = (findings: readonly Finding[]) =>
      findings.filter(({ ruleId }) => ruleId !== 'area-exit');
    for (const at of [3, 40, inputs.length - 2]) {
      expect(others(evaluate(at, otherParams()))).toEqual(others(evaluate(at)));
    }
  });

  test('a silence rule that starts in the middle notices who is silent already', () => {
    const silence = book.rules.filter(({ rule }) => rule.id === 'terminal-silent');
    const parts = (rules: Rulebook['rules']) =>
      rules.map((compiled) => ({ compiled, source: book.sources[compiled.version] ?? '' }));
    const without = rulebookOf(book.pack, []);
    const first = createEngine({ rulebook: without, areas: squareAreas });
    first.step(inputs[0] as (typeof inputs)[number]);
    const rulebook = rulebookOf(book.pack, parts(silence));
    const engine = createEngine({ rulebook, areas: squareAreas }, first.snapshot());
    const startMs = inputs[0]?.watermarkMs ?? 0;
    const found = engine.step({ watermarkMs: startMs + 3 * 3_600_000 });
    expect(found.length).toBeGreaterThan(0);
    for (const finding of found) expect(finding.atMs - startMs).toBeLessThanOrEqual(7_200_001);
  });
});

test('every kind that would end an episode later can end it when its rule ends', () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const records = recordsOf(createStream(seed), { rowsMax: 32 });
    const at = Math.floor(records.length / 2);
    const engine = createEngine({ rulebook: book, areas: squareAreas });
    const idsOf = (findings: readonly Finding[], kind: 'raised' | 'cleared') =>
      findings.flatMap((finding) => (finding.kind === kind ? [finding.alertId] : []));
    const before = records.slice(0, at).flatMap((input) => engine.step(input));
    const rest = createEngine({ rulebook: book, areas: squareAreas }, engine.snapshot());
    const ended = createEngine(
      { rulebook: book, areas: squareAreas },
      structuredClone(engine.snapshot()),
    ).abandon(rulebookOf(book.pack, []));
    const later = new Set(
      idsOf(
        records.slice(at).flatMap((input) => rest.step(input)),
        'cleared',
      ),
    );
    const lasting = idsOf(before, 'raised').filter((id) => later.has(id));
    expect(idsOf(ended, 'cleared')).toEqual(expect.arrayContaining(lasting));
    expect(new Set(ended.map(({ id }) => id)).size).toBe(ended.length);
    for (const finding of before) {
      if (finding.kind !== 'raised' || !lasting.includes(finding.alertId)) continue;
      kinds.add(book.rules.find(({ rule }) => rule.id === finding.ruleId)?.rule.kind ?? '');
    }
  }
  expect([...kinds]).toEqual(expect.arrayContaining(['absence', 'match', 'zone']));
});

test('a rulebook goes into the log and comes out as what is evaluated', () => {
  const shadow = otherLevel();
  const parts = [...book.rules, ...shadow.rules.filter(({ rule }) => rule.id === 'area-exit')].map(
    (compiled) => ({
      compiled: { ...compiled, rule: { ...compiled.rule } },
      source: { ...book.sources, ...shadow.sources }[compiled.version] ?? '',
    }),
  );
  const last = parts.at(-1);
  if (last) last.compiled.rule.status = 'shadow';
  const both = rulebookOf(book.pack, parts);
  const decoded = decodeRulebook(encodeRulebook(both));
  expect(decoded.version).toBe(runningVersion(both));
  expect(decoded.rules.map(({ version }) => version)).toEqual(
    both.rules.map(({ version }) => version),
  );
});

describe('in the log', () => {
  const entries: LogEntry[] = inputs.map(({ watermarkMs, facts, positions }) => {
    const at = epochMs(watermarkMs);
    if (facts) return { kind: 'lines', watermarkMs: at, payload: encodeLines(facts) };
    if (positions)
      return { kind: 'positions', watermarkMs: at, payload: encodePositions(positions) };
    return encodeTick(at);
  });

  const withLog = async (run: (log: Log) => Promise<void>) => {
    const path = await mkdtemp(join(tmpdir(), 'plumbline-change-'));
    const log = openEmbeddedLog(
      { clock: systemClock },
      { path: join(path, 'log.sqlite'), partitions: 1 },
    );
    await run(log);
    await log.close();
    await rm(path, { recursive: true });
  };

  const memory = (): SnapshotStore => {
    let kept: { nextOffset: number; body: Uint8Array } | undefined;
    return {
      load: async () => kept,
      save: async (_partition, snapshot) => void (kept = snapshot),
    };
  };

  const append = (log: Log, some: readonly LogEntry[]) =>
    log.append('observations', [{ partition: 0, entries: some }]);

  const reach = async (runner: Awaited<ReturnType<typeof startRules>>, log: Log): Promise<void> => {
    const { end } = await log.bounds('observations', 0);
    await expect.poll(() => runner.status()[0]?.nextOffset, { timeout: 15_000 }).toBe(end);
  };

  const deps = (log: Log, rulebook: Rulebook, snapshots: SnapshotStore) => ({
    log,
    rulebook,
    surroundings: { areas: squareAreas },
    snapshots,
    logger: silentLogger,
  });

  const found = async (log: Log) => [
    ...new Map(
      (await readAll(log, 'findings', 0))
        .flatMap(({ payload }) => decodeLines<Finding>(payload))
        .map((finding) => [finding.id, JSON.stringify(finding)]),
    ).values(),
  ];

  const at = Math.floor(inputs.length / 2);
  const expected = () => evaluate(at, otherParams()).map((finding) => JSON.stringify(finding));

  test('rules change where the mark stands, and whoever reads the log again changes there too', () =>
    withLog(async (log) => {
      const first = await startRules(deps(log, book, memory()));
      await append(log, entries.slice(0, at));
      await reach(first, log);
      await first.adopt(otherParams());
      await first.adopt(otherParams());
      await append(log, entries.slice(at));
      await reach(first, log);
      expect(first.status()[0]?.rulebookVersion).toBe(runningVersion(otherParams()));
      await first.stop();
      const before = await found(log);
      expect(before).toEqual(expected());

      // Read again from the first record, without a snapshot, by a program that has yet other rules.
      const again = await startRules(deps(log, otherLevel(), memory()));
      await expect
        .poll(() => again.status()[0]?.nextOffset, { timeout: 15_000 })
        .toBeGreaterThanOrEqual(entries.length + 2);
      await again.stop();
      const marks = (await readAll(log, 'observations', 0)).filter(
        ({ kind }) => kind === 'rulebook',
      );
      expect(marks.length).toBe(2);
      expect(await found(log)).toEqual(before);
    }));

  test('killed after a change was decided and before it was read, the change comes once', () =>
    withLog(async (log) => {
      const snapshots = memory();
      const first = await startRules(deps(log, book, snapshots));
      await append(log, entries.slice(0, at));
      await reach(first, log);
      await first.stop();
      // The mark is in the log, the program dies before it reads it; the next one asks for it again.
      const dying = await startRules(deps(log, book, { ...snapshots, save: async () => {} }));
      await dying.adopt(otherParams());
      await dying.stop();
      const next = await startRules(deps(log, otherParams(), snapshots));
      await append(log, entries.slice(at));
      await reach(next, log);
      await next.stop();
      expect(await found(log)).toEqual(expected());
    }));
});
