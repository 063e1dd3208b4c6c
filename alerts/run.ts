// The loops of ⑥ and ⑦: findings of each partition into alerts and outbox, ladders that are due, each
// channel's outbox to its provider, the timeline into the log. Each loop is woken by the one before it, and looks by itself now and
// then for what other programs wrote.

import { OperatingError } from '../core/errors.ts';
import type { ChanceIds } from '../core/ids.ts';
import type { Random } from '../core/random.ts';
import { ioClock, sleep } from '../core/time.ts';
import type { Channel } from './channels/channel.ts';
import { consume, openConsumer, type ConsumeDeps, type Consumer } from './consume.ts';
import { escalate } from './escalate.ts';
import { extendLadders } from './extend-ladders.ts';
import { createBell, loop, type Bell } from './loops.ts';
import { PIPELINE_DEFAULTS, type PipelineOptions } from './pipeline.ts';
import { isMessageId } from './messages/message-store.ts';
import { takeMessageReceipt } from './messages/send-messages.ts';
import { listProviders, type ProviderLists } from './providers/provider-list.ts';
import { createPublisher, EVENTS_MAX } from './publish-events.ts';
import { takeReceipt } from './receipts.ts';
import { takeReply, type ReplyDeps } from './replies.ts';
import { isAnswer, sendAnswers } from './reply-answers.ts';
import type { AnswerOptions } from './tasks/task-options.ts';
import { createAnswerWatch } from './tasks/watch-answers.ts';
import { DEFAULT_TEMPLATES, type Templates } from './texts/templates.ts';
import { createSender, SENDER_DEFAULTS, type Sender, type SenderOptions } from './sender.ts';
import { watchSilences } from './silences/watch-silences.ts';

export type AlertsDeps = ConsumeDeps & {
  readonly random: Random;
  readonly ids: ChanceIds;
  /** Those of one kind are a list of providers, tried in this order. */
  readonly channels: readonly Channel[];
  /** Periods of what follows the answer; defaults when left out. */
  readonly answers?: AnswerOptions;
  /** Whether providers could report back by now; until then nothing is sent. Always when left out. */
  readonly isReachable?: () => boolean;
  readonly onReplied?: ReplyDeps['onReplied'];
  /** The words of notices; the product's own when left out. */
  readonly templates?: Templates | undefined;
};

export type AlertsOptions = PipelineOptions & {
  readonly sender: SenderOptions;
  /** How often a loop looks without having been woken. */
  readonly pollMs: number;
  /** All by default. */
  readonly partitions?: readonly number[];
};

export const ALERTS_DEFAULTS: AlertsOptions = {
  ...PIPELINE_DEFAULTS,
  sender: SENDER_DEFAULTS,
  pollMs: 500,
};

/** In a storm the timeline is appended to the log so often, and not for every notice. */
const PUBLISH_EVERY_MS = 50;

export type AlertsRunner = {
  /** Says that events were written elsewhere, by the desk for example. */
  wake(): void;
  /** Says that notices were written elsewhere, too. */
  wakeAll(): void;
  status(): AlertsStatus;
  /** How the providers of each channel are doing. */
  readonly providers: ProviderLists;
  /** Rejects when the runner cannot go on: a mistake of ours, or records and log that do not fit. */
  readonly ended: Promise<void>;
  /** Finishes what is under way. */
  stop(): Promise<void>;
};

export type AlertsStatus = {
  readonly partitions: readonly Readonly<Consumer>[];
  /** Number of the last event that is in the log. */
  readonly publishedSeq: number;
};

/** Starts the loops. Receipts of the channels are taken from now on. */
export async function startAlerts(
  deps: AlertsDeps,
  options: AlertsOptions = ALERTS_DEFAULTS,
): Promise<AlertsRunner> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { channels, log, isReachable = () => true } = deps;
  const publisherBell = createBell(options.pollMs, signal);
  const providers = listProviders(channels);
  const lists = [...providers.values()];
  const senderBells = lists.map(() => createBell(options.pollMs, signal));
  const ladderBell = createBell(options.pollMs, signal);
  const answerBell = createBell(options.pollMs, signal);
  const replyable = channels.filter(({ onReply }) => onReply !== undefined);
  const replyBells = replyable.map(() => createBell(options.pollMs, signal));
  // Only time and people change what is silenced; no finding does.
  const silenceBell = createBell(options.pollMs, signal);
  const ringAll = () =>
    [publisherBell, ladderBell, answerBell, ...replyBells, ...senderBells].forEach((bell) =>
      bell.ring(),
    );
  const telling = (ring: () => void) => (alertIds: readonly string[]) => {
    ring();
    deps.onChanged(alertIds);
  };
  const consuming = { ...deps, onChanged: telling(ringAll) };
  const sending = {
    ...deps,
    onChanged: telling(publisherBell.ring),
    senderId: deps.ids.next('sender'),
    providers,
  };
  const replying = { ...sending, onChanged: telling(ringAll) };
  for (const channel of channels) {
    channel.onReceipt((receipt) =>
      isAnswer(receipt.noticeId)
        ? Promise.resolve('stale')
        : isMessageId(receipt.noticeId)
          ? takeMessageReceipt(sending, channel, receipt)
          : takeReceipt(sending, channel, receipt),
    );
    channel.onReply?.((reply) => takeReply(replying, channel, reply));
  }
  const partitions = options.partitions ?? [...Array(log.partitions).keys()];
  const consumers = await Promise.all(partitions.map((partition) => openConsumer(deps, partition)));
  const senders = lists.map((list, index) =>
    createSender(sending, list, options.sender, senderBells[index]?.ring),
  );
  const publisher = createPublisher(deps);
  const { templates = DEFAULT_TEMPLATES } = deps;
  const reading = { ...options, templates, waitMs: options.pollMs, signal };
  /** A turn that found nothing to do waits for the bell. */
  const belled = (bell: Bell | undefined, run: () => Promise<number>) => async () => {
    if ((await run()) === 0) await bell?.heard();
  };
  /** Readers of the log wait a moment gladly: what happens within it shares an append. */
  const publishSome = async () => {
    const published = await publisher.publish();
    if (published > 0 && published < EVENTS_MAX) {
      await sleep(ioClock, PUBLISH_EVERY_MS, signal).catch(() => {});
    }
    return published;
  };
  // Of ladders from before an upgrade; here, so that records that are away are waited for.
  let isExtended = false;
  const turns = [
    ...consumers.map((consumer) => () => consume(consuming, consumer, reading)),
    ...senders.map((sender, index) =>
      belled(senderBells[index], async () => (isReachable() ? sender.start() : 0)),
    ),
    belled(ladderBell, async () => {
      if (!isExtended) await extendLadders({ ...deps, levels: deps.routing?.levels });
      isExtended = true;
      return escalate(consuming);
    }),
    belled(answerBell, createAnswerWatch(consuming)),
    ...replyable.map((channel, index) =>
      belled(replyBells[index], async () => {
        const settled = (await channel.settleReplies?.()) ?? 0;
        return settled + (await sendAnswers(sending, channel));
      }),
    ),
    belled(silenceBell, () => watchSilences(consuming, reading)),
    belled(publisherBell, publishSome),
  ];
  const ended = runAll(deps, { turns, senders, stopping });

  return {
    wake: publisherBell.ring,
    providers,
    wakeAll: ringAll,
    ended,
    status: () => ({
      partitions: consumers.map((consumer) => ({ ...consumer })),
      publishedSeq: publisher.publishedSeq(),
    }),
    async stop() {
      stopping.abort();
      ringAll();
      silenceBell.ring();
      await ended;
    },
  };
}

/** Ends when all loops have and nothing is under way any more; one that fails stops the others. */
async function runAll(
  deps: AlertsDeps,
  {
    turns,
    senders,
    stopping,
  }: {
    turns: readonly (() => Promise<number | void>)[];
    senders: readonly Sender[];
    stopping: AbortController;
  },
): Promise<void> {
  try {
    await Promise.all(turns.map((turn) => loop(deps, stopping.signal, turn)));
    // What could not be written down now stays leased, and is asked about after the next start.
    await Promise.all(senders.map((sender) => sender.finish().catch(throwUnlessPassing)));
  } catch (error) {
    stopping.abort();
    throw error;
  }
}

function throwUnlessPassing(error: unknown): void {
  if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
}
