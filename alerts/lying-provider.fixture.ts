// A provider that lies now and then: takes a notice and loses it, says no and delivers, answers nothing, and
// reports late, twice, in any order or never. It acts once for a key, as real ones do, and writes down every
// time it is given a key it had no reason to be given again.

import { createRandom, type Random } from '../core/random.ts';
import { systemClock } from '../core/time.ts';
import type { FakeChannel } from './channels/channel.fixture.ts';
import type { OutgoingNotice, Receipt, SendOutcome, StatusOutcome } from './channels/channel.ts';
import { Crash } from './faults.fixture.ts';

export type Honesty = {
  /** Of sends that are answered otherwise than by what is done. */
  readonly lies: number;
  /** Of receipts that are lost, doubled or late. */
  readonly unruly: number;
  /** Of people who pick up and press 1. */
  readonly answering: number;
};

export type LyingProvider = {
  readonly channel: FakeChannel;
  /** From now on as honest as can be; or lost for good: takes everything and does nothing. */
  become(honesty: Honesty | 'lost'): void;
  /** Answers nothing at all. */
  isDown: boolean;
  /** Keys for which a telephone rang, or a screen showed. */
  readonly acted: ReadonlySet<string>;
  /** What should not have happened, as it happened. */
  readonly wrongs: string[];
  /** Receipts that are still to come. */
  pending(): number;
};

export const HONEST: Honesty = { lies: 0, unruly: 0, answering: 1 };

type Key = {
  /** The product may send: it never did, was told no, or that the key is unknown. */
  mayCome: boolean;
  sends: number;
};

const FAILURES = ['busy', 'declined', 'no-answer', 'unreachable', 'no-such-number'];
type Reaction = Partial<Receipt> & Pick<Receipt, 'state'>;

const DELIVERED: Reaction = { state: 'delivered' };

/** How often a provider calls back that found nobody listening. */
const RETRY_MS = 20_000;
const RETRIES_MAX = 12;

export function createLyingProvider(
  plain: FakeChannel,
  { seed, say }: { seed: string; say: (line: string) => void },
): LyingProvider {
  const { kind } = plain;
  const keys = new Map<string, Key>();
  const acted = new Set<string>();
  const wrongs: string[] = [];
  let honesty: Honesty | 'lost' = HONEST;
  let pending = 0;
  const keyOf = (id: string): Key => {
    const key = keys.get(id) ?? { mayCome: true, sends: 0 };
    keys.set(id, key);
    return key;
  };
  /** Chance of its own for each send, so that one lie more or less changes no other. */
  const chanceOf = (id: string, what: string): Random =>
    createRandom(`${seed}/${kind}/${id}/${what}`);

  const report = async (id: string, receipt: Reaction, tries = 0) => {
    try {
      const outcome = await plain.report(id, receipt);
      say(
        `receipt ${kind} ${id} ${receipt.state} ${receipt.reason ?? receipt.answer ?? ''} ${outcome}`,
      );
      pending--;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      // Nobody took it: a provider calls back again, for a while.
      if (tries >= RETRIES_MAX) pending--;
      else systemClock.after(RETRY_MS, () => void report(id, receipt, tries + 1));
    }
  };
  const later = (ms: number, id: string, receipt: Reaction) => {
    pending++;
    systemClock.after(ms, () => void report(id, receipt));
  };

  /** The telephone rings, once for a key, and somebody does something. */
  const act = async (notice: OutgoingNotice): Promise<void> => {
    await plain.send(notice);
    if (acted.has(notice.id)) return;
    acted.add(notice.id);
    say(`${kind} ${notice.recipient} ${notice.id}`);
    if (honesty === 'lost' || kind === 'push') return;
    const chance = chanceOf(notice.id, 'person');
    const reaction = reactionOf(chance, honesty.answering);
    for (const [index, receipt] of [DELIVERED, reaction].entries()) {
      if (!receipt) continue;
      const isUnruly = chance.chance(honesty.unruly);
      const afterMs = 1_000 + chance.int(20_000) + (isUnruly ? chance.int(60_000) : index * 20_000);
      const copies = isUnruly ? chance.int(3) : 1;
      for (let copy = 0; copy < copies; copy++) {
        later(afterMs + copy * chance.int(30_000), notice.id, { ...receipt, sequence: index + 1 });
      }
    }
  };

  const channel: FakeChannel = {
    ...plain,
    async send(notice) {
      const key = keyOf(notice.id);
      key.sends++;
      if (!key.mayCome && kind !== 'push') {
        wrongs.push(`${kind} ${notice.recipient} ${notice.id} was sent again without asking`);
      }
      key.mayCome = false;
      if (provider.isDown) return { kind: 'uncertain', code: 'time-out' };
      const chance = chanceOf(notice.id, `send ${key.sends}`);
      const lie = lieOf(honesty, chance);
      if (lie !== 'none') say(`lie ${lie} ${kind} ${notice.id}`);
      if (lie === 'none' || lie === 'deny' || lie === 'silent') await act(notice);
      key.mayCome = lie === 'deny' || lie === 'refuse';
      return ANSWERS[lie](`${kind}-${notice.id}`);
    },
    async status(id): Promise<StatusOutcome> {
      if (provider.isDown) return { kind: 'unavailable', code: 'time-out' };
      if (acted.has(id)) return plain.status(id);
      if (honesty === 'lost') return { kind: 'known', receipt: acceptedReceipt(kind, id) };
      keyOf(id).mayCome = true;
      return { kind: 'unknown' };
    },
  };
  const provider: LyingProvider = {
    channel,
    become(next) {
      honesty = next;
    },
    isDown: false,
    acted,
    wrongs,
    pending: () => pending,
  };
  return provider;
}

const acceptedReceipt = (kind: string, noticeId: string): Receipt => ({
  noticeId,
  messageId: `${kind}-${noticeId}`,
  sequence: 0,
  state: 'accepted',
});

const LIES = ['lose', 'deny', 'silent', 'silent-lose', 'refuse'] as const;
type Lie = (typeof LIES)[number] | 'none';

const lieOf = (honesty: Honesty | 'lost', chance: Random): Lie => {
  if (honesty === 'lost') return 'lose';
  return chance.chance(honesty.lies) ? chance.pick(LIES) : 'none';
};

const accepted = (messageId: string): SendOutcome => ({ kind: 'accepted', messageId });
const timedOut = (): SendOutcome => ({ kind: 'uncertain', code: 'time-out' });

/** What a provider says, by what it does. */
const ANSWERS: Readonly<Record<Lie, (messageId: string) => SendOutcome>> = {
  none: accepted,
  /** Took it, and nothing comes of it. */
  lose: accepted,
  /** Says no, and delivers. */
  deny: () => ({ kind: 'rejected', code: 'http-503', retry: 'backoff' }),
  silent: timedOut,
  'silent-lose': timedOut,
  refuse: () => ({ kind: 'rejected', code: 'http-400', retry: 'never' }),
};

/** What a person does when the telephone rings; nothing at all now and then. */
function reactionOf(chance: Random, answering: number): Reaction | undefined {
  if (chance.chance(answering)) return { state: 'answered', answer: '1' };
  return chance.pick<Reaction | undefined>([
    ...FAILURES.map((reason) => ({ state: 'failed' as const, reason })),
    { state: 'answered', answer: '9' },
    { state: 'answered', answer: '1', from: '13900001111' },
    undefined,
  ]);
}
