// Statements of analysts: what may be asked, what may not whatever way it is put, and that answers end at the
// asker's area, at the floor and at the limits.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { systemClock } from '../../core/time.ts';
import { openDuck, type Duck } from '../duck.ts';
import { migrateWarehouse } from '../migrate.ts';
import { openOlap, type Olap } from '../olap.ts';
import { checkStatement } from './check-statement.ts';
import { runStatement, STATEMENT_LIMITS } from './run-statement.ts';
import { VIEWS } from './views.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-console-'));
const NAMES = new Set(VIEWS.map(({ name }) => name));
let olap: Olap;
let duck: Duck;

beforeAll(async () => {
  const deps = { logger: silentLogger, clock: systemClock };
  olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
  await olap.run(`INSERT INTO incident (origin, piece, region, at_ms, kind)
    SELECT 'im', 0, arrayJoin([511722, 511723, 310101]), 1767283200000 + number, 'theft' FROM numbers(20)`);
  await olap.run(`INSERT INTO incident (origin, piece, region, at_ms, kind)
    SELECT 'im', 0, 511722, 1767283200000 + number, 'rare' FROM numbers(4)`);
  await olap.run(`INSERT INTO index_measure (origin, piece, region, period, column, value)
    VALUES ('im', 0, 511722, '2026', 'people', 1024300.5)`);
  duck = await openDuck();
});
afterAll(async () => {
  duck.close();
  await olap.close();
  rmSync(folder, { recursive: true });
});

const DAZHOU = [{ from: 511_700, until: 511_799 }];
const ask = (sql: string) => runStatement(olap, sql, { ranges: DAZHOU });

describe('may be asked', () => {
  test.each([
    'SELECT * FROM incidents_by_month',
    'SELECT count(*) FROM alerts_by_day a JOIN alerts_by_month b USING (region)',
    'WITH x AS (SELECT region, sum(incidents) AS n FROM incidents_by_month GROUP BY region) SELECT *, rank() OVER (ORDER BY n DESC) FROM x WHERE n > 3 LIMIT 5',
    "SELECT date_trunc('month', day), sum(alerts) FILTER (level = 1) FROM alerts_by_day GROUP BY 1 ORDER BY 1",
    "SELECT CASE WHEN value > 1 THEN 'a' ELSE 'b' END, value::INTEGER FROM measures WHERE name LIKE 'p%' AND period IN ('2026', '2025')",
    'SELECT region FROM measures UNION ALL SELECT region FROM alerts_by_day',
    'SELECT i FROM range(3) t(i)',
    'SELECT * FROM (VALUES (1, 2)) t(a, b)',
    "SELECT 'file(''/etc/passwd'')' AS words",
    'SELECT region FROM measures -- ; DROP TABLE measures',
  ])('%s', async (sql) => {
    expect(await checkStatement(duck, sql, NAMES)).toMatchObject({ kind: 'ok' });
    await ask(sql);
  });
});

/** Everything here must be refused before it runs. */
const HOSTILE = [
  '',
  ';',
  'SELECT 1; SELECT 2',
  'SELECT 1; DROP TABLE incident',
  "SELECT * FROM '/etc/passwd'",
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM read_blob('secret.key')",
  "SELECT * FROM read_parquet('https://example.org/x.parquet')",
  "SELECT * FROM file('/etc/passwd', 'LineAsString')",
  "SELECT * FROM url('http://127.0.0.1/')",
  "SELECT * FROM glob('/*')",
  "FROM glob('/*')",
  "SELECT * FROM sqlite_scan('records.sqlite', 'account')",
  "SELECT * FROM query('SELECT 1')",
  "SELECT * FROM query_table('incident')",
  'SELECT * FROM incident',
  'SELECT * FROM position',
  'SELECT * FROM alert_event',
  'SELECT * FROM default.alert_event',
  'SELECT * FROM main.measures',
  'SELECT * FROM memory.main.measures',
  'SELECT * FROM system.settings',
  'SELECT * FROM system.tables',
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM duckdb_tables',
  'SELECT * FROM pg_catalog.pg_tables',
  'SELECT * FROM sqlite_master',
  "SELECT * FROM pragma_table_info('measures')",
  "SELECT current_setting('allowed_directories')",
  "SELECT getenv('HOME')",
  "SELECT getvariable('x')",
  "SELECT repeat('x', 2000000000)",
  "SELECT nextval('s')",
  "SELECT json_serialize_sql('SELECT 1')",
  'SELECT version()',
  "SELECT (SELECT content FROM read_text('/etc/passwd'))",
  "SELECT 1 WHERE EXISTS (FROM read_csv('/etc/passwd'))",
  'SELECT * FROM measures WHERE region IN (SELECT region FROM main.measures)',
  'WITH duckdb_settings AS (SELECT 1) SELECT * FROM duckdb_settings',
  'WITH measures AS (SELECT 1) SELECT * FROM measures',
  'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t',
  "WITH x AS (SELECT * FROM read_csv('a')) SELECT 1",
  'SELECT ?',
  'SELECT $1',
  'DESCRIBE measures',
  'SHOW TABLES',
  'SUMMARIZE measures',
  'EXPLAIN SELECT 1',
  'EXPLAIN ANALYZE SELECT 1',
  'SET memory_limit = "100GB"',
  'RESET memory_limit',
  'PRAGMA database_list',
  "ATTACH 'records.sqlite'",
  'INSTALL httpfs',
  'LOAD httpfs',
  "COPY measures TO '/tmp/x.csv'",
  "COPY (SELECT 1) TO '/tmp/x.csv'",
  "EXPORT DATABASE '/tmp/x'",
  "SELECT 1 INTO OUTFILE '/tmp/x'",
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT 1 FORMAT Native',
  'CREATE TABLE x (a INTEGER)',
  'CREATE MACRO f(x) AS x',
  'INSERT INTO measures VALUES (1)',
  'UPDATE measures SET value = 0',
  'DELETE FROM measures',
  'DROP TABLE measures',
  'ALTER TABLE measures ADD COLUMN x INTEGER',
  'CALL duckdb_settings()',
  'PREPARE x AS SELECT 1',
  'EXECUTE x',
  'USE system',
  'CHECKPOINT',
  'VACUUM',
  'BEGIN',
  'PIVOT measures ON name USING sum(value)',
  "SELECT 1 /* ; */ ; ATTACH 'x'",
  'SELECT list_transform([1], x -> x + 1)',
  `SELECT ${'('.repeat(30_000)}1`,
];

test.each(HOSTILE)('is refused: %.80s', async (sql) => {
  expect(await checkStatement(duck, sql, NAMES)).toMatchObject({ kind: 'refused' });
});

describe('even unchecked, the engine', () => {
  test.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/hostname')",
    "ATTACH '/tmp/other.duckdb'",
    "COPY (SELECT 1) TO '/tmp/plumbline-hole.csv'",
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
    "SET memory_limit = '100GB'",
    'INSTALL httpfs',
    'LOAD httpfs',
  ])('does not do %s', async (sql) => {
    await expect(duck.connection.run(sql)).rejects.toThrow();
  });
});

describe('an answer', () => {
  test('ends at the area of whoever asks and leaves small counts out', async () => {
    const { rows, columns } = await ask(
      'SELECT month, region, kind, incidents FROM incidents_by_month ORDER BY region, kind',
    );
    expect(columns.map(({ type }) => type)).toEqual(['DATE', 'INTEGER', 'VARCHAR', 'BIGINT']);
    expect(rows).toEqual([
      ['2026-01-01', 511_722, 'rare', null],
      ['2026-01-01', 511_722, 'theft', '20'],
      ['2026-01-01', 511_723, 'theft', '20'],
    ]);
    const nothing = await runStatement(olap, 'SELECT * FROM measures', { ranges: [] });
    expect(nothing.rows).toEqual([]);
  });

  test('is cut at so many rows', async () => {
    const limits = { ...STATEMENT_LIMITS, rowsMax: 10 };
    const sql = 'SELECT i FROM range(100000) t(i)';
    expect(await runStatement(olap, sql, { ranges: [], limits })).toMatchObject({
      isCut: true,
      rows: { length: 10 },
    });
  });

  const ENDLESS = 'SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3';

  test('that takes too long is ended', async () => {
    const limits = { ...STATEMENT_LIMITS, msMax: 50 };
    await expect(runStatement(olap, ENDLESS, { ranges: [], limits })).rejects.toMatchObject({
      code: 'too-large',
    });
  });

  test('that is cancelled ends', async () => {
    const stopping = new AbortController();
    const running = runStatement(olap, ENDLESS, { ranges: [], signal: stopping.signal });
    setTimeout(() => stopping.abort(), 50);
    await expect(running).rejects.toMatchObject({ code: 'conflict' });
  });

  test('that cannot be is explained', async () => {
    await expect(ask('SELECT nothing FROM measures')).rejects.toMatchObject({ code: 'bad-input' });
  });
});
