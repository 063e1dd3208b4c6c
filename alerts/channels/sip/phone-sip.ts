// ⑦ Telephone calls of our own over SIP: one notice, one call, its message spoken, its keys read. What
// happens to a call is told as receipts, as a provider would.

import type { ChanceIds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Random } from '../../../core/random.ts';
import type { Language } from '../../../core/text.ts';
import type { Clock } from '../../../core/time.ts';
import type { Channel, OutgoingNotice, Receipt, SendOutcome } from '../channel.ts';
import { dialledNumber, type DialPlan, type Endpoint } from './address.ts';
import type { CallEnd } from './call-ends.ts';
import { openCallSound, type SoundOptions } from './call-sound.ts';
import { placeCall, type Call, type Caller } from './call.ts';
import type { Network } from './datagrams.ts';
import { createLines } from './lines.ts';
import { createReceiptTeller } from './receipt-teller.ts';
import { soundsFor } from './sounds.ts';
import { keepSpoken, type Voice } from './speech.ts';
import type { TransactionTimes } from './transaction.ts';
import { openUserAgent, type UserAgent } from './user-agent.ts';

export type PhoneSipDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: ChanceIds;
  readonly logger: Logger;
  readonly network: Network;
  readonly voice: Voice;
};

export type PhoneSipOptions = Caller &
  SoundOptions & {
    /** Name of the provider, kept with each notice. */
    readonly provider: string;
    readonly local: Endpoint;
    readonly publicHost?: string | undefined;
    readonly dial: DialPlan;
    readonly callsMax: number;
    readonly language: Language;
    readonly times: TransactionTimes;
    /** Longest wait for a free line. */
    readonly lineWaitMs: number;
  };

export type SipChannel = Channel & {
  /** Ends all calls; those without an answer are told as failed, so that they are placed again. */
  stop(): Promise<void>;
};

/** A trunk that only said "trying" for so long has taken the call. */
const TRYING_MS_MAX = 4_000;
/** A call of which nothing was heard is remembered so long, longer than the outbox asks about it. */
const SILENT_MS_MAX = 20 * 60_000;
/** Calls remembered, so that a notice given twice is not called twice. */
const REMEMBERED_MAX = 10_000;
/** How long a stop waits for the other ends. */
const STOP_MS_MAX = 2_000;

type Placed = {
  readonly notice: OutgoingNotice;
  readonly messageId: string;
  phase: 'placing' | 'silent' | 'taken' | 'up' | 'over';
  outcome: Promise<SendOutcome>;
  call?: Call;
  hasAnswered: boolean;
  readonly ended: PromiseWithResolvers<void>;
  release(): void;
  /** The trunk will not be heard any more: leaves it open whether it has the call. */
  abandon(): void;
};

export function createPhoneSip(deps: PhoneSipDeps, options: PhoneSipOptions): SipChannel {
  const { clock, ids, logger } = deps;
  const voice = keepSpoken(deps.voice);
  const lines = createLines(clock, { callsMax: options.callsMax, waitMs: options.lineWaitMs });
  const placed = new Map<string, Placed>();
  const teller = createReceiptTeller({ clock, logger });
  let opening: Promise<UserAgent> | undefined;
  let isStopping = false;

  const openAgent = () => {
    opening ??= openUserAgent(deps, options);
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
  const tell = (one: Placed, change: Pick<Receipt, 'state'> & Partial<Receipt>) =>
    teller.tell({ noticeId: one.notice.id, messageId: one.messageId, ...change });
  const finish = (one: Placed) => {
    one.phase = 'over';
    one.release();
    one.ended.resolve();
    forgetOld(placed);
  };
  const failed = (one: Placed, reason: string) => {
    finish(one);
    tell(one, { state: 'failed', reason: isStopping ? 'unreachable' : reason });
  };

  const talkEnded = (one: Placed) => {
    if (one.hasAnswered) finish(one);
    else failed(one, 'hung-up');
  };

  const place = async (one: Placed, number: string): Promise<SendOutcome> => {
    const { notice, messageId } = one;
    const accepted = { kind: 'accepted', messageId } as const;
    const freeLine = await lines.take(number);
    if (!freeLine) return rejected('lines-busy');
    one.release = freeLine;
    const [agent, sounds] = await Promise.all([
      openAgent().catch(codeOf),
      soundsFor(deps, voice, { notice, language: options.language }),
    ]);
    if (typeof agent === 'string') return rejected(agent);
    const sound = await openCallSound(deps, options, agent.address.host).catch(codeOf);
    if (typeof sound === 'string') return rejected(sound);
    one.release = () => {
      freeLine();
      sound.close();
    };
    if (isStopping) return rejected('stopping');
    return new Promise((resolve) => {
      const take = () => {
        if (one.phase === 'placing' || one.phase === 'silent') one.phase = 'taken';
        resolve(accepted);
      };
      one.abandon = () => resolve({ kind: 'uncertain', code: 'stopping' });
      const order = { callId: messageId, number, sdp: sound.offer };
      one.call = placeCall({ agent, clock, ids }, options, order, {
        onProgress(isRinging) {
          if (isRinging || one.phase === 'silent') take();
          else clock.after(TRYING_MS_MAX, () => one.phase === 'placing' && take());
        },
        onSilence() {
          if (one.phase !== 'placing') return;
          one.phase = 'silent';
          // Nobody is talking on it, and a trunk that is away must not use up the lines.
          freeLine();
          clock.after(SILENT_MS_MAX, () => {
            if (one.phase !== 'silent') return;
            placed.delete(notice.id);
            finish(one);
          });
          resolve({ kind: 'uncertain', code: 'time-out' });
        },
        onFailed(end) {
          if (one.phase === 'placing' && end.kind === 'refused') {
            return resolve({ kind: 'rejected', code: end.code, retry: end.retry });
          }
          take();
          return failed(one, reasonOf(end));
        },
        onPickedUp(answer) {
          take();
          one.phase = 'up';
          tell(one, { state: 'delivered' });
          const started = sound.start(answer, sounds, {
            async onAnswer(key) {
              one.hasAnswered = true;
              const from = notice.address ?? '';
              const outcome = await tell(one, { state: 'answered', answer: key, from });
              return outcome === 'taken' || outcome === 'stale';
            },
            onEnd() {
              void one.call?.hangUp();
              talkEnded(one);
            },
          });
          if (started === 'no-sound') {
            void one.call?.hangUp();
            return failed(one, 'no-sound');
          }
          if (started === 'no-keypad') {
            logger.warn('alerts.phone-without-keypad', { noticeId: notice.id });
          }
          return undefined;
        },
        onKey: sound.press,
        onOffer: sound.reoffer,
        onAgreed: sound.agreed,
        onHungUp: () => talkEnded(one),
      });
    });
  };

  return {
    kind: 'phone',
    provider: options.provider,
    send(notice) {
      const { id, address } = notice;
      if (address === null) return Promise.resolve(rejected('no-number', 'never'));
      const number = dialledNumber(address, options.dial);
      if (number === undefined) return Promise.resolve(rejected('bad-number', 'never'));
      if (isStopping) return Promise.resolve(rejected('stopping'));
      const known = placed.get(id);
      if (known) return known.outcome;
      const one: Placed = {
        notice,
        messageId: ids.next('call'),
        phase: 'placing',
        outcome: Promise.resolve(rejected('stopping')),
        hasAnswered: false,
        ended: Promise.withResolvers<void>(),
        release: () => {},
        abandon: () => {},
      };
      placed.set(id, one);
      one.outcome = place(one, number).then((outcome) => {
        if (outcome.kind !== 'rejected') return outcome;
        // Nothing happened: the next try is a new call.
        placed.delete(id);
        one.release();
        return outcome;
      });
      return one.outcome;
    },
    async status(noticeId) {
      const one = placed.get(noticeId);
      // Calls of a program that died are over: nobody speaks in them any more.
      if (!one) return { kind: 'unknown' };
      if (one.phase === 'placing') return { kind: 'unavailable', code: 'placing' };
      if (one.phase === 'silent') {
        const settled = await one.call?.settle();
        if (one.phase === 'silent') {
          if (settled === 'silent') return { kind: 'unavailable', code: 'time-out' };
          if (settled === 'never-had') {
            placed.delete(noticeId);
            finish(one);
            return { kind: 'unknown' };
          }
          // It was taken back just now; the person is called by the next notice.
          finish(one);
          return {
            kind: 'known',
            receipt: teller.note({
              noticeId,
              messageId: one.messageId,
              state: 'failed',
              reason: 'unreachable',
            }),
          };
        }
      }
      const { messageId } = one;
      const taken = { noticeId, messageId, sequence: 0, state: 'accepted' } as const;
      return { kind: 'known', receipt: teller.lastOf(noticeId) ?? taken };
    },
    onReceipt: teller.onReceipt,
    async stop() {
      isStopping = true;
      lines.stop();
      const ending = [...placed.values()].map(async (one) => {
        if (one.phase === 'up') {
          const ended = one.call?.hangUp();
          if (one.hasAnswered) finish(one);
          else failed(one, 'unreachable');
          await ended;
        } else if (one.phase === 'taken') {
          one.call?.cancel();
          await one.ended.promise;
        } else one.call?.cancel();
      });
      await within(clock, STOP_MS_MAX, Promise.all(ending));
      for (const one of placed.values()) if (one.phase === 'taken') failed(one, 'unreachable');
      await within(clock, STOP_MS_MAX, teller.finish());
      for (const one of placed.values()) {
        one.abandon();
        one.release();
      }
      teller.stop();
      (await opening?.catch(() => undefined))?.close();
    },
  };
}

const rejected = (code: string, retry: 'backoff' | 'never' = 'backoff') =>
  ({ kind: 'rejected', code, retry }) as const;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'no-network';

/** After the trunk took the call its troubles are the person's: not reached. */
function reasonOf(end: CallEnd): string {
  if (end.kind === 'not-reached') return end.reason;
  return end.retry === 'never' ? end.code : 'unreachable';
}

function forgetOld(placed: Map<string, Placed>): void {
  if (placed.size <= REMEMBERED_MAX) return;
  for (const [id, { phase }] of placed) {
    if (phase !== 'over') continue;
    placed.delete(id);
    return;
  }
}

function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve);
    void work.finally(() => {
      timer.cancel();
      resolve();
    });
  });
}
