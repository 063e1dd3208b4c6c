// How many alerts a second go the whole way: findings in the log on disk, alerts, ladders, events and notices in
// the records on disk, notices handed to a provider in this process, the timeline back in the log. And how long
// after it was appended a finding of level 1 is handed to the telephone while level 3 pours in beside it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KyselyPlugin } from 'kysely';
import type { Channel } from '../alerts/channels/channel.ts';
import { officerTable } from '../alerts/duty-officers.ts';
import { raised, ruleTexts, saveOfficers } from '../alerts/findings.fixture.ts';
import { ALERTS_DEFAULTS, startAlerts } from '../alerts/run.ts';
import type { RaisedFinding } from '../core/finding.ts';
import { createCountingIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { elapsedMs, epochMs, ioClock, sleep, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { encodeLines, partitionOf, type Log } from '../ingest/log.ts';
import { openRecords, type Records } from '../warehouse/records.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import {
  describeMachine,
  median,
  round,
  spreadAround,
  type BenchReport,
  type CaseResult,
} from './bench.ts';

const PARTITIONS = 4;
const ALERTS = 5_000;
/** Of every twenty, one of level 1, five of level 2, the rest of level 3. */
const ruleAt = (index: number): string =>
  index % 20 === 7 ? 'offence' : index % 4 === 1 ? 'area-exit' : 'terminal-silent';

const BACKGROUND_PER_SECOND = 100;
const GRAVE_EVERY_MS = 100;
const SECONDS = 20;
/** Until the code has been compiled; not counted. */
const WARM_SECONDS = 4;

export async function benchAlerts(runs: number, say: (line: string) => void): Promise<BenchReport> {
  const tookMs: number[] = [];
  const cpuMs: number[] = [];
  const commits: number[] = [];
  const graveMs: number[] = [];
  const grownMb: number[] = [];
  let isRight = true;
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'warm-up' : `run ${run + 1} of ${runs}`);
    const storm = await takeStorm(ALERTS);
    isRight &&= storm.answer === expectedOf(ALERTS);
    if (storm.answer !== expectedOf(ALERTS)) say(`wrong: ${storm.answer}`);
    if (run < 0) continue;
    tookMs.push(storm.tookMs);
    cpuMs.push(storm.cpuMs / ALERTS);
    commits.push(storm.commits / ALERTS);
    graveMs.push(storm.graveMs);
    grownMb.push(storm.grownMb);
  }
  const named = (
    name: string,
    about: Pick<CaseResult, 'metric' | 'unit' | 'value'> & { values: readonly number[] },
  ): CaseResult => ({
    name,
    metric: about.metric,
    unit: about.unit,
    value: round(about.value),
    runs: about.values.length,
    spread: spreadAround(about.values),
    answerOk: isRight,
    vs: {},
  });
  const count = ALERTS.toLocaleString('en');
  say(`level 1 beside ${BACKGROUND_PER_SECOND} alerts of level 3 a second`);
  return {
    bench: 'alerts',
    machine: describeMachine(),
    cases: [
      named('findings on disk to notices handed over and timeline in the log', {
        metric: 'throughput',
        unit: 'alerts/s',
        value: (ALERTS * 1_000) / median(tookMs),
        values: tookMs,
      }),
      named('the same, of one processor', {
        metric: 'cost',
        unit: 'ms/alert',
        value: median(cpuMs),
        values: cpuMs,
      }),
      named('the same, times records or log are made durable', {
        metric: 'cost',
        unit: 'commits/alert',
        value: median(commits),
        values: commits,
      }),
      named(`storm of ${count} at once: until every call of level 1 is handed over`, {
        metric: 'latency',
        unit: 'ms',
        value: median(graveMs),
        values: graveMs,
      }),
      named(`storm of ${count} at once: heap in use afterwards, grown since its first tenth`, {
        metric: 'memory',
        unit: 'MB',
        value: median(grownMb),
        values: grownMb.map((grown) => Math.max(1, grown)),
      }),
      ...(await latencyCases()),
    ],
  };
}

/** What a run is given: files of its own, and what it does with each notice. */
async function withFiles<Result>(
  onSend: (kind: ChannelKind, alertId: string) => void,
  use: (given: {
    log: Log;
    records: Records;
    commits: () => number;
    start: () => ReturnType<typeof startAlerts>;
  }) => Promise<Result>,
): Promise<Result> {
  let commits = 0;
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  const file = openEmbeddedLog(
    { clock: systemClock },
    { path: join(folder, 'log.sqlite'), partitions: PARTITIONS },
  );
  const log: Log = {
    ...file,
    append(topic, batches) {
      commits++;
      return file.append(topic, batches);
    },
  };
  const random = createRandom('bench');
  const opened = await openRecords(
    { logger: silentLogger, random },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const records: Records = {
    ...opened,
    db: opened.db.withPlugin(
      onWrite(() => {
        commits++;
      }),
    ),
    transaction(run) {
      commits++;
      return opened.transaction(run);
    },
  };
  await saveOfficers(records.db);
  const channelOf = (kind: ChannelKind): Channel => ({
    kind,
    provider: `bench-${kind}`,
    async send({ id, alertId }) {
      onSend(kind, alertId);
      return { kind: 'accepted', messageId: id };
    },
    status: async () => ({ kind: 'unknown' }),
    onReceipt() {},
  });
  const start = () =>
    startAlerts(
      {
        records,
        log,
        clock: systemClock,
        random,
        ids: createCountingIds(),
        logger: silentLogger,
        ruleTexts,
        dutyOfficers: officerTable,
        channels: (['phone', 'sms', 'push'] as const).map(channelOf),
        onChanged: () => {},
      },
      ALERTS_DEFAULTS,
    );
  try {
    return await use({ log, records, commits: () => commits, start });
  } finally {
    await log.close();
    await records.close();
    rmSync(folder, { recursive: true });
  }
}

/** Single statements that change something are transactions of their own. */
const onWrite = (count: () => void): KyselyPlugin => ({
  transformQuery({ node }) {
    if (node.kind !== 'SelectQueryNode') count();
    return node;
  },
  transformResult: ({ result }) => Promise.resolve(result),
});

const findingAt = (index: number, ruleId = ruleAt(index)): RaisedFinding =>
  raised(`bench-${index}`, { ruleId });

async function append(log: Log, findings: readonly RaisedFinding[]): Promise<void> {
  const groups = Map.groupBy(findings, ({ subject }) => partitionOf(subject, PARTITIONS));
  await log.append(
    'findings',
    [...groups].map(([partition, group]) => ({
      partition,
      entries: [{ kind: 'lines' as const, watermarkMs: epochMs(1), payload: encodeLines(group) }],
    })),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(ioClock, 5);
}

/** Findings of one record of the log, as the rules write them after a batch of positions. */
const FINDINGS_OF_RECORD = 20;

type Storm = {
  readonly answer: string;
  readonly tookMs: number;
  /** Of a processor. */
  readonly cpuMs: number;
  /** Times that records and log were made durable. */
  readonly commits: number;
  readonly graveMs: number;
  readonly grownMb: number;
};

/** All of them are in the log when the program starts. */
async function takeStorm(alerts: number): Promise<Storm> {
  let sends = 0;
  let calls = 0;
  let graveMs = 0;
  let firstMb = 0;
  let startedMs = 0;
  const { notices, calls: callsMax } = totalsOf(alerts);
  const onSend = (kind: ChannelKind) => {
    sends++;
    if (kind === 'phone' && ++calls === callsMax) graveMs = elapsedMs() - startedMs;
    if (sends === Math.round(notices / 10)) firstMb = heapMb();
  };
  return withFiles(onSend, async ({ log, records, commits, start }) => {
    for (let at = 0; at < alerts; at += FINDINGS_OF_RECORD) {
      const batch = Array.from({ length: FINDINGS_OF_RECORD }, (_, index) => findingAt(at + index));
      await append(log, batch);
    }
    startedMs = elapsedMs();
    const before = process.cpuUsage();
    const commitsBefore = commits();
    const runner = await start();
    const { events } = totalsOf(alerts);
    await until(() => sends >= notices && runner.status().publishedSeq >= events);
    const tookMs = elapsedMs() - startedMs;
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    const grownMb = heapMb() - firstMb;
    await runner.stop();
    const made = commits() - commitsBefore;
    return {
      answer: await countRows(records, log),
      tookMs,
      cpuMs,
      commits: made,
      graveMs,
      grownMb,
    };
  });
}

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

/** What must be there at the end. Level 1 is called and pushed to two, level 2 texted and pushed, 3 pushed. */
function totalsOf(alerts: number) {
  let notices = 0;
  let calls = 0;
  for (let index = 0; index < alerts; index++) {
    const rule = ruleAt(index);
    notices += rule === 'offence' ? 4 : rule === 'area-exit' ? 2 : 1;
    calls += rule === 'offence' ? 2 : 0;
  }
  return { notices, calls, events: alerts + notices };
}

const expectedOf = (alerts: number): string => {
  const { notices, calls, events } = totalsOf(alerts);
  return `${alerts} alerts, ${notices} notices sent, ${calls} of them calls, ${events} events`;
};

async function countRows({ db }: Records, log: Log): Promise<string> {
  const count = async (table: 'alert' | 'alertEvent') =>
    (
      await db
        .selectFrom(table)
        .select(db.fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow()
    ).rows;
  const sent = await db
    .selectFrom('outbox')
    .select(['channel', db.fn.countAll<number>().as('rows')])
    .where('state', '=', 'sent')
    .groupBy('channel')
    .execute();
  const rowsOf = (channel?: ChannelKind) =>
    sent
      .filter((row) => channel === undefined || row.channel === channel)
      .reduce((sum, { rows }) => sum + rows, 0);
  let logged = 0;
  const { end } = await log.bounds('alert-events', 0);
  for (let offset = 0; offset < end;) {
    for (const record of await log.read('alert-events', 0, { offset, recordsMax: 100 })) {
      offset = record.offset + 1;
      logged += Buffer.from(record.payload).toString().split('\n').length - 1;
    }
  }
  const events = await count('alertEvent');
  const isLogged =
    logged === events ? `${events} events` : `${events} events, ${logged} in the log`;
  return `${await count('alert')} alerts, ${rowsOf()} notices sent, ${rowsOf('phone')} of them calls, ${isLogged}`;
}

/** From before the append to the moment the telephone provider is given the call. */
async function latencyCases(): Promise<CaseResult[]> {
  const appendedAtMs = new Map<string, number>();
  const tookMs: number[] = [];
  let isWarm = false;
  let sends = 0;
  let calls = 0;
  const onSend = (kind: ChannelKind, alertId: string) => {
    sends++;
    if (kind !== 'phone') return;
    calls++;
    const sinceMs = appendedAtMs.get(alertId);
    // The first attempt is the first of the two calls.
    appendedAtMs.delete(alertId);
    if (sinceMs !== undefined && isWarm) tookMs.push(elapsedMs() - sinceMs);
  };
  const everyMs = 1_000 / BACKGROUND_PER_SECOND;
  const ticks = (SECONDS + WARM_SECONDS) * BACKGROUND_PER_SECOND;
  const answerOk = await withFiles(onSend, async ({ log, start }) => {
    const runner = await start();
    const startedMs = elapsedMs();
    const pending: Promise<void>[] = [];
    let graves = 0;
    for (let tick = 0; tick < ticks; tick++) {
      const waitMs = startedMs + tick * everyMs - elapsedMs();
      if (waitMs > 0) await sleep(ioClock, waitMs);
      isWarm = tick >= WARM_SECONDS * BACKGROUND_PER_SECOND;
      pending.push(append(log, [findingAt(tick, 'terminal-silent')]));
      if (Math.round((tick * everyMs) % GRAVE_EVERY_MS) !== 0) continue;
      graves++;
      const grave = findingAt(ticks + tick, 'offence');
      appendedAtMs.set(grave.alertId, elapsedMs());
      pending.push(append(log, [grave]));
    }
    await Promise.all(pending);
    const wanted = ticks + 4 * graves;
    await until(() => sends >= wanted);
    await runner.stop();
    return sends === wanted && calls === 2 * graves && appendedAtMs.size === 0;
  });
  const sorted = tookMs.toSorted((a, b) => a - b);
  return [0.5, 0.99].map((share) => ({
    name: `level 1, append to first attempt, beside ${BACKGROUND_PER_SECOND} of level 3 a second, p${share * 100}`,
    metric: 'latency',
    unit: 'ms',
    value: round(sorted[Math.ceil(share * sorted.length) - 1] ?? NaN),
    runs: sorted.length,
    spread: spreadAround(sorted),
    answerOk,
    vs: {},
  }));
}
