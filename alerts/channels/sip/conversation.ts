// What is said to somebody who picked up, and what the keys do: 1 acknowledges, 2 says it again, 3 passes it
// on. Nobody is told that it is acknowledged before that is written down. Pure: what happens goes in, what to
// do comes out.

export type ConversationState = {
  readonly kind: 'saying' | 'waiting' | 'recording' | 'parting' | 'over';
  /** How often the message was said to its end. */
  readonly said: number;
  /** The key that is being written down. */
  readonly key?: AnswerKey;
};

export type AnswerKey = '1' | '3';

export type ConversationInput =
  | { readonly kind: 'key'; readonly key: string }
  /** What was being said is at its end. */
  | { readonly kind: 'said' }
  /** Nothing happened for as long as `pause` says. */
  | { readonly kind: 'paused' }
  /** The answer is written down, or was refused. */
  | { readonly kind: 'recorded'; readonly isTaken: boolean }
  | { readonly kind: 'too-long' };

export type ConversationAct =
  | {
      readonly kind: 'say';
      readonly what: 'message' | 'acknowledged' | 'passed-on' | 'not-recorded';
    }
  | { readonly kind: 'pause'; readonly ms: number }
  /** Stops what is being said and hands the answer on. */
  | { readonly kind: 'answer'; readonly key: AnswerKey }
  | { readonly kind: 'hang-up' };

/** Time to press a key before the message begins again. */
export const PAUSE_MS = 5_000;
/** Longest wait for the answer to be written down; it may be so later, but nobody is promised that. */
export const RECORD_MS_MAX = 4_000;
/** The message is said so often to somebody who presses nothing. */
export const SAID_MAX = 3;
/** Longest talk, however often key 2 is pressed. */
export const TALK_MS_MAX = 180_000;

export const CONVERSATION_START: readonly [ConversationState, readonly ConversationAct[]] = [
  { kind: 'saying', said: 0 },
  [{ kind: 'say', what: 'message' }],
];

export function stepConversation(
  state: ConversationState,
  input: ConversationInput,
): readonly [ConversationState, readonly ConversationAct[]] {
  if (state.kind === 'over') return [state, []];
  switch (input.kind) {
    case 'too-long':
      return [{ ...state, kind: 'over' }, [{ kind: 'hang-up' }]];
    case 'said':
      if (state.kind === 'parting') return [{ ...state, kind: 'over' }, [{ kind: 'hang-up' }]];
      if (state.kind !== 'saying') return [state, []];
      return [{ kind: 'waiting', said: state.said + 1 }, [{ kind: 'pause', ms: PAUSE_MS }]];
    case 'recorded':
      return state.kind === 'recording' ? part(state, input.isTaken) : [state, []];
    case 'paused':
      if (state.kind === 'recording') return part(state, false);
      if (state.kind !== 'waiting') return [state, []];
      if (state.said >= SAID_MAX) return [{ ...state, kind: 'over' }, [{ kind: 'hang-up' }]];
      return [{ ...state, kind: 'saying' }, [{ kind: 'say', what: 'message' }]];
    case 'key':
      return pressed(state, input.key);
  }
}

function pressed(
  state: ConversationState,
  key: string,
): readonly [ConversationState, readonly ConversationAct[]] {
  // Who has answered has answered; a second press is a bounce or nerves.
  if (state.kind === 'recording' || state.kind === 'parting') return [state, []];
  if (key === '2') return CONVERSATION_START;
  if (key !== '1' && key !== '3') return [state, []];
  return [
    { kind: 'recording', said: state.said, key },
    [
      { kind: 'answer', key },
      { kind: 'pause', ms: RECORD_MS_MAX },
    ],
  ];
}

function part(
  { said, key }: ConversationState,
  isTaken: boolean,
): readonly [ConversationState, readonly ConversationAct[]] {
  const word = key === '3' ? 'passed-on' : 'acknowledged';
  return [{ kind: 'parting', said }, [{ kind: 'say', what: isTaken ? word : 'not-recorded' }]];
}
