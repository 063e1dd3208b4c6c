// The loops behind messages that are about no alert: reminders when they are due, each channel's messages to
// its list of providers.

import { createBell, loop } from '../loops.ts';
import type { ProviderLists } from '../providers/provider-list.ts';
import { remindTomorrow, type RemindDeps } from '../roster/remind.ts';
import type { SenderOptions } from '../sender.ts';
import { sendMessages, type MessageDeps } from './send-messages.ts';

export type MessageLoopsDeps = MessageDeps & {
  /** Those of the alerts: how they are doing is known of both. */
  readonly providers: ProviderLists;
  /** Undefined where no roster is configured. */
  readonly reminders: RemindDeps | undefined;
  /** Whether providers could report back by now. */
  readonly isReachable: () => boolean;
};

const POLL_MS = 1_000;
const REMIND_POLL_MS = 10_000;

export type MessageLoops = {
  /** Rejects when a loop cannot go on. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

export function startMessages(deps: MessageLoopsDeps, options: SenderOptions): MessageLoops {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { reminders, isReachable } = deps;
  const lists = [...deps.providers.values()].filter(({ kind }) => kind !== 'canary');
  const bells = lists.map(() => createBell(POLL_MS, signal));
  const reminding = createBell(REMIND_POLL_MS, signal);
  const turns = lists.map((list, index) => async () => {
    const sent = isReachable() ? await sendMessages(deps, list, options) : 0;
    if (sent === 0) await bells[index]?.heard();
  });
  if (reminders) {
    turns.push(async () => {
      if ((await remindTomorrow(reminders)) > 0) bells.forEach((bell) => bell.ring());
      await reminding.heard();
    });
  }
  const run = async () => {
    try {
      await Promise.all(turns.map((turn) => loop(deps, signal, turn)));
    } finally {
      stopping.abort();
    }
  };
  const ended = run();
  return {
    ended,
    async stop() {
      stopping.abort();
      [...bells, reminding].forEach((bell) => bell.ring());
      await ended;
    },
  };
}
