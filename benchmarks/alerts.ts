// How many alerts a second go the whole way: findings in the log on disk, alerts, ladders, events and notices in
// the records on disk, notices handed to a provider in this process, the timeline back in the log.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { elapsedMs } from '../core/time.ts';
import type { AlertEvent } from '../core/alert-event.ts';
import { decodeLines, type Log } from '../ingest/log.ts';
import type { Records } from '../warehouse/records.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import { latencyCases } from './alerts-latency.ts';
import { append, findingAt, until, withFiles } from './alerts-stage.ts';
import {
  describeMachine,
  median,
  round,
  spreadAround,
  type BenchReport,
  type CaseResult,
} from './bench.ts';

const ALERTS = 5_000;
/** Of every twenty, one of level 1, five of level 2, the rest of level 3. */
const ruleAt = (index: number): string =>
  index % 20 === 7 ? 'offence' : index % 4 === 1 ? 'area-exit' : 'terminal-silent';

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
      named('the same, transactions of the records and appends to the log', {
        metric: 'cost',
        unit: 'transactions/alert',
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
      ...(await latencyCases(runs, say)),
    ],
  };
}

/** Findings of one record of the log, as the rules write them after a batch of positions. */
const FINDINGS_OF_RECORD = 20;

type Storm = {
  readonly answer: string;
  readonly tookMs: number;
  /** Of a processor. */
  readonly cpuMs: number;
  /** Transactions of the records, also those that only read, and appends to the log. */
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
  let collectingMs = 0;
  const told = new Set<string>();
  const { notices, calls: callsMax } = totalsOf(alerts);
  const onSend = (kind: ChannelKind, _alertId: string, noticeId: string) => {
    sends++;
    told.add(noticeId);
    if (kind === 'phone' && ++calls === callsMax) graveMs = elapsedMs() - startedMs - collectingMs;
    if (sends !== Math.round(notices / 10)) return;
    // Looking costs time that is no work of the alerts.
    const lookedMs = elapsedMs();
    firstMb = heapMb();
    collectingMs = elapsedMs() - lookedMs;
  };
  return withFiles(onSend, async ({ log, records, commits, start }) => {
    for (let at = 0; at < alerts; at += FINDINGS_OF_RECORD) {
      const batch = Array.from({ length: FINDINGS_OF_RECORD }, (_, index) =>
        findingAt(at + index, ruleAt(at + index)),
      );
      await append(log, batch);
    }
    startedMs = elapsedMs();
    const before = process.cpuUsage();
    const commitsBefore = commits();
    const runner = await start();
    const { events } = totalsOf(alerts);
    await until(() => sends >= notices && runner.status().publishedSeq >= events);
    const tookMs = elapsedMs() - startedMs - collectingMs;
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    const grownMb = heapMb() - firstMb;
    await runner.stop();
    const made = commits() - commitsBefore;
    return {
      answer: await countRows(records, log, { sends, told: told.size }),
      tookMs,
      cpuMs,
      commits: made,
      graveMs,
      grownMb,
    };
  });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is really held: everything that could be thrown away is. */
function heapMb(): number {
  collectGarbage();
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

/**
 * What is in records and log, and what the provider was given: each notice once, and in the log every event of
 * the records once, in their order.
 */
async function countRows(
  { db }: Records,
  log: Log,
  given: { readonly sends: number; readonly told: number },
): Promise<string> {
  const count = async (table: 'alert') =>
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
  const logged: string[] = [];
  const { end } = await log.bounds('alert-events', 0);
  for (let offset = 0; offset < end;) {
    for (const record of await log.read('alert-events', 0, { offset, recordsMax: 100 })) {
      offset = record.offset + 1;
      if (record.kind !== 'lines') continue;
      logged.push(...decodeLines<AlertEvent>(record.payload).map(({ id }) => id));
    }
  }
  const kept = await db.selectFrom('alertEvent').select('id').orderBy('seq').execute();
  const events = kept.length;
  const isSame = logged.length === events && kept.every(({ id }, index) => logged[index] === id);
  const isLogged = isSame ? `${events} events` : `${events} events, not those of the log`;
  const { sends, told } = given;
  const sentTwice = sends === told ? '' : `${sends} sends of ${told} notices, `;
  return `${sentTwice}${await count('alert')} alerts, ${rowsOf()} notices sent, ${rowsOf('phone')} of them calls, ${isLogged}`;
}
