// A stage for scenarios: real records and a real log, channels that a test plays, a clock that stands still.
// Nothing runs by itself: `settle` turns every loop until nothing is left to do at this instant.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { createCountingIds } from '../core/ids.ts';
import { silentLogger, type Logger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { createManualClock, epochMs, type ManualClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { encodeLines, partitionOf, type Log } from '../ingest/log.ts';
import { openMemoryRecords } from '../warehouse/memory-records.fixture.ts';
import type { Records } from '../warehouse/records.ts';
import type { ChannelKind, OutboxTable } from '../warehouse/records-schema.ts';
import type { Channel } from './channels/channel.ts';
import { createFakeChannel, type FakeChannel } from './channels/channel.fixture.ts';
import { consume, openConsumer, type Consumer, type OpenedAlert } from './consume.ts';
import { createDesk, type Desk } from './desk.ts';
import { officerTable, type DutyOfficers } from './duty-officers.ts';
import { escalate } from './escalate.ts';
import { OFFICERS, ruleTexts, saveOfficers, START_MS } from './findings.fixture.ts';
import { PIPELINE_DEFAULTS } from './pipeline.ts';
import { listProviders, type ProviderLists } from './providers/provider-list.ts';
import { createPublisher, type Publisher } from './publish-events.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { createPhotoDesk, type PhotoDesk } from './feedback/photo-desk.ts';
import { createObjectionDesk, type ObjectionDesk } from './objections/objection-desk.ts';
import { takeReceipt } from './receipts.ts';
import { takeReply } from './replies.ts';
import { sendAnswers } from './reply-answers.ts';
import type { Routing } from './routing/choose-row.ts';
import { createSender, SENDER_DEFAULTS, type SenderOptions } from './sender.ts';
import { createSilenceDesk, type SilenceDesk } from './silences/silence-desk.ts';
import { watchSilences } from './silences/watch-silences.ts';
import { createTaskDesk, type TaskDesk } from './tasks/task-desk.ts';
import { createAnswerWatch } from './tasks/watch-answers.ts';

export { openMemoryRecords };

export type Stage = {
  readonly records: Records;
  readonly log: Log;
  readonly clock: ManualClock;
  readonly phone: FakeChannel;
  readonly sms: FakeChannel;
  readonly push: FakeChannel;
  readonly remove: () => Promise<void>;
};

/** Opens what outlives a crash of the program: records, log, providers, time. */
export async function openStage(
  given: { records?: Records; partitions?: number; officers?: typeof OFFICERS } = {},
): Promise<Stage> {
  const clock = createManualClock(START_MS);
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-alerts-'));
  const path = join(folder, 'log.sqlite');
  const log = openEmbeddedLog({ clock }, { path, partitions: given.partitions ?? 2 });
  const records = given.records ?? (await openMemoryRecords());
  await saveOfficers(records.db, given.officers ?? OFFICERS);
  return {
    records,
    log,
    clock,
    phone: createFakeChannel('phone'),
    sms: createFakeChannel('sms'),
    push: createFakeChannel('push'),
    async remove() {
      await log.close();
      if (!given.records) await records.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Puts findings into the log, in their order, each about its subject's partition. */
export async function appendFindings(log: Log, findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) {
    const partition = partitionOf(finding.subject, log.partitions);
    const payload = encodeLines([finding]);
    const entry = { kind: 'lines' as const, watermarkMs: epochMs(finding.atMs), payload };
    await log.append('findings', [{ partition, entries: [entry] }]);
  }
}

export type Program = {
  readonly desk: Desk;
  readonly tasks: TaskDesk;
  readonly objections: ObjectionDesk;
  readonly photos: PhotoDesk;
  readonly silences: SilenceDesk;
  /** Everything that is due at this instant, until nothing is. */
  settle(): Promise<void>;
  /** Appends findings and settles. */
  find(...findings: Finding[]): Promise<void>;
  /** Settles, then moves time in steps and settles after each. */
  pass(minutes: number, stepSeconds?: number): Promise<void>;
  /** What went out since the last call, as `channel recipient`, sorted. */
  sent(): string[];
  readonly opened: OpenedAlert[];
  readonly changed: Set<string>;
  readonly providers: ProviderLists;
};

export type ProgramParts = {
  readonly records?: Records;
  readonly log?: Log;
  readonly wrapChannel?: (channel: Channel) => Channel;
  readonly logger?: Logger;
  readonly senderId?: string;
  /** Everyone in the officer table when left out. */
  readonly dutyOfficers?: DutyOfficers;
  /** Providers to turn to after those of the stage. */
  readonly further?: readonly Channel[];
  readonly sender?: Partial<SenderOptions>;
  /** The level table alone when left out. */
  readonly routing?: Routing;
};

/** Starts the program on a stage; parts may be given with faults built in. */
export async function startProgram(stage: Stage, parts: ProgramParts = {}): Promise<Program> {
  const { clock } = stage;
  const opened: OpenedAlert[] = [];
  const changed = new Set<string>();
  const deps = {
    records: parts.records ?? stage.records,
    log: parts.log ?? stage.log,
    clock,
    random: createRandom('alerts'),
    ids: createCountingIds(),
    logger: parts.logger ?? silentLogger,
    ruleTexts,
    dutyOfficers: parts.dutyOfficers ?? officerTable,
    ...(parts.routing ? { routing: parts.routing } : {}),
    senderId: parts.senderId ?? 'sender-1',
    onChanged: (ids: readonly string[]) => ids.forEach((id) => changed.add(id)),
    onOpened: (alert: OpenedAlert) => opened.push(alert),
  };
  const channels = [stage.phone, stage.sms, stage.push, ...(parts.further ?? [])].map(
    (channel) => parts.wrapChannel?.(channel) ?? channel,
  );
  const providers = listProviders(channels);
  const sending = { ...deps, providers };
  for (const channel of channels) {
    channel.onReceipt((receipt) => takeReceipt(sending, channel, receipt));
    channel.onReply?.((reply) => takeReply(sending, channel, reply));
  }
  const consumers: Consumer[] = [];
  for (let partition = 0; partition < stage.log.partitions; partition++) {
    consumers.push(await openConsumer(deps, partition));
  }
  const senders = [...providers.values()].map((list) =>
    createSender(sending, list, { ...SENDER_DEFAULTS, ...parts.sender }),
  );
  const publisher: Publisher = createPublisher(deps);
  const turn = async () => {
    let done = 0;
    for (const consumer of consumers) {
      done += await consume(deps, consumer, { ...PIPELINE_DEFAULTS, waitMs: 0 });
    }
    done += await escalate(deps);
    done += await watchAnswers();
    for (const channel of channels) {
      if (channel.onReply) done += await sendAnswers(deps, channel);
    }
    done += await watchSilences(deps, PIPELINE_DEFAULTS);
    for (const sender of senders) {
      done += await sender.start();
      await sender.finish();
    }
    return done + (await publisher.publish());
  };
  const settle = async () => {
    while ((await turn()) > 0);
  };
  const watchAnswers = createAnswerWatch(deps);
  const seen = { phone: 0, sms: 0, push: 0 };
  return {
    desk: createDesk(deps),
    tasks: createTaskDesk(deps),
    objections: createObjectionDesk({ ...deps, calendar: createChinaCalendar() }),
    photos: createPhotoDesk(deps),
    silences: createSilenceDesk(deps),
    settle,
    async find(...findings) {
      await appendFindings(stage.log, findings);
      await settle();
    },
    async pass(minutes, stepSeconds = 10) {
      await settle();
      for (let left = minutes * 60; left > 0; left -= stepSeconds) {
        clock.advance(Math.min(left, stepSeconds) * 1_000);
        await settle();
      }
    },
    sent() {
      const kinds = ['phone', 'sms', 'push'] as const satisfies readonly ChannelKind[];
      return kinds.flatMap((kind) => {
        const fresh = stage[kind].sent.slice(seen[kind]);
        seen[kind] = stage[kind].sent.length;
        return fresh.map(({ recipient }) => `${kind} ${recipient}`).sort();
      });
    },
    opened,
    changed,
    providers,
  };
}

/** The newest notice to an officer on a channel. */
export async function noticeTo(
  { records }: Stage,
  channel: ChannelKind,
  recipient: string,
): Promise<OutboxTable> {
  const rows = await records.db
    .selectFrom('outbox')
    .selectAll()
    .where('channel', '=', channel)
    .where('recipient', '=', recipient)
    .orderBy('createdAtMs', 'desc')
    .orderBy('step', 'desc')
    .execute();
  const [newest] = rows;
  if (!newest) throw new Error(`no ${channel} notice to ${recipient}`);
  return newest;
}

/** The person picks up, or reads, and presses or replies `key`. */
export async function answer(
  stage: Stage,
  channel: 'phone' | 'sms',
  recipient: string,
  key = '1',
): Promise<string> {
  const { id } = await noticeTo(stage, channel, recipient);
  return stage[channel].report(id, { state: 'answered', answer: key });
}
