import { describe, expect, test } from 'vitest';
import { epochMs } from '../../core/time.ts';
import { drillResult, type DrillNotice, type DrillRows } from './drill-result.ts';

const notice = (change: Partial<DrillNotice>): DrillNotice => ({
  recipient: 'o-1',
  channel: 'sms',
  step: 0,
  round: 0,
  state: 'waiting',
  createdAtMs: epochMs(0),
  sentAtMs: null,
  deliveredAtMs: null,
  answeredAtMs: null,
  lastErrorCode: null,
  ...change,
});

const rows = (change: Partial<DrillRows>): DrillRows => ({
  startedAtMs: 1_000,
  alert: { acknowledgedAtMs: null },
  awaits: ['county'],
  events: [{ kind: 'opened', atMs: epochMs(1_200), actor: 'alerts', details: {} }],
  officerOf: new Map(),
  notices: [],
  ...change,
});

describe('what was missed', () => {
  test('an alert the pipeline has not opened', () => {
    expect(drillResult(rows({ alert: undefined, events: [] })).missed).toEqual([
      { kind: 'not-opened' },
    ]);
  });

  test('nobody told', () => {
    expect(drillResult(rows({})).missed).toEqual([{ kind: 'nobody-told' }]);
  });

  test('sent is not reached, and a side that does not answer is named', () => {
    const { persons, missed } = drillResult(
      rows({ notices: [notice({ state: 'sent', sentAtMs: epochMs(2_000) })] }),
    );
    expect(persons[0]?.reaches[0]).toMatchObject({ state: 'sent', sentAfterMs: 1_000 });
    expect(missed).toEqual([
      { kind: 'not-reached', officer: 'o-1' },
      { kind: 'not-acknowledged', side: 'county' },
    ]);
  });

  test('whom nobody needed any more was not missed', () => {
    const { missed } = drillResult(
      rows({
        alert: { acknowledgedAtMs: epochMs(9_000) },
        notices: [
          notice({ deliveredAtMs: epochMs(3_000), state: 'delivered' }),
          notice({ recipient: 'o-2', state: 'cancelled' }),
        ],
      }),
    );
    expect(missed).toEqual([]);
  });
});

test('who acknowledges at the console was reached by then, whatever the channels say', () => {
  const { persons, sides, missed } = drillResult(
    rows({
      alert: { acknowledgedAtMs: epochMs(31_000) },
      events: [
        {
          kind: 'acknowledged',
          atMs: epochMs(31_000),
          actor: 'ac_1',
          details: { side: 'county', via: 'console' },
        },
      ],
      officerOf: new Map([['ac_1', 'o-1']]),
      notices: [notice({ state: 'sent', sentAtMs: epochMs(2_000) })],
    }),
  );
  expect(persons[0]?.reachedAfterMs).toBe(30_000);
  expect(sides).toEqual([
    { side: 'county', acknowledgedAfterMs: 30_000, by: 'ac_1', via: 'console' },
  ]);
  expect(missed).toEqual([]);
});

test('of several tries the best counts, and what says that the drill is over counts for nothing', () => {
  const { persons } = drillResult(
    rows({
      notices: [
        notice({ channel: 'phone', state: 'failed', lastErrorCode: 'no-answer' }),
        notice({ channel: 'phone', step: 1, state: 'answered', answeredAtMs: epochMs(91_000) }),
        notice({ channel: 'push', step: 95, state: 'sent', sentAtMs: epochMs(99_000) }),
      ],
    }),
  );
  expect(persons).toEqual([
    {
      officer: 'o-1',
      rung: 0,
      reachedAfterMs: 90_000,
      reaches: [
        {
          channel: 'phone',
          state: 'answered',
          sentAfterMs: null,
          reachedAfterMs: 90_000,
          attempts: 2,
          code: 'no-answer',
        },
      ],
    },
  ]);
});
