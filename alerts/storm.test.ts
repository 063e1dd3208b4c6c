// Storms on the virtual clock: ten thousand alerts in a minute. What is kept is counted, not timed: calls of
// level 1 wait for nothing else, no provider is given more at once than it was promised, an officer is fetched
// once for each person, and nothing that grows with the storm stays in memory.

import { afterEach, expect, test } from 'vitest';
import type { RaisedFinding } from '../core/finding.ts';
import { epochMs } from '../core/time.ts';
import { encodeLines, partitionOf, type Log } from '../ingest/log.ts';
import { raised } from './findings.fixture.ts';
import { outboxBacklog } from './outbox.ts';
import { SENDER_DEFAULTS } from './sender.ts';
import {
  openVirtualStage,
  type VirtualOptions,
  type VirtualStage,
} from './virtual-stage.fixture.ts';

const SECONDS = 60;
const ALERTS_PER_SECOND = 167;
const ALERTS = SECONDS * ALERTS_PER_SECOND;

let stage: VirtualStage;
afterEach(() => stage.remove());

const open = async (options: VirtualOptions = {}) => {
  stage = await openVirtualStage({ pollMs: 5_000, partitions: 4, ...options });
  await stage.start();
};

/** One record for each partition, as the rules write what a batch of positions led to. */
async function append(log: Log, findings: readonly RaisedFinding[]): Promise<void> {
  const groups = Map.groupBy(findings, ({ subject }) => partitionOf(subject, log.partitions));
  await log.append(
    'findings',
    [...groups].map(([partition, group]) => ({
      partition,
      entries: [{ kind: 'lines' as const, watermarkMs: epochMs(1), payload: encodeLines(group) }],
    })),
  );
}

/** Appends a second's findings each second; `look` sees the stage after each. */
async function storm(
  findingAt: (second: number, index: number) => RaisedFinding,
  { perSecond = ALERTS_PER_SECOND, look = async () => {} }: StormOptions = {},
): Promise<void> {
  for (let second = 0; second < SECONDS; second++) {
    const findings = Array.from({ length: perSecond }, (_, index) => findingAt(second, index));
    await append(stage.log, findings);
    await stage.pass(1_000);
    await look();
  }
}

type StormOptions = { readonly perSecond?: number; readonly look?: () => Promise<void> };

const sentBy = (channel: 'phone' | 'sms' | 'push') =>
  stage.seen.flatMap((one) => (one.kind === 'sent' && one.channel === channel ? [one] : []));

const rowsOf = async (table: 'alert' | 'outbox'): Promise<number> => {
  const { db } = stage.records;
  const row = await db
    .selectFrom(table)
    .select(db.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return row.rows;
};

test('ten thousand alerts of level 3 in a minute: calls and pushes of level 1 go out at once', async () => {
  await open();
  // Screens that take a while: far fewer pushes a second than there are alerts.
  stage.delayMs.push = 2_000;
  stage.delayMs.phone = 500;
  const raisedAtMs = new Map<string, number>();
  let held = 0;
  await storm(
    (second, index) => {
      const isGrave = index === 100;
      const finding = raised(`cc-${second}-${index}`, {
        ruleId: isGrave ? 'offence' : 'terminal-silent',
        atMin: second / 60,
      });
      if (isGrave) raisedAtMs.set(finding.alertId, stage.elapsedMs());
      return finding;
    },
    {
      async look() {
        const leased = (await outboxBacklog(stage.records.db)).filter(
          ({ state }) => state === 'sending',
        );
        held = Math.max(held, ...leased.map(({ notices }) => notices));
      },
    },
  );
  expect(await rowsOf('alert')).toBe(ALERTS);
  // Level 1 tells city and county, each by call and push.
  expect(await rowsOf('outbox')).toBe(ALERTS + 3 * SECONDS);
  const calls = sentBy('phone');
  expect(calls.length).toBe(2 * SECONDS);
  const gravePushes = sentBy('push').filter(({ notice }) => raisedAtMs.has(notice.alertId));
  expect(gravePushes.length).toBe(2 * SECONDS);
  const waits = [...calls, ...gravePushes].map(
    ({ atMs, notice }) => atMs - (raisedAtMs.get(notice.alertId) ?? -Infinity),
  );
  expect(Math.max(...waits)).toBeLessThan(1_000);
  // The pushes are far behind, and none of them is in hand that is not under way.
  expect(sentBy('push').length).toBeLessThan(ALERTS / 5);
  const { noticesMax, gravestMax } = SENDER_DEFAULTS;
  expect(stage.underWayMax.push).toBeGreaterThanOrEqual(noticesMax);
  expect(stage.underWayMax.push).toBeLessThanOrEqual(noticesMax + gravestMax);
  expect(held).toBeLessThanOrEqual(noticesMax + gravestMax);
}, 300_000);

test('the same condition of a hundred persons over and over: each is told once, and once graver', async () => {
  await open();
  const persons = 100;
  await storm((second, index) =>
    raised(`cc-${(second * ALERTS_PER_SECOND + index) % persons}`, {
      atMin: second / 60,
      key: `${index}`,
    }),
  );
  expect(await rowsOf('alert')).toBe(persons);
  expect(sentBy('sms').length).toBe(persons);
  // So often repeated it is of level 1 from then on: city and county, each by call and push.
  expect(sentBy('phone').length).toBe(2 * persons);
  expect(sentBy('push').length).toBe(3 * persons);
  const { db } = stage.records;
  const { repeats } = await db
    .selectFrom('alert')
    .select(db.fn.sum<number>('repeats').as('repeats'))
    .executeTakeFirstOrThrow();
  expect(repeats).toBe(ALERTS - persons);
}, 300_000);

test('a storm with one slow provider: the others are through, and it gets everything in the end', async () => {
  await open();
  stage.delayMs.sms = 5_000;
  const [texts, perSecond] = [5, 40];
  await storm(
    (second, index) =>
      raised(`cc-${second}-${index}`, {
        ruleId: index < texts ? 'area-exit' : 'terminal-silent',
        atMin: second / 60,
      }),
    { perSecond },
  );
  expect(sentBy('push').length).toBe(perSecond * SECONDS);
  expect(sentBy('sms').length).toBeGreaterThan(0);
  expect(stage.underWayMax.sms).toBeLessThanOrEqual(SENDER_DEFAULTS.noticesMax);
  await stage.pass(60_000);
  const keys = sentBy('sms').map(({ notice }) => notice.id);
  expect(keys.length).toBe(texts * SECONDS);
  expect(new Set(keys).size).toBe(keys.length);
}, 300_000);
