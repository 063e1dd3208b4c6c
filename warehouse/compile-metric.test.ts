import { describe, expect, test } from 'vitest';
import { expectGolden } from '../checks/golden.ts';
import { UserError } from '../core/errors.ts';
import { compileMetric, type MetricQuery } from './compile-metric.ts';
import { METRICS } from './metrics-catalogue.ts';

const FROM_MS = Date.UTC(2026, 10, 21, 16);
const UNTIL_MS = Date.UTC(2026, 10, 22, 16);

const questions: Record<string, MetricQuery> = {
  'observations per source and minute': {
    metric: 'observations-admitted',
    dimensions: ['source'],
    grain: 'minute',
    fromMs: FROM_MS,
    untilMs: UNTIL_MS,
  },
  'refused by reason': { metric: 'observations-refused', dimensions: ['source', 'reason'] },
  'positions per county of one city and one county': {
    metric: 'positions',
    dimensions: ['county'],
    filters: { county: ['511700', '510104'] },
  },
  'open alerts by level and county': { metric: 'alerts-open', dimensions: ['level', 'county'] },
  'unacknowledged alerts of level 1': {
    metric: 'alerts-unacknowledged',
    filters: { level: ['1'] },
  },
  'alerts raised per rule and day': {
    metric: 'alerts-raised',
    dimensions: ['rule'],
    grain: 'day',
    filters: { rule: ["county-exit'; DROP TABLE position; --"], class: ['cc', 'raKey'] },
  },
  'suppressed by reason, per week': {
    metric: 'findings-suppressed',
    dimensions: ['because'],
    grain: 'week',
  },
  'time to acknowledge per month and county, at most 10 rows': {
    metric: 'time-to-acknowledge-p90',
    dimensions: ['county'],
    grain: 'month',
    rowsMax: 10,
  },
  'open at an instant by how long': {
    metric: 'alerts-standing',
    dimensions: ['city', 'age'],
    fromMs: FROM_MS,
    untilMs: UNTIL_MS,
  },
  'all at once': { metric: 'time-to-acknowledge-p50' },
};

test('the SQL of every kind of question reads as in the golden file', () => {
  const texts = Object.entries(questions).map(([name, question]) => {
    const { sql, params } = compileMetric(question);
    return `-- ${name}\n-- ${JSON.stringify(params)}\n${sql}\n`;
  });
  expectGolden(new URL('golden/metrics.sql', import.meta.url), texts.join('\n'));
});

test('every metric is named and explained in both languages', () => {
  for (const [id, { name, meaning, unit }] of Object.entries(METRICS)) {
    for (const text of [name, meaning, unit]) {
      expect(text.zh, id).not.toBe('');
      expect(text.en, id).not.toBe('');
    }
    expect(id).toMatch(/^[a-z0-9-]+$/);
  }
});

describe('what is not in the catalogue is refused with what is', () => {
  const wrong: [string, MetricQuery, RegExp][] = [
    ['metric', { metric: 'alerts-closed' }, /alerts-open, alerts-overdue, alerts-precision/],
    ['inherited name', { metric: 'constructor' }, /alerts-open/],
    [
      'dimension',
      { metric: 'alerts-open', dimensions: ['source'] },
      /Known dimensions: cause, city, class, county, hour, level, province, rule, shift\./,
    ],
    [
      'filter',
      { metric: 'positions', filters: { rule: ['x'] } },
      /city, county, kind, province, source/,
    ],
  ];
  test.each(wrong)('%s', (_name, question, hint) => {
    const error = thrownBy(question);
    expect(error.code).toBe('bad-input');
    expect(error.hint?.en).toMatch(hint);
  });

  const malformed: [string, MetricQuery, RegExp][] = [
    ['grain', { metric: 'positions', grain: 'year' as 'day' }, /minute/],
    ['instant in seconds', { metric: 'positions', fromMs: 1_795_000_000 }, /looks like seconds/],
    ['empty filter', { metric: 'positions', filters: { county: [] } }, /county/],
    ['unknown field', { metric: 'positions', sql: '1' } as MetricQuery, /sql/],
    ['level', { metric: 'alerts-open', filters: { level: ['one'] } }, /"one" is no value/],
  ];
  test.each(malformed)('%s', (_name, question, message) => {
    const error = thrownBy(question);
    expect(error.code).toBe('bad-input');
    expect(error.message).toMatch(message);
  });
});

function thrownBy(question: MetricQuery): UserError {
  try {
    compileMetric(question);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
