// ② Gathers the locations of all connections into one batch of columns, publishes it when it is full or
// old enough, and only then answers the terminals. One publish is under way at a time: device events
// are worked out in order, and taken back together when the log did not take them.

import { OperatingError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Outcome } from '../../core/outcome.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import type { Clock, EpochMs, Timer } from '../../core/time.ts';
import type { Delivery, Publish } from '../publish.ts';
import type { AlarmRecord } from './alarm-book.ts';
import { stepLevels, type AlarmLevels } from './alarm-levels.ts';
import { RESULT } from './body-answer.ts';
import type { Location } from './body-location.ts';
import type { DeviceModel } from './device-model.ts';
import type { MessageHeader } from './session.ts';
import { toDeviceFact, toPosition, type DeviceArrival } from './to-arrivals.ts';

/** Whose locations these are, and who waits for the answer. */
export type Sender = {
  readonly subject: string;
  readonly source: string;
  readonly model: DeviceModel;
  readonly alarms: AlarmRecord;
  answer(header: MessageHeader, result: number): void;
};

export type Gatherer = {
  /** Takes the readable items of one message in; the sender is answered once they are durable. */
  add(sender: Sender, message: GatheredMessage): void;
  /** True while so many rows wait that nothing more should be read. */
  readonly isFull: boolean;
  /** Publishes what is left and resolves when it is answered. */
  stop(): Promise<void>;
};

export type GatheredMessage = {
  readonly header: MessageHeader;
  readonly blindZone: boolean;
  readonly items: readonly Outcome<Location>[];
};

export type GathererDeps = {
  readonly publish: Publish;
  readonly logger: Logger;
  readonly ioClock: Clock;
  /** Called when `isFull` turns false again. */
  readonly onRoom: () => void;
};

export type GathererOptions = {
  /** How long the first row of a batch waits for company. */
  readonly flushMs: number;
  readonly flushRowsMax: number;
  /** Rows that may wait while a batch is being published. */
  readonly waitingRowsMax: number;
};

/** One location's alarm word, kept until its batch is published. */
type Reading = {
  readonly sender: Sender;
  readonly atMs: EpochMs;
  readonly alarms: number;
};

type Reply = { readonly sender: Sender; readonly header: MessageHeader };

export function createGatherer(deps: GathererDeps, options: GathererOptions): Gatherer {
  const builder = createPositionBuilder(options.flushRowsMax);
  let readings: Reading[] = [];
  let replies: Reply[] = [];
  let timer: Timer | undefined;
  let publishing: Promise<void> | undefined;
  /** A flush was asked for while one was under way. */
  let isDue = false;

  const flush = () => {
    isDue = publishing !== undefined;
    if (publishing || builder.length === 0) return;
    timer?.cancel();
    timer = undefined;
    publishing = publishWaiting().finally(() => {
      publishing = undefined;
      if (isDue) flush();
    });
  };

  const publishWaiting = async () => {
    const wasFull = builder.length >= options.waitingRowsMax;
    const positions = builder.drain();
    const batch = { readings, replies };
    readings = [];
    replies = [];
    if (wasFull) deps.onRoom();
    const { facts, takeBack } = readAlarms(batch.readings);
    const delivery = facts.length === 0 ? { positions } : { positions, facts };
    const isPublished = await tryPublish(deps, delivery);
    if (!isPublished) takeBack();
    const result = isPublished ? RESULT.ok : RESULT.failed;
    for (const { sender, header } of batch.replies) sender.answer(header, result);
  };

  return {
    get isFull() {
      return builder.length >= options.waitingRowsMax;
    },
    add(sender, { header, blindZone, items }) {
      const { subject, source, model } = sender;
      const { serial } = header;
      for (let index = 0; index < items.length; index++) {
        const item = items[index] as Outcome<Location>;
        if (item.kind !== 'ok') continue;
        const { atMs, alarms } = item.value;
        builder.add(toPosition(item.value, { subject, source, model, serial, index, blindZone }));
        readings.push({ sender, atMs, alarms });
      }
      replies.push({ sender, header });
      if (builder.length >= options.flushRowsMax) flush();
      else timer ??= deps.ioClock.after(options.flushMs, onTimer);
    },
    async stop() {
      for (;;) {
        flush();
        if (!publishing) return;
        await publishing;
      }
    },
  };

  function onTimer() {
    timer = undefined;
    flush();
  }
}

/** Device events of a batch in its order; `takeBack` restores what was known before it. */
function readAlarms(readings: readonly Reading[]): {
  facts: DeviceArrival[];
  takeBack: () => void;
} {
  const facts: DeviceArrival[] = [];
  const before = new Map<AlarmRecord, AlarmLevels>();
  for (const reading of readings) {
    const { sender } = reading;
    const { alarms: record, subject, source } = sender;
    const [levels, events] = stepLevels(record.levels, reading, sender.model);
    if (!before.has(record)) before.set(record, record.levels);
    record.levels = levels;
    for (const event of events) {
      facts.push(toDeviceFact(event, { subject, source, atMs: reading.atMs }));
    }
  }
  const takeBack = () => {
    for (const [record, levels] of before) record.levels = levels;
  };
  return { facts, takeBack };
}

/** False when the log did not take the batch: the terminals keep it and send it again. */
async function tryPublish(deps: GathererDeps, delivery: Delivery): Promise<boolean> {
  try {
    await deps.publish(delivery);
    return true;
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    deps.logger.warn('jt808-publish-failed', {
      code: error.code,
      rows: delivery.positions?.length ?? 0,
    });
    return false;
  }
}
