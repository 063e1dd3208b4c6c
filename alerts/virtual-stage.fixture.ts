// A stage on which the real program runs (startAlerts with all its loops) while time is virtual: timers and
// the machine's clock stand still until the stage moves them, and nothing real is waited for. The program can
// be killed at any point and started again; records, log and providers outlive it.

import { vi } from 'vitest';
import { createCountingIds } from '../core/ids.ts';
import type { LogFields, Logger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { elapsedMs, systemClock } from '../core/time.ts';
import type { Log } from '../ingest/log.ts';
import type { KyselyPlugin } from 'kysely';
import type { Records } from '../warehouse/records.ts';
import type { ChannelKind, NoticeChannel } from '../warehouse/records-schema.ts';
import type { Channel, OutgoingNotice } from './channels/channel.ts';
import { createFakeChannel, type FakeChannel } from './channels/channel.fixture.ts';
import { createDesk, type Desk } from './desk.ts';
import { officerTable } from './duty-officers.ts';
import { Crash, faultyChannel, faultyLog, faultyRecords, type Faults } from './faults.fixture.ts';
import { OFFICERS, ruleTexts, saveOfficers, START_MS } from './findings.fixture.ts';
import { createMemoryLog } from './memory-log.fixture.ts';
import type { Routing } from './routing/choose-row.ts';
import { ALERTS_DEFAULTS, startAlerts, type AlertsOptions, type AlertsRunner } from './run.ts';
import { openMemoryRecords } from './scenario.fixture.ts';

export type VirtualOptions = {
  readonly startAtMs?: number;
  readonly officers?: typeof OFFICERS;
  readonly partitions?: number;
  readonly pollMs?: number;
  readonly routing?: Routing;
  readonly seed?: string;
  /** Records that are there already, and stay open; else new ones in memory. */
  readonly records?: Records;
  /** Provider in front of the plain one, for those that lie. */
  readonly wrapProvider?: (provider: FakeChannel) => FakeChannel;
  readonly onSeen?: (seen: Seen) => void;
  readonly alerts?: Partial<AlertsOptions>;
};

/** Something seen from outside, so much virtual time after the beginning. */
export type Seen =
  | {
      readonly kind: 'sent';
      readonly atMs: number;
      readonly channel: NoticeChannel;
      readonly notice: OutgoingNotice;
    }
  | {
      readonly kind: 'logged';
      readonly atMs: number;
      readonly level: 'warn' | 'error';
      readonly event: string;
      readonly fields: LogFields;
    };

/** Counts the things a program does; the next one can be made its last. */
export type Life = Faults & {
  /** Counts one thing done, and named: `send phone`, `sent phone`, `append`. Dies at the one wanted. */
  at(name: string): void;
  /** Dies at once, or at the next thing called so. */
  kill(name?: string): void;
  /** Dies at the n-th thing from now. */
  killIn(points: number): void;
};

export function createLife(): Life {
  let reached = 0;
  let dieAt = Infinity;
  let dieAtName: string | undefined;
  const step = () => {
    reached++;
    if (reached >= dieAt) throw new Crash(`at ${reached}`);
  };
  return {
    point: step,
    at(name) {
      if (name === dieAtName) dieAt = 0;
      step();
    },
    kill(name) {
      if (name === undefined) dieAt = 0;
      else dieAtName = name;
    },
    killIn(points) {
      dieAt = reached + points;
    },
    get reached() {
      return reached;
    },
    get crashed() {
      return reached >= dieAt;
    },
  };
}

export type VirtualStage = {
  readonly records: Records;
  readonly log: Log;
  readonly channels: Readonly<Record<ChannelKind, FakeChannel>>;
  readonly desk: Desk;
  readonly seen: readonly Seen[];
  /** How long each send takes from now on, in milliseconds. */
  readonly delayMs: Record<NoticeChannel, number>;
  /** Most sends that were under way at once on a channel. */
  readonly underWayMax: Readonly<Record<NoticeChannel, number>>;
  /** The program that runs now. */
  life(): Life;
  isRunning(): boolean;
  /** How many programs have run. */
  starts(): number;
  start(): Promise<void>;
  /** Kills the program at once, or at the next thing called so, as `send phone`. */
  kill(name?: string): Promise<void>;
  /** Virtual milliseconds since the beginning, whatever the machine's clock says. */
  elapsedMs(): number;
  /** Moves time on, and lets the program do all it does meanwhile. */
  pass(ms: number): Promise<void>;
  /** Lets the program do what it can at this instant. */
  settle(): Promise<void>;
  /** Sets the machine's clock forward or back; no time passes. */
  jump(ms: number): void;
  /** What the program ended with, if it ended by itself and was not killed. */
  failure(): unknown;
  remove(): Promise<void>;
};

/** Rounds of the event loop without anything done after which the program waits for time to pass. */
const QUIET_ROUNDS = 4;

const realSetImmediate = setImmediate;

/** Opens a stage; one at a time, as it takes over the timers of the process. */
export async function openVirtualStage(options: VirtualOptions = {}): Promise<VirtualStage> {
  // Nothing of opening the records waits for time.
  const inner = options.records ?? (await openMemoryRecords());
  vi.useFakeTimers({
    now: options.startAtMs ?? START_MS,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  const startedMs = elapsedMs();
  let activity = 0;
  const records = watchedRecords(inner, () => activity++);
  await saveOfficers(records.db, options.officers ?? OFFICERS);
  const log = createMemoryLog(options.partitions ?? 2);
  const ids = createCountingIds();
  const seen: Seen[] = [];
  const see = (one: Seen) => {
    seen.push(one);
    options.onSeen?.(one);
  };
  const { wrapProvider = (provider: FakeChannel) => provider } = options;
  const channels = {
    phone: wrapProvider(createFakeChannel('phone')),
    sms: wrapProvider(createFakeChannel('sms')),
    push: wrapProvider(createFakeChannel('push')),
  };
  const delayMs = { phone: 0, sms: 0, push: 0, canary: 0 };
  const underWay = { phone: 0, sms: 0, push: 0, canary: 0 };
  const underWayMax = { phone: 0, sms: 0, push: 0, canary: 0 };
  const sinceStart = () => elapsedMs() - startedMs;

  /** The way to a provider: takes time, and is watched. */
  const wired = (fake: FakeChannel): Channel => ({
    ...fake,
    async send(notice) {
      activity++;
      const { kind } = fake;
      underWayMax[kind] = Math.max(underWayMax[kind], ++underWay[kind]);
      try {
        const before = fake.sent.length;
        const outcome = await fake.send(notice);
        if (fake.sent.length > before) {
          see({ kind: 'sent', atMs: sinceStart(), channel: kind, notice });
        }
        if (delayMs[kind] > 0) {
          await new Promise<void>((resolve) => void systemClock.after(delayMs[kind], resolve));
        }
        return outcome;
      } finally {
        activity++;
        underWay[kind]--;
      }
    },
    status(noticeId) {
      activity++;
      return fake.status(noticeId);
    },
  });
  const logged =
    (level: 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) =>
      see({ kind: 'logged', atMs: sinceStart(), level, event, fields });
  const logger: Logger = { debug() {}, info() {}, warn: logged('warn'), error: logged('error') };

  const settle = async () => {
    for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
      const before = activity;
      await new Promise((resolve) => realSetImmediate(resolve));
      if (activity !== before) quiet = -1;
    }
  };

  let life = createLife();
  let runner: AlertsRunner | undefined;
  let failure: unknown;
  let starts = 0;
  const start = async () => {
    const own = createLife();
    starts++;
    life = own;
    const { pollMs = 1_000 } = options;
    const deps = {
      records: faultyRecords(records, own),
      log: named(faultyLog(log, own), own, () => activity++),
      clock: systemClock,
      random: createRandom(options.seed ?? 'alerts'),
      ids,
      logger,
      ruleTexts,
      dutyOfficers: officerTable,
      ...(options.routing ? { routing: options.routing } : {}),
      channels: Object.values(channels).map((fake) => dying(wired(fake), own)),
      onChanged: () => {},
    };
    try {
      const started = await startAlerts(deps, { ...ALERTS_DEFAULTS, ...options.alerts, pollMs });
      runner = started;
      started.ended.catch((error: unknown) => {
        if (!(error instanceof Crash)) failure = error;
        if (runner === started) runner = undefined;
      });
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    await settle();
  };
  const kill = async (name?: string) => {
    life.kill(name);
    if (name !== undefined) return;
    const killed = runner;
    runner = undefined;
    killed?.stop().catch(() => {});
    await settle();
  };

  return {
    records,
    log,
    channels,
    seen,
    delayMs,
    underWayMax,
    settle,
    start,
    kill,
    life: () => life,
    isRunning: () => runner !== undefined,
    starts: () => starts,
    failure: () => failure,
    elapsedMs: sinceStart,
    desk: createDesk({ records, clock: systemClock, ruleTexts, onChanged: () => runner?.wake() }),
    async pass(ms) {
      const over = new AbortController();
      systemClock.after(ms, () => over.abort());
      await settle();
      while (!over.signal.aborted) {
        vi.advanceTimersToNextTimer();
        // Whatever else is due at this instant.
        vi.advanceTimersByTime(0);
        await settle();
      }
    },
    jump: (ms) => void vi.setSystemTime(Date.now() + ms),
    async remove() {
      const last = runner;
      life.kill();
      // A send that is under way would wait for time that does not pass any more.
      last?.stop().catch(() => {});
      await settle();
      vi.useRealTimers();
      if (!options.records) await inner.close();
    },
  };
}

/** Records whose every statement is noticed. */
function watchedRecords(records: Records, notice: () => void): Records {
  const watching: KyselyPlugin = {
    transformQuery({ node }) {
      notice();
      return node;
    },
    transformResult({ result }) {
      notice();
      return Promise.resolve(result);
    },
  };
  return {
    ...records,
    db: records.db.withPlugin(watching),
    transaction: (run) => records.transaction((trx) => run(trx.withPlugin(watching))),
  };
}

const named = (log: Log, life: Life, notice: () => void): Log => ({
  ...log,
  append(topic, batches) {
    notice();
    life.at('append');
    return log.append(topic, batches);
  },
  async read(topic, partition, from) {
    const records = await log.read(topic, partition, from);
    notice();
    return records;
  },
});

/** A channel that dies with its program: before the notice leaves, or after the provider has it. */
function dying(channel: Channel, life: Life): Channel {
  const faulty = faultyChannel(channel, life);
  return {
    ...faulty,
    async send(notice) {
      life.at(`send ${channel.kind}`);
      const outcome = await faulty.send(notice);
      life.at(`sent ${channel.kind}`);
      return outcome;
    },
  };
}
