// How long the questions of the workbench and the walls take, 32 asked at a time, while 50,000 positions a second
// go through the log into the warehouse of the same process, and how long the process is not listening meanwhile.
// Ninety days of alerts and observations, counted ahead by the day. Once as screens ask, the same questions again
// and again with a moment to draw; and 32 at the same moment of every second, none like any other of the run, once
// of the kinds the workbench offers first and the walls show, once with every seventh of a kind for which there is
// no roll-up. Answers about time that is over are held against what the rows themselves say, all of them; those about
// today once all that was written has arrived.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { metricQuestionSchema, type MetricQuestion } from '../app/api/metrics.ts';
import { answerMetrics, type Question } from '../app/figures/answer.ts';
import { createFigureDesk, type FigureDesk } from '../app/figures/figure-desk.ts';
import { figureScopeOf } from '../app/figures/scope.ts';
import { silentLogger } from '../core/logger.ts';
import { DAY_MS, startOfLocalDay } from '../core/local-time.ts';
import { encodePositions } from '../core/position-batch.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { createRandom, type Random } from '../core/random.ts';
import { regionCode } from '../core/region.ts';
import { elapsedMs, epochMs, ioClock, sleep, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import type { Log } from '../ingest/log.ts';
import { migrateWarehouse } from '../warehouse/migrate.ts';
import { openOlap, type Olap } from '../warehouse/olap.ts';
import { openRecords } from '../warehouse/records.ts';
import { countDue, noteDays } from '../warehouse/rollup-count.ts';
import { createRollupMarks } from '../warehouse/rollup-days.ts';
import { startWriter } from '../warehouse/writer.ts';
import { describeMachine, median, round, spreadAround, type BenchReport } from './bench.ts';

const DAYS = 90;
const ALERTS_PER_DAY = 1_000;
const PERSONS = 10_000;
const ASKERS = 32;
const ROWS_PER_S = 50_000;
/** As often as ingest appends. */
const APPENDS_PER_S = 50;
const RUN_MS = 8_000;
const WARM_UP_MS = 4_000;
/** A screen draws what it got before it asks again. */
const DRAW_MS = 20;
const SECOND_MS = 1_000;
/** What it is to show. */
const P95_MS_MAX = 100;
const LOOP_MS_MAX = 20;
/** Questions about time that is over, asked again of the rows; more than a run asks unless it is very fast. */
const CHECKED_MAX = 300;
const COUNTIES = [511702, 511703, 511722, 511723, 511724, 511725, 511781];

/** Beside the project and not in the machine's folder for passing files, which may be no disk at all. */
const FOLDER = fileURLToPath(new URL('../.cache/bench', import.meta.url));

/** Of those about today, once all has arrived. */
const TODAY_MAX = 20;

const WHO = {
  scope: figureScopeOf({ kind: 'unit-and-below', unit: regionCode('511700') }),
  hidesSmall: false,
};

type Asked = { readonly question: Question; readonly isOver: boolean; expected?: string };

/** How questions are asked. */
type Way = {
  readonly name: string;
  /** After an answer, before the next question. */
  pauseMs(sinceStartMs: number): number;
  next(): Asked;
  /** Before a run: what was asked in another may be asked again. */
  begin?(): void;
};

type Measured = {
  readonly latencies: readonly number[];
  readonly delayP99Ms: number;
  readonly rowsPerS: number;
  readonly wrong: number;
  /** How many answers needed no statement. */
  readonly fromMemory: number;
};

export async function benchQueries(
  runs: number,
  say: (line: string) => void,
): Promise<BenchReport> {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'queries-'));
  const random = createRandom('bench');
  const deps = { clock: systemClock, logger: silentLogger, random };
  const log = openEmbeddedLog(deps, { path: join(folder, 'log.sqlite'), partitions: 2 });
  const olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  const records = await openRecords(deps, { kind: 'sqlite', path: join(folder, 'records.sqlite') });
  const marks = createRollupMarks({ records, olap, clock: systemClock });
  try {
    const todayMs = startOfLocalDay(systemClock.now());
    say(`${DAYS} days of ${ALERTS_PER_DAY} alerts, ${PERSONS} persons`);
    await migrateWarehouse(deps, olap);
    await writeHistory(olap, todayMs);
    const counting = { records, olap, marks, clock: systemClock };
    await noteDays(counting);
    while ((await countDue(counting, { daysMax: 31, quietMs: 0 })) > 0);
    const asked = questions(todayMs);
    await expectFromRows(olap, asked);
    const writer = startWriter({ ...deps, log, olap, marks });
    const desk = createFigureDesk({ olap, records: records.db, clock: systemClock });
    const stage = { log, olap, desk };
    let turn = 0;
    const unlikeAny = (of: readonly Asked[]): Pick<Way, 'next' | 'begin'> => {
      const before = new Set<string>();
      return {
        begin: () => before.clear(),
        next: () => unlike(of[turn++ % of.length] as Asked, { random, before }),
      };
    };
    const atOnce = (sinceStartMs: number) => SECOND_MS - (sinceStartMs % SECOND_MS);
    const ways: Way[] = [
      {
        name: 'the same by 32 screens',
        pauseMs: () => DRAW_MS,
        next: () => asked[turn++ % asked.length] as Asked,
      },
      {
        name: '32 at once every second, none like another',
        pauseMs: atOnce,
        ...unlikeAny(asked),
      },
      {
        name: 'the same with every seventh of no roll-up',
        pauseMs: atOnce,
        ...unlikeAny([...asked, ...withoutRollup(todayMs)]),
      },
    ];
    const measured = ways.map(() => [] as Measured[]);
    try {
      for (let run = 0; run <= runs; run++) {
        for (const [index, way] of ways.entries()) {
          const result = await measure(stage, way, run === 0 ? WARM_UP_MS : RUN_MS);
          const { latencies, delayP99Ms, rowsPerS, fromMemory } = result;
          if (result.wrong > 0) say(`${result.wrong} answers are wrong`);
          say(
            `${run === 0 ? 'warm-up' : `run ${run} of ${runs}`}, ${way.name}: ${latencies.length} answers, ${fromMemory} from memory, p50 ${at(latencies, 0.5)} ms, p95 ${at(latencies, 0.95)} ms, event loop ${round(delayP99Ms)} ms, ${Math.round(rowsPerS)} rows/s`,
          );
          if (run > 0) measured[index]?.push(result);
        }
      }
    } finally {
      desk.close();
      await writer.stop();
    }
    return {
      bench: 'queries',
      machine: describeMachine(),
      cases: ways.flatMap(({ name }, index) => casesOf(name, measured[index] ?? [])),
    };
  } finally {
    await olap.close();
    await records.close();
    await log.close();
    rmSync(folder, { recursive: true });
  }
}

function casesOf(way: string, measured: readonly Measured[]): BenchReport['cases'] {
  const isRight = measured.every(({ wrong }) => wrong === 0);
  const isWritten = measured.every(({ rowsPerS }) => rowsPerS >= ROWS_PER_S * 0.95);
  const caseOf = (
    name: string,
    { metric, unit, atMost }: { metric: string; unit: string; atMost?: number },
    of: (result: Measured) => number,
  ) => ({
    name: `${way}: ${name}`,
    metric,
    unit,
    value: round(median(measured.map(of))),
    runs: measured.length,
    spread: spreadAround(measured.map(of)),
    answerOk: isRight && isWritten,
    vs: {},
    ...(atMost !== undefined && { bar: { atMost } }),
  });
  const latency = { metric: 'latency', unit: 'ms' };
  const answered = { metric: 'throughput', unit: 'answers/s' };
  const written = { metric: 'throughput', unit: 'rows/s' };
  const percentile = (share: number) => (result: Measured) => at(result.latencies, share);
  return [
    caseOf('p50', latency, percentile(0.5)),
    caseOf('p95', { ...latency, atMost: P95_MS_MAX }, percentile(0.95)),
    caseOf('p99', latency, percentile(0.99)),
    caseOf('event loop p99', { ...latency, atMost: LOOP_MS_MAX }, ({ delayP99Ms }) => delayP99Ms),
    caseOf(
      'answered from memory',
      { metric: 'share', unit: '%' },
      ({ latencies, fromMemory }) => (fromMemory * 100) / latencies.length,
    ),
    caseOf('answers', answered, ({ latencies }) => (latencies.length * 1_000) / RUN_MS),
    caseOf('written', written, ({ rowsPerS }) => rowsPerS),
  ];
}

/** The question of other counties and of another time: one that was not asked before. */
function unlike(
  { question, isOver }: Asked,
  { random, before }: { random: Random; before: Set<string> },
): Asked {
  for (;;) {
    const counties = COUNTIES.filter(() => random.chance(0.5)).map(String);
    const where = [{ dimension: 'county', values: counties.length > 0 ? counties : ['511722'] }];
    const later = random.int(20);
    const one = {
      question: {
        ...question,
        where,
        fromMs: isOver ? epochMs(question.fromMs + later * DAY_MS) : question.fromMs,
        // Of today the evening differs, in which nothing is yet.
        toMs: isOver ? question.toMs : epochMs(question.toMs + later * DAY_MS),
      },
      isOver,
    };
    const key = JSON.stringify(one.question);
    if (before.has(key)) continue;
    before.add(key);
    return one;
  }
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return round(sorted[Math.floor(share * (sorted.length - 1))] ?? Infinity);
}

/** Asks and writes for so long. */
async function measure(
  { log, olap, desk }: { log: Log; olap: Olap; desk: FigureDesk },
  { next, begin, pauseMs }: Way,
  forMs: number,
): Promise<Measured> {
  const latencies: number[] = [];
  const toCheck: { one: Asked; rows: string }[] = [];
  const ofToday: Asked[] = [];
  let [wrong, fromMemory] = [0, 0];
  begin?.();
  const before = await countPositions(olap);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedMs = elapsedMs();
  const isOver = () => elapsedMs() - startedMs >= forMs;
  const askOn = async () => {
    while (!isOver()) {
      const one = next();
      const sentMs = elapsedMs();
      const answer = await desk.answer(one.question, WHO);
      latencies.push(elapsedMs() - sentMs);
      const { rows } = answer;
      if (answer.fromMemory) fromMemory++;
      if (!one.isOver && ofToday.length < TODAY_MAX) ofToday.push(one);
      if (one.expected === undefined) {
        if (one.isOver && toCheck.length < CHECKED_MAX) {
          toCheck.push({ one, rows: JSON.stringify(rows) });
        }
      } else if (one.isOver && JSON.stringify(rows) !== one.expected) wrong++;
      await sleep(ioClock, pauseMs(elapsedMs() - startedMs));
    }
  };
  const [{ written, tookMs }] = await Promise.all([
    writePositions(log, isOver),
    ...Array.from({ length: ASKERS }, askOn),
  ]);
  delay.disable();
  while ((await countPositions(olap)) < before + written) await sleep(ioClock, 100);
  for (const { one, rows } of toCheck) {
    const answer = await answerMetrics(olap, one.question, WHO);
    if (JSON.stringify(answer.rows) !== rows) wrong++;
  }
  // What is known for three seconds and kept for one is of before the last rows.
  await sleep(ioClock, 5 * SECOND_MS);
  for (const { question } of ofToday) {
    const held = await desk.answer(question, WHO);
    const counted = await answerMetrics(olap, question, WHO);
    if (JSON.stringify(held.rows) !== JSON.stringify(counted.rows)) wrong++;
  }
  return {
    latencies,
    fromMemory,
    delayP99Ms: delay.percentile(99) / 1e6,
    // What was appended in the time; that all of it arrives is waited for.
    rowsPerS: (written * 1_000) / tookMs,
    wrong,
  };
}

const countPositions = async (olap: Olap): Promise<number> =>
  (await olap.rows<{ rows: number }>('SELECT count() AS rows FROM position'))[0]?.rows ?? 0;

/** Appends at a steady rate; gives how many rows in what time. */
async function writePositions(
  log: Log,
  isOver: () => boolean,
): Promise<{ written: number; tookMs: number }> {
  const rows = ROWS_PER_S / APPENDS_PER_S;
  const startedMs = elapsedMs();
  let written = 0;
  for (let append = 0; !isOver(); append++) {
    const nowMs = systemClock.now();
    const builder = createPositionBuilder(rows);
    for (let row = 0; row < rows; row++) {
      builder.add({
        subject: `cc-${(append * rows + row) % PERSONS}`,
        source: 'bracelet/jt808',
        atMs: nowMs - (row % 1_000),
        lng: 107.5,
        lat: 31.2,
        sequence: row,
        accuracyM: 10,
      });
    }
    const batch = builder.drain();
    batch.receivedAtMs.fill(nowMs);
    for (let row = 0; row < rows; row++) {
      batch.region[row] = COUNTIES[row % COUNTIES.length] as number;
    }
    const entry = {
      kind: 'positions' as const,
      watermarkMs: epochMs(nowMs),
      payload: encodePositions(batch),
    };
    await log.append('observations', [{ partition: append % 2, entries: [entry] }]);
    written += rows;
    const dueMs = ((append + 1) * 1_000) / APPENDS_PER_S;
    await sleep(ioClock, Math.max(0, dueMs - (elapsedMs() - startedMs)));
  }
  return { written, tookMs: elapsedMs() - startedMs };
}

/** What the screens ask; `isOver` where nothing that is written now belongs to it. */
function questions(todayMs: number): Asked[] {
  const month = { fromMs: todayMs - 30 * DAY_MS, toMs: todayMs };
  const quarter = { fromMs: todayMs - (DAYS - 1) * DAY_MS, toMs: todayMs };
  const today = { fromMs: todayMs, toMs: todayMs + DAY_MS };
  const ask = (more: Partial<MetricQuestion> & { metrics: string[] }, isOver: boolean): Asked => ({
    question: metricQuestionSchema.parse({ purpose: 'bench', ...month, ...more }),
    isOver,
  });
  const ofCounty = (county: number) => [{ dimension: 'county', values: [String(county)] }];
  return [
    // The workbench: history by this and that.
    ask({ metrics: ['alerts-raised'], by: ['county', 'level'], grain: 'day' }, true),
    ask({ metrics: ['alerts-raised'], by: ['county'], grain: 'week', ...quarter }, true),
    ask({ metrics: ['alerts-precision', 'alerts-judged'], by: ['rule'], ...quarter }, true),
    ask({ metrics: ['time-to-acknowledge-p50', 'time-to-acknowledge-p90'], by: ['level'] }, true),
    ask({ metrics: ['alerts-judged'], by: ['cause'], ...quarter }, true),
    ask({ metrics: ['alerts-raised'], by: ['shift', 'hour'] }, true),
    ask({ metrics: ['alerts-raised'], by: ['county'], compare: 'previous' }, true),
    ask({ metrics: ['observations-admitted'], by: ['source'], grain: 'day', ...quarter }, true),
    ...COUNTIES.map((county) =>
      ask({ metrics: ['alerts-raised'], grain: 'day', where: ofCounty(county), ...quarter }, true),
    ),
    // The walls: today, as it goes on.
    ask({ metrics: ['alerts-raised', 'alerts-open'], by: ['level'], ...today }, false),
    ask({ metrics: ['positions'], by: ['county'], grain: 'hour', ...today }, false),
    ask({ metrics: ['alerts-raised'], by: ['county'], grain: 'hour', ...today }, false),
    ask({ metrics: ['observations-admitted'], by: ['kind'], ...today }, false),
  ];
}

/** Of kinds no roll-up covers: what is open now, what was not raised and why, and today by the minute. */
function withoutRollup(todayMs: number): Asked[] {
  const ask = (more: Partial<MetricQuestion> & { metrics: string[] }, isOver: boolean): Asked => ({
    question: metricQuestionSchema.parse({
      purpose: 'bench',
      fromMs: todayMs - 30 * DAY_MS,
      toMs: todayMs,
      ...more,
    }),
    isOver,
  });
  return [
    ask({ metrics: ['alerts-standing'], by: ['level', 'age'] }, true),
    ask({ metrics: ['findings-suppressed'], by: ['because'], grain: 'day' }, true),
    ask(
      {
        metrics: ['positions'],
        by: ['county'],
        grain: 'minute',
        fromMs: todayMs,
        toMs: todayMs + DAY_MS,
      },
      false,
    ),
  ];
}

/** The answers of the rows themselves. */
async function expectFromRows(olap: Olap, asked: readonly Asked[]): Promise<void> {
  for (const one of asked) {
    const { rows } = await answerMetrics(olap, one.question, WHO);
    one.expected = JSON.stringify(rows);
  }
}

async function writeHistory(olap: Olap, todayMs: number): Promise<void> {
  const params = {
    firstMs: todayMs - DAYS * DAY_MS,
    alerts: (DAYS + 0.3) * ALERTS_PER_DAY,
    stepMs: DAY_MS / ALERTS_PER_DAY,
    minutes: DAYS * 1_440,
    counties: COUNTIES,
    persons: PERSONS,
    // Of no partition of the log, or the writer would take them for half written.
    apart: 9,
  };
  await olap.run(
    `INSERT INTO alert_event (id, alert_id, kind, at_ms, level, subject, subject_class, region, rule_id, body, log_line, log_partition)
     SELECT concat('ev-', toString(number), '-', toString(step)), concat('al-', toString(number)),
       ['opened', 'acknowledged', 'feedback', 'closed'][step],
       {firstMs:Int64} + number * {stepMs:Int64} + (step - 1) * (60000 + number % 1000 * 1000),
       1 + number % 3, concat('cc-', toString(number % {persons:UInt32})),
       ['cc', 'raKey', 'raOrdinary'][1 + number % 3],
       {counties:Array(UInt32)}[1 + cityHash64(number) % 7],
       concat('rule-', toString(cityHash64(number, 1) % 15)),
       if(step = 3, if(number % 5 = 0, '{"details":{"result":"drift"}}', '{"details":{"result":"true"}}'), '{"details":{}}'),
       step, {apart:UInt16}
     FROM (SELECT number, arrayJoin(range(1, 2 + number % 4)) AS step FROM numbers({alerts:UInt64}))`,
    params,
  );
  await olap.run(
    `INSERT INTO finding (id, kind, rule_id, subject, subject_class, region, at_ms, because, log_partition)
     SELECT concat('f-', toString(number)), 'suppressed', concat('rule-', toString(number % 15)),
       concat('cc-', toString(number % {persons:UInt32})), 'cc', {counties:Array(UInt32)}[1 + number % 7],
       {firstMs:Int64} + number * {stepMs:Int64}, ['leave', 'silenced'][1 + number % 2], {apart:UInt16}
     FROM numbers({alerts:UInt64})`,
    params,
  );
  await olap.run(
    `INSERT INTO observation_minute (received_minute_ms, kind, source, region, observations, log_partition)
     SELECT {firstMs:Int64} + intDiv(number, 14) * 60000, if(number % 14 < 7, 'position', 'device'),
       if(number % 2 = 0, 'bracelet/jt808', 'phone/app'), {counties:Array(UInt32)}[1 + number % 7], 1 + number % 900, {apart:UInt16}
     FROM numbers(14 * {minutes:UInt64})`,
    params,
  );
}
