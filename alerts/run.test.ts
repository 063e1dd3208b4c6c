import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AlertEvent } from '../core/alert-event.ts';
import { OperatingError } from '../core/errors.ts';
import { createCountingIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { elapsedMs, epochMs, ioClock, sleep, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { decodeLines, encodeLines, type Log } from '../ingest/log.ts';
import { openRecords, type Records } from '../warehouse/records.ts';
import type { Channel } from './channels/channel.ts';
import { createFakeChannel } from './channels/channel.fixture.ts';
import { createDesk } from './desk.ts';
import { officerTable } from './duty-officers.ts';
import { raised, ruleTexts, saveOfficers, XUANHAN } from './findings.fixture.ts';
import { outboxBacklog } from './outbox.ts';
import { ALERTS_DEFAULTS, startAlerts, type AlertsDeps, type AlertsRunner } from './run.ts';
import { appendFindings } from './scenario.fixture.ts';

/** Loops that are never woken by time: what is not rung for does not happen. */
const NEVER_POLLED = { ...ALERTS_DEFAULTS, pollMs: 3_600_000 };

type Given = {
  readonly deps: AlertsDeps;
  readonly log: Log;
  readonly records: Records;
  readonly channels: ReturnType<typeof createFakeChannel>[];
};

/** Real files, real time. */
async function withDeps(run: (given: Given) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-alerts-'));
  const random = createRandom('run');
  const logPath = join(folder, 'log.sqlite');
  const log = openEmbeddedLog({ clock: systemClock }, { path: logPath, partitions: 4 });
  const records = await openRecords(
    { logger: silentLogger, random },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  await saveOfficers(records.db);
  const channels = (['phone', 'sms', 'push'] as const).map(createFakeChannel);
  const deps: AlertsDeps = {
    records,
    log,
    clock: systemClock,
    random,
    ids: createCountingIds(),
    logger: silentLogger,
    ruleTexts,
    dutyOfficers: officerTable,
    channels,
    onChanged: () => {},
  };
  try {
    await run({ deps, log, records, channels });
  } finally {
    await log.close();
    await records.close();
    await rm(folder, { recursive: true });
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(ioClock, 5);
}

const publishedIds = async (log: Log) => {
  const records = await log.read('alert-events', 0, { offset: 0, recordsMax: 10_000 });
  return records.flatMap(({ payload }) => decodeLines<AlertEvent>(payload)).map(({ id }) => id);
};

test('a finding becomes a notice in the hands of its channel and an event in the log, unpolled', () =>
  withDeps(async ({ deps, log, records, channels }) => {
    const runner = await startAlerts(deps, NEVER_POLLED);
    const findings = ['cc-1', 'cc-2', 'cc-3', 'cc-4'].map((subject) => raised(subject));
    await appendFindings(log, findings);
    await until(() => channels.reduce((sum, { sent }) => sum + sent.length, 0) === 8);
    const events = await records.db.selectFrom('alertEvent').select('id').execute();
    expect(events.length).toBeGreaterThanOrEqual(4);
    await until(async () => (await publishedIds(log)).length === 12);
    expect(runner.status().partitions.reduce((sum, { nextOffset }) => sum + nextOffset, 0)).toBe(4);
    await runner.stop();
  }));

test('nothing is sent before providers could report back, and then everything', () =>
  withDeps(async ({ deps, log, records, channels }) => {
    let isReachable = false;
    const options = { ...ALERTS_DEFAULTS, pollMs: 10 };
    const runner = await startAlerts({ ...deps, isReachable: () => isReachable }, options);
    await appendFindings(log, [raised('cc-1')]);
    await until(async () => (await outboxBacklog(records.db)).length > 0);
    await sleep(ioClock, 50);
    expect(channels.flatMap(({ sent }) => sent)).toEqual([]);
    expect((await outboxBacklog(records.db)).map(({ state }) => state)).not.toContain('sending');
    isReachable = true;
    await until(async () => (await outboxBacklog(records.db)).length === 0);
    expect(channels.flatMap(({ sent }) => sent).length).toBeGreaterThan(0);
    await runner.stop();
  }));

test('what the desk does is published once it rings, and the receipts of channels are taken', () =>
  withDeps(async ({ deps, log, channels }) => {
    const runner = await startAlerts(deps, NEVER_POLLED);
    const desk = createDesk({ ...deps, onChanged: () => runner.wake() });
    const alert = raised('cc-1');
    await appendFindings(log, [alert]);
    const sms = channels[1] as (typeof channels)[number];
    await until(() => sms.sent.length === 1);
    const by = { accountId: 'ac', role: 'county-officer', region: XUANHAN, note: '' } as const;
    await desk.acknowledge(alert.alertId, by);
    const id = sms.sent[0]?.id ?? '';
    expect(await sms.report(id, { state: 'answered', answer: '1' })).toBe('taken');
    await until(async () => (await publishedIds(log)).length === 4);
    await runner.stop();
  }));

test('a provider that is slow with one notice holds up no other', () =>
  withDeps(async ({ deps, log, channels }) => {
    const release: (() => void)[] = [];
    const sms = channels[1] as (typeof channels)[number];
    const slow: Channel = {
      ...sms,
      async send(notice) {
        if (release.length === 0) await new Promise<void>((resolve) => release.push(resolve));
        return sms.send(notice);
      },
    };
    const runner = await startAlerts({ ...deps, channels: [slow] }, NEVER_POLLED);
    await appendFindings(log, [raised('cc-1')]);
    await until(() => release.length === 1);
    await appendFindings(log, [raised('cc-2'), raised('cc-3')]);
    await until(() => sms.sent.length === 2);
    const stopping = runner.stop();
    release[0]?.();
    await stopping;
    expect(sms.sent.length).toBe(3);
    expect(await outboxBacklog(deps.records.db)).toMatchObject([{ channel: 'push', notices: 3 }]);
  }));

test('goes on where it stopped, and tells nobody twice', () =>
  withDeps(async ({ deps, log, channels }) => {
    for (let start = 0; start < 3; start++) {
      const runner = await startAlerts(deps, NEVER_POLLED);
      await appendFindings(log, [raised('cc-1'), raised(`cc-2${start}`)]);
      await until(async () => (await publishedIds(log)).length === 6 + 3 * start);
      await runner.stop();
    }
    const keys = channels.flatMap(({ sent }) => sent.map(({ id }) => id));
    expect(keys.length).toBe(8);
    expect(new Set(keys).size).toBe(8);
  }));

test('waits while the records are away, and ends when something is wrong for good', () =>
  withDeps(async ({ deps, log, channels }) => {
    let failures = 2;
    const records: Records = {
      ...deps.records,
      transaction: (run) =>
        failures-- > 0
          ? Promise.reject(new OperatingError('records-unavailable', 'away', { retry: 'backoff' }))
          : deps.records.transaction(run),
    };
    const runner = await startAlerts({ ...deps, records }, NEVER_POLLED);
    await appendFindings(log, [raised('cc-1')]);
    await until(() => channels.some(({ sent }) => sent.length > 0));
    await runner.stop();

    const broken: Channel = {
      ...createFakeChannel('sms'),
      send: () => Promise.reject(new Error('a bug')),
    };
    const other = await startAlerts({ ...deps, channels: [broken] }, NEVER_POLLED);
    const ending = expect(other.ended).rejects.toThrow('a bug');
    await appendFindings(log, [raised('cc-2')]);
    await ending;
  }));

test('refuses a log that is shorter than what was read from it', () =>
  withDeps(async ({ deps, records }) => {
    const key = { consumer: 'alerts', topic: 'findings', partition: 2, nextOffset: 7 };
    await records.db.insertInto('consumerOffset').values(key).execute();
    await expect(startAlerts(deps, NEVER_POLLED)).rejects.toMatchObject({ code: 'conflict' });
  }));

test('hands notices over within a tenth of a second at fifty findings a second', () =>
  withDeps(async ({ deps, log, channels }) => {
    const handedAtMs = new Map<string, number>();
    const timed = channels.map((channel) => ({
      ...channel,
      send: (notice: Parameters<Channel['send']>[0]) => {
        const { alertId } = notice;
        if (!handedAtMs.has(alertId)) handedAtMs.set(alertId, elapsedMs());
        return channel.send(notice);
      },
    }));
    const runner: AlertsRunner = await startAlerts({ ...deps, channels: timed });
    const latencies: number[] = [];
    const appended: { alertId: string; atMs: number }[] = [];
    for (let index = 0; index < 150; index++) {
      const finding = raised(`cc-${index}`, { ruleId: index % 10 === 0 ? 'offence' : 'area-exit' });
      const partition = index % log.partitions;
      const entries = [
        { kind: 'lines' as const, watermarkMs: epochMs(1), payload: encodeLines([finding]) },
      ];
      appended.push({ alertId: finding.alertId, atMs: elapsedMs() });
      await Promise.all([log.append('findings', [{ partition, entries }]), sleep(ioClock, 20)]);
    }
    await until(() => handedAtMs.size === 150);
    for (const { alertId, atMs } of appended) {
      latencies.push((handedAtMs.get(alertId) ?? Infinity) - atMs);
    }
    await runner.stop();
    latencies.sort((a, b) => a - b);
    process.stderr.write(
      `alert latency ms: p50 ${latencies[75]?.toFixed(1)}, p99 ${latencies[148]?.toFixed(1)}\n`,
    );
    // The tail belongs to the machine and whatever else runs on it; half of them do not.
    expect(latencies[75]).toBeLessThan(100);
  }));
