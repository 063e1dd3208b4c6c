import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlertEvent, AlertEventKind } from '../core/alert-event.ts';
import type { Finding } from '../core/finding.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { regionCode } from '../core/region.ts';
import { subjectKey } from '../core/subject.ts';
import { epochMs, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { encodeLines, type Log } from '../ingest/log.ts';
import { GRAINS } from './metric.ts';
import { METRICS, RELATIONS, dimensionsOf } from './metrics-catalogue.ts';
import { migrateWarehouse } from './migrate.ts';
import { openOlap, type Olap } from './olap.ts';
import { regionSpan } from './compile-metric.ts';
import { queryMetric } from './query-metric.ts';
import { caughtUp } from './writer.fixture.ts';
import { startWriter } from './writer.ts';

const deps = { clock: systemClock, logger: silentLogger, random: createRandom('metrics') };

/** 23:59:59.999 on 30 November 2026 in China. */
const LATE_MS = Date.UTC(2026, 10, 30, 15, 59, 59, 999);
const MINUTE_MS = 60_000;

let folder: string;
let olap: Olap;
let log: Log;

type Step = readonly [kind: AlertEventKind, afterMs: number];

/** Alerts as lists of what happened to them, from LATE_MS on. */
const ALERTS: readonly {
  level: 1 | 2 | 3;
  county: string;
  rule: string;
  steps: readonly Step[];
}[] = [
  {
    level: 2,
    county: '511722',
    rule: 'county-exit',
    steps: [
      ['opened', 0],
      ['acknowledged', 60_000],
    ],
  },
  {
    level: 2,
    county: '511722',
    rule: 'county-exit',
    steps: [
      ['opened', 1],
      ['acknowledged', 120_001],
      ['closed', 130_000],
    ],
  },
  {
    level: 1,
    county: '511702',
    rule: 'county-exit',
    steps: [
      ['opened', 1],
      ['closed', 50],
      ['reopened', 60],
    ],
  },
  {
    level: 3,
    county: '511702',
    rule: 'terminal-silent',
    steps: [
      ['opened', 2],
      ['repeated', 3],
    ],
  },
  {
    level: 3,
    county: '510104',
    rule: 'terminal-silent',
    steps: [
      ['opened', 2],
      ['reopened', 5],
      ['closed', 5],
    ],
  },
];

const events: AlertEvent[] = ALERTS.flatMap(({ level, county, rule, steps }, alert) =>
  steps.map(([kind, afterMs], step) => ({
    id: `ev-${alert}-${step}`,
    alertId: `al-${alert}`,
    kind,
    atMs: epochMs(LATE_MS + afterMs),
    actor: 'alerts',
    ruleId: rule,
    level,
    subject: subjectKey('cc-1'),
    subjectClass: 'cc',
    region: regionCode(county),
    openedAtMs: epochMs(LATE_MS - 1_000),
    details: {},
  })),
);

const common = {
  ruleId: 'county-exit',
  ruleVersion: '2@aaaaaaaaaaaa',
  subject: subjectKey('cc-1'),
  subjectClass: 'cc' as const,
  region: regionCode('511702'),
  atMs: epochMs(LATE_MS),
  values: {},
};
const raisedFinding = (id: string): Finding => ({
  kind: 'raised',
  id,
  ...common,
  alertId: `al-${id}`,
  level: 2,
  article: '第二十七条',
  evidence: [],
  checkedLeaves: [],
  late: false,
});
const leaveFinding = (id: string): Finding => ({
  kind: 'suppressed',
  id,
  ...common,
  because: 'leave',
});
const FINDINGS: Finding[] = [
  raisedFinding('a'),
  { ...raisedFinding('b'), shadow: true },
  { ...raisedFinding('c'), shadow: true },
  leaveFinding('d'),
  { ...leaveFinding('e'), shadow: true },
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-metrics-'));
  log = openEmbeddedLog(deps, { path: join(folder, 'log'), partitions: 1 });
  olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
  const watermarkMs = epochMs(LATE_MS);
  const tallies = [
    { source: 'rail/api', reason: 'no-basis', count: 3 },
    { source: 'rail/api', reason: 'duplicate', count: 4 },
    { source: 'phone/app', reason: 'no-basis', count: 5 },
  ];
  const entry = (kind: 'lines' | 'tally', values: readonly unknown[]) => ({
    partition: 0,
    entries: [{ kind, watermarkMs, payload: encodeLines(values) }],
  });
  await log.append('alert-events', [entry('lines', events)]);
  await log.append('observations', [entry('tally', tallies), entry('tally', tallies.slice(2))]);
  await log.append('findings', [entry('lines', FINDINGS)]);
  const writer = startWriter({ ...deps, log, olap });
  await caughtUp(writer);
  await writer.stop();
});

afterAll(async () => {
  await olap.close();
  await log.close();
  await rm(folder, { recursive: true });
});

const rowsOf = async (query: Parameters<typeof queryMetric>[1]) =>
  (await queryMetric(olap, query)).rows;

test('refused observations are counted by feed and reason', async () => {
  expect(
    await rowsOf({ metric: 'observations-refused', dimensions: ['reason', 'source'] }),
  ).toEqual([
    { reason: 'duplicate', source: 'rail/api', value: 4 },
    { reason: 'no-basis', source: 'phone/app', value: 10 },
    { reason: 'no-basis', source: 'rail/api', value: 3 },
  ]);
});

test('what rules on trial say is counted apart from what the others say', async () => {
  expect(await rowsOf({ metric: 'findings-on-trial', dimensions: ['rule', 'level'] })).toEqual([
    { rule: 'county-exit', level: 2, value: 2 },
  ]);
  expect(await rowsOf({ metric: 'findings-suppressed' })).toEqual([{ value: 1 }]);
});

describe('alerts', () => {
  test('are open until they are closed, and again when reopened; one closed last is closed', async () => {
    expect(await rowsOf({ metric: 'alerts-open', dimensions: ['level', 'county'] })).toEqual([
      { level: 1, county: '511702', value: 1 },
      { level: 2, county: '511722', value: 1 },
      { level: 3, county: '511702', value: 1 },
    ]);
    expect(await rowsOf({ metric: 'alerts-unacknowledged' })).toEqual([{ value: 2 }]);
  });

  test('are counted by the day in China', async () => {
    const midnightMs = LATE_MS + 1;
    expect(await rowsOf({ metric: 'alerts-raised', grain: 'day', dimensions: ['rule'] })).toEqual([
      { bucket_ms: midnightMs - 86_400_000, rule: 'county-exit', value: 1 },
      { bucket_ms: midnightMs, rule: 'county-exit', value: 2 },
      { bucket_ms: midnightMs, rule: 'terminal-silent', value: 2 },
    ]);
  });

  test.each([
    ['minute', LATE_MS + 1 - MINUTE_MS, LATE_MS + 1],
    ['hour', LATE_MS + 1 - 60 * MINUTE_MS, LATE_MS + 1],
    // 30 November 2026 is a Monday.
    ['week', LATE_MS + 1 - 86_400_000, undefined],
    ['month', Date.UTC(2026, 9, 31, 16), LATE_MS + 1],
  ] as const)('fall into the right %s', async (grain, first, second) => {
    const buckets = (await rowsOf({ metric: 'alerts-raised', grain })).map(
      (row) => row['bucket_ms'],
    );
    expect(buckets).toEqual(second === undefined ? [first] : [first, second]);
  });

  test.each([
    [['511722'], 2],
    [['511700'], 4],
    [['510000'], 5],
    [['510000', '511722'], 5],
    [['510104', '511702'], 3],
    [['520000'], 0],
    [['511799'], 0],
  ])('of %j are %i', async (county, value) => {
    expect(await rowsOf({ metric: 'alerts-raised', filters: { county } })).toEqual([{ value }]);
  });

  test.each([
    ['511700', true, 4],
    ['511722', true, 2],
    ['511722', false, 2],
    ['511700', false, 0],
    ['510000', true, 5],
    ['310000', true, 0],
  ])('within %s, below it %s, are %i, whatever else is asked', async (unit, below, value) => {
    const within = [regionSpan(unit, { below })];
    const asked = { metric: 'alerts-raised', filters: { county: ['510000'] } };
    expect((await queryMetric(olap, asked, { within })).rows).toEqual([{ value }]);
  });

  test('within no unit are none, and within two are both', async () => {
    const count = async (...units: string[]) => {
      const within = units.map((unit) => regionSpan(unit, { below: true }));
      return (await queryMetric(olap, { metric: 'alerts-raised' }, { within })).rows;
    };
    expect(await count()).toEqual([{ value: 0 }]);
    expect(await count('511722', '510104')).toEqual([{ value: 3 }]);
  });

  test('a figure without counties is refused to whoever may not see everything', async () => {
    const within = [regionSpan('511700', { below: true })];
    await expect(
      queryMetric(olap, { metric: 'observations-refused' }, { within }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('from is included, until is not', async () => {
    const count = (fromMs: number, untilMs: number) =>
      rowsOf({ metric: 'alerts-raised', fromMs, untilMs });
    expect(await count(LATE_MS, LATE_MS + 1)).toEqual([{ value: 1 }]);
    expect(await count(LATE_MS + 1, LATE_MS + 3)).toEqual([{ value: 4 }]);
  });

  test('are acknowledged within a median and a ninth decile', async () => {
    expect(await rowsOf({ metric: 'time-to-acknowledge-p50' })).toEqual([{ value: 120_000 }]);
    expect(await rowsOf({ metric: 'time-to-acknowledge-p90', filters: { level: ['2'] } })).toEqual([
      { value: 120_000 },
    ]);
  });

  test('are precise as far as officers found them true, and no finding is no share', async () => {
    expect(await rowsOf({ metric: 'alerts-precision' })).toEqual([{ value: null }]);
    expect(await rowsOf({ metric: 'alerts-judged', dimensions: ['cause'] })).toEqual([]);
    const feedback = (alertId: string, result: string, afterMs: number) => ({
      id: `ev-${alertId}-${result}`,
      alert_id: alertId,
      at_ms: LATE_MS + afterMs,
      body: JSON.stringify({ details: { result } }),
    });
    const rows = [
      feedback('al-0', 'drift', 900_000),
      feedback('al-0', 'true', 900_001),
      feedback('al-1', 'drift', 900_000),
    ];
    for (const row of rows) {
      await olap.run(
        `INSERT INTO alert_event (id, alert_id, kind, at_ms, level, subject_class, region, rule_id, body)
         SELECT {id:String}, {alert_id:String}, 'feedback', {at_ms:Int64}, 2, 'cc', 511722, 'county-exit', {body:String}`,
        row,
      );
    }
    expect(await rowsOf({ metric: 'alerts-judged', dimensions: ['cause'] })).toEqual([
      { cause: 'drift', value: 1 },
      { cause: 'true', value: 1 },
    ]);
    expect(await rowsOf({ metric: 'alerts-precision', dimensions: ['rule'] })).toEqual([
      { rule: 'county-exit', value: 0.5 },
    ]);
  });

  test('no alert acknowledged is no time, not a time of zero', async () => {
    const filters = { level: ['1'] };
    expect(await rowsOf({ metric: 'time-to-acknowledge-p50', filters })).toEqual([{ value: null }]);
  });

  test('a value that looks like SQL is only a value', async () => {
    const rule = ["x') OR 1=1; DROP TABLE alert_event; --"];
    expect(await rowsOf({ metric: 'alerts-raised', filters: { rule } })).toEqual([{ value: 0 }]);
    expect(await rowsOf({ metric: 'alerts-raised' })).toEqual([{ value: 5 }]);
  });

  test('an answer that was cut says so', async () => {
    const query = { metric: 'alerts-raised', dimensions: ['county', 'rule'] };
    expect(await queryMetric(olap, { ...query, rowsMax: 3 })).toMatchObject({ cut: true });
    expect(await queryMetric(olap, { ...query, rowsMax: 4 })).toMatchObject({ cut: false });
  });
});

const UNTIL_MS = LATE_MS + 86_400_000;
/** Every grain once for each relation, by its first metric; of the others the whole time and days. */
const seen = new Set<string>();
const everyQuestion = Object.entries(METRICS).flatMap(([metric, declared]) => {
  const dimensions = Object.keys(dimensionsOf(declared));
  const isFirst = !seen.has(declared.relation);
  seen.add(declared.relation);
  const grains =
    'timeColumn' in RELATIONS[declared.relation] ? (isFirst ? GRAINS : ['day' as const]) : [];
  return [undefined, ...grains].map((grain) => ({
    metric,
    dimensions,
    untilMs: UNTIL_MS,
    ...(grain && { grain }),
  }));
});

test.each(everyQuestion)(
  'the engine answers $metric by all dimensions, grain $grain',
  async (question) => {
    const { columns, rows } = await queryMetric(olap, question, { counts: true });
    for (const row of rows) expect(Object.keys(row)).toEqual(columns.map(({ key }) => key));
  },
);

test('a state has no time buckets, and must be told its instant', async () => {
  await expect(rowsOf({ metric: 'alerts-standing' })).rejects.toThrow('say until when');
  const byDay = { metric: 'alerts-standing', grain: 'day', untilMs: UNTIL_MS } as const;
  await expect(rowsOf(byDay)).rejects.toThrow('no time buckets');
});

test('alerts that stand are those of the instant, with their age', async () => {
  const at = async (metric: string, afterMs: number) =>
    (await rowsOf({ metric, untilMs: LATE_MS + afterMs }))[0]?.['value'];
  expect(await at('alerts-standing', -1)).toBe(0);
  expect(await at('open-alert-age-p50', -1)).toBe(null);
  expect(await at('alerts-standing', 0)).toBe(1);
  expect(await at('alerts-standing', 40)).toBe(4);
  expect(await at('alerts-standing', 55)).toBe(3);
  expect(await at('alerts-standing', 65)).toBe(4);
  expect(await at('open-alert-age-max', 65)).toBe(65);
});
