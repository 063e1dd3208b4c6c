import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReceiptOutcome } from '../channel.ts';
import {
  CONVERSATION_START,
  SAID_MAX,
  stepConversation,
  type ConversationAct,
  type ConversationInput,
} from './conversation.ts';
import { notice, onScene } from './sip-scene.fixture.ts';
import { PHRASES } from './sounds.ts';
import type { Voice } from './speech.ts';

/** Everything done about these inputs, in order; acts of the start left out. */
function play(inputs: readonly ConversationInput[]): ConversationAct[] {
  let [state] = CONVERSATION_START;
  return inputs.flatMap((input) => {
    const [next, acts] = stepConversation(state, input);
    state = next;
    return acts;
  });
}

const brief = (acts: readonly ConversationAct[]) =>
  acts.map((act) =>
    act.kind === 'say' ? act.what : act.kind === 'answer' ? `answer ${act.key}` : act.kind,
  );

const key = (pressed: string) => ({ kind: 'key', key: pressed }) as const;
const said = { kind: 'said' } as const;
const paused = { kind: 'paused' } as const;
const recorded = (isTaken: boolean) => ({ kind: 'recorded', isTaken }) as const;

test.each<[string, ConversationInput[], string[]]>([
  ['1', [key('1'), recorded(true), said], ['answer 1', 'pause', 'acknowledged', 'hang-up']],
  ['3', [key('3'), recorded(true), said], ['answer 3', 'pause', 'passed-on', 'hang-up']],
  [
    '1, refused',
    [key('1'), recorded(false), said],
    ['answer 1', 'pause', 'not-recorded', 'hang-up'],
  ],
  [
    '1, written down too late',
    [key('1'), paused, recorded(true), said],
    ['answer 1', 'pause', 'not-recorded', 'hang-up'],
  ],
  ['1 and then 3', [key('1'), key('3'), recorded(true)], ['answer 1', 'pause', 'acknowledged']],
  ['2 in the middle', [key('2'), said], ['message', 'pause']],
  ['2 in the pause', [said, key('2')], ['pause', 'message']],
  ['another key', [key('5'), key('*')], []],
  [
    'nothing',
    [said, paused, said, paused, said, paused],
    ['pause', 'message', 'pause', 'message', 'pause', 'hang-up'],
  ],
  ['nothing for too long', [{ kind: 'too-long' }, said, key('1')], ['hang-up']],
])('key %s', (_, inputs, expected) => {
  expect(brief(play(inputs))).toEqual(expected);
});

test('whatever happens: one answer, no promise before it is written down, one end and nothing after it', () => {
  const input = fc.oneof(
    fc.constantFrom(...'0123#').map(key),
    fc.constantFrom<ConversationInput>(said, paused, { kind: 'too-long' }),
    fc.boolean().map(recorded),
  );
  fc.assert(
    fc.property(fc.array(input, { maxLength: 30 }), (inputs) => {
      const acts = brief(play(inputs));
      const answers = acts.filter((act) => act.startsWith('answer'));
      expect(answers.length).toBeLessThanOrEqual(1);
      const promise = acts.findIndex((act) => act === 'acknowledged' || act === 'passed-on');
      if (promise >= 0) {
        expect(acts[promise]).toBe(answers[0] === 'answer 1' ? 'acknowledged' : 'passed-on');
        expect(inputs).toContainEqual(recorded(true));
      }
      const end = acts.indexOf('hang-up');
      expect(end === -1 || end === acts.length - 1).toBe(true);
      const repeats = inputs.filter((one) => one.kind === 'key' && one.key === '2').length;
      expect(acts.filter((act) => act === 'message').length).toBeLessThanOrEqual(
        (SAID_MAX - 1) * (repeats + 1) + repeats,
      );
    }),
  );
});

describe('the person hears', () => {
  /** Each phrase at a loudness of its own. */
  const voice: Voice = {
    say(text) {
      const phrase = Object.values(PHRASES).findIndex(({ zh }) => zh === text);
      return Promise.resolve({
        kind: 'spoken',
        samples: new Int16Array(4_000).fill(4_000 * (phrase + 2)),
      });
    },
  };
  const loudnessOf = (name: keyof typeof PHRASES) =>
    4_000 * (Object.keys(PHRASES).indexOf(name) + 2);

  test.each<[ReceiptOutcome | 'nothing', keyof typeof PHRASES]>([
    ['taken', 'acknowledged'],
    ['stale', 'acknowledged'],
    ['wrong-person', 'not-recorded'],
    ['nothing', 'not-recorded'],
  ])('when the records say "%s": %s', (outcome, phrase) =>
    onScene(
      async ({ channel, pass, call }) => {
        let answer: ((outcome: ReceiptOutcome) => void) | undefined;
        channel.onReceipt(({ state }) =>
          state === 'answered' && outcome === 'nothing'
            ? new Promise((resolve) => {
                answer = resolve;
              })
            : Promise.resolve(state === 'answered' && outcome !== 'nothing' ? outcome : 'taken'),
        );
        void channel.send(notice);
        await pass(20);
        await call().pickUp();
        await pass(700);
        call().press('1');
        await pass(200);
        // Silence until it is known.
        if (outcome === 'nothing') expect(call().said().at(-1)).toBe(8);
        await pass(5_500);
        const loudest = Math.max(...call().said().map(Math.abs));
        expect(Math.abs(loudest - loudnessOf(phrase))).toBeLessThan(600);
        expect(call().heard.at(-1)).toBe('BYE');
        answer?.('taken');
      },
      {},
      { voice },
    ),
  );
});
