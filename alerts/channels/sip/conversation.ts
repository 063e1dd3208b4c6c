// What is said to somebody who picked up, and what the keys do: 1 acknowledges, 2 says it again, 3 passes it
// on. Pure: what happens goes in, what to do comes out.

export type ConversationState = {
  readonly kind: 'saying' | 'waiting' | 'parting' | 'over';
  /** How often the message was said to its end. */
  readonly said: number;
};

export type ConversationInput =
  | { readonly kind: 'key'; readonly key: string }
  /** What was being said is at its end. */
  | { readonly kind: 'said' }
  /** Nothing happened for `PAUSE_MS`. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'too-long' };

export type ConversationAct =
  | { readonly kind: 'say'; readonly what: 'message' | 'acknowledged' | 'passed-on' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'answer'; readonly key: '1' | '3' }
  | { readonly kind: 'hang-up' };

/** Time to press a key before the message begins again. */
export const PAUSE_MS = 5_000;
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
      return [{ kind: 'waiting', said: state.said + 1 }, [{ kind: 'pause' }]];
    case 'paused':
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
  if (state.kind === 'parting') return [state, []];
  if (key === '2') return CONVERSATION_START;
  if (key !== '1' && key !== '3') return [state, []];
  const what = key === '1' ? 'acknowledged' : 'passed-on';
  return [
    { ...state, kind: 'parting' },
    [
      { kind: 'answer', key },
      { kind: 'say', what },
    ],
  ];
}
