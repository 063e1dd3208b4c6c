// A call that was picked up: plays what the conversation says, feeds it the keys.

import type { Random } from '../../../core/random.ts';
import type { Clock, Timer } from '../../../core/time.ts';
import type { Endpoint } from './address.ts';
import {
  CONVERSATION_START,
  stepConversation,
  TALK_MS_MAX,
  type AnswerKey,
  type ConversationAct,
  type ConversationInput,
} from './conversation.ts';
import type { Datagrams } from './datagrams.ts';
import { hostsOf, startMedia } from './media.ts';
import { readAnswer, type Agreement } from './sdp.ts';
import type { Sounds } from './sounds.ts';

export type Talk = {
  /** A key that came another way than as sound event. */
  press(key: string): void;
  /** What the two ends agree on from now on. */
  agree(agreement: Agreement): void;
  stop(): void;
};

export type TalkStart =
  | (Talk & {
      readonly kind: 'talking';
      /** False when the other end sends no keys as sound events: only an INFO can bring one. */
      readonly hasKeypad: boolean;
    })
  /** The two ends have no sound in common. */
  | { readonly kind: 'no-sound' };

export type TalkListener = {
  /** Resolves once the answer is written down, with whether it was taken. */
  readonly onAnswer: (key: AnswerKey) => Promise<boolean>;
  /** Everything was said; the call is to be ended. */
  readonly onEnd: () => void;
};

export function startTalk(
  deps: { readonly clock: Clock; readonly random: Random; readonly socket: Datagrams },
  given: { readonly answer: string; readonly trunk: Endpoint; readonly sounds: Sounds },
  listener: TalkListener,
): TalkStart {
  const { clock } = deps;
  const agreement = readAnswer(given.answer);
  if (!agreement) return { kind: 'no-sound' };
  let [state, acts] = CONVERSATION_START;
  let pausing: Timer | undefined;
  const media = startMedia(deps, {
    agreement,
    hosts: hostsOf(agreement.to, given.trunk),
    onKey: (key) => take({ kind: 'key', key }),
  });
  const stop = () => {
    media.stop();
    pausing?.cancel();
    tooLong.cancel();
  };
  const act = (one: ConversationAct) => {
    switch (one.kind) {
      case 'say':
        pausing?.cancel();
        return media.play(given.sounds[one.what], () => take({ kind: 'said' }));
      case 'pause':
        pausing?.cancel();
        pausing = clock.after(one.ms, () => take({ kind: 'paused' }));
        return undefined;
      case 'answer':
        media.hush();
        void listener.onAnswer(one.key).then((isTaken) => take({ kind: 'recorded', isTaken }));
        return undefined;
      case 'hang-up':
        stop();
        return listener.onEnd();
    }
  };
  const take = (input: ConversationInput) => {
    [state, acts] = stepConversation(state, input);
    acts.forEach(act);
  };
  const tooLong = clock.after(TALK_MS_MAX, () => take({ kind: 'too-long' }));
  acts.forEach(act);
  return {
    kind: 'talking',
    hasKeypad: agreement.eventPayloads.length > 0,
    press: (key) => take({ kind: 'key', key }),
    agree: (next) => media.change({ agreement: next, hosts: hostsOf(next.to, given.trunk) }),
    stop,
  };
}
