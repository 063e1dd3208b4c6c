import { describe, expect, test } from 'vitest';
import { drop, ok } from '../../core/outcome.ts';
import { epochMs } from '../../core/time.ts';
import { someLocation } from './message.fixture.ts';
import { MESSAGES, type Body, type Unsupported } from './message.ts';
import {
  FAILED_AUTHENTICATIONS_MAX,
  NEW_SESSION,
  step,
  type Message,
  type MessageHeader,
  type Session,
} from './session.ts';

const KNOWN = '013800000001';
const OTHER = '013800000002';
const STRANGER = '013900000009';
const terminals = {
  knows: (number: string) => number === KNOWN || number === OTHER,
  authCode: (number: string) => `code-of-${number}`,
};
const context = { terminals, nowMs: epochMs(Date.UTC(2026, 10, 22)) };
const authenticated: Session = { number: KNOWN, failedAuthentications: 0 };

const messageOf = (body: Body | Unsupported, change: Partial<MessageHeader> = {}): Message => ({
  header: {
    messageId: body.kind === 'unsupported' ? 0x0f01 : MESSAGES[body.kind].messageId,
    version: 2013,
    phone: KNOWN,
    serial: 9,
    ...change,
  },
  body: ok(body),
});

const answer = (message: Message, result: number) => ({
  kind: 'platform-answer',
  toSerial: message.header.serial,
  toMessageId: message.header.messageId,
  result,
});

const register = {
  kind: 'register',
  edition: 2013,
  province: 51,
  city: 1722,
  maker: 'M',
  model: 'M',
  terminalId: 'T',
  plateColour: 0,
  plate: '',
} as const;

const location: Body = { kind: 'location', location: someLocation() };

describe('making oneself known', () => {
  test('a registered terminal is given its code, and is not let in by that alone', () => {
    const [session, answers, effects] = step(context, NEW_SESSION, messageOf(register));
    expect(answers).toEqual([
      { kind: 'register-answer', toSerial: 9, result: 0, authCode: `code-of-${KNOWN}` },
    ]);
    expect(effects).toEqual([]);
    expect(session).toEqual(NEW_SESSION);
  });

  test('an unknown terminal is told so with result 4 and without a code', () => {
    const [, answers, effects] = step(
      context,
      NEW_SESSION,
      messageOf(register, { phone: STRANGER }),
    );
    expect(answers).toEqual([{ kind: 'register-answer', toSerial: 9, result: 4 }]);
    expect(effects).toEqual([{ kind: 'refuse', reason: 'unknown-terminal' }]);
  });

  test.each([
    ['2013', KNOWN],
    ['2019', '00000000013800000001'],
  ])('the right code lets in (%s)', (_edition, phone) => {
    const message = messageOf({ kind: 'authenticate', authCode: `code-of-${KNOWN}` }, { phone });
    const [session, answers, effects] = step(context, NEW_SESSION, message);
    expect(session.number).toBe(KNOWN);
    expect(answers).toEqual([answer(message, 0)]);
    expect(effects).toEqual([]);
  });

  test.each([
    ['a wrong code', KNOWN, `code-of-${OTHER}`, 'bad-auth-code'],
    ['no code', KNOWN, '', 'bad-auth-code'],
    ['an unknown terminal', STRANGER, `code-of-${STRANGER}`, 'unknown-terminal'],
  ])('%s keeps out', (_name, phone, authCode, reason) => {
    const message = messageOf({ kind: 'authenticate', authCode }, { phone });
    const [session, answers, effects] = step(context, NEW_SESSION, message);
    expect(session).toEqual({ failedAuthentications: 1 });
    expect(answers).toEqual([answer(message, 1)]);
    expect(effects).toEqual([{ kind: 'refuse', reason }]);
  });

  test('too many wrong codes close the connection', () => {
    let session = NEW_SESSION;
    const kinds: string[] = [];
    for (let attempt = 0; attempt < FAILED_AUTHENTICATIONS_MAX; attempt++) {
      const [next, , effects] = step(
        context,
        session,
        messageOf({ kind: 'authenticate', authCode: `guess ${attempt}` }),
      );
      session = next;
      kinds.push(effects.map((effect) => effect.kind).join('+'));
    }
    expect(kinds.at(-1)).toBe('refuse+close');
    expect(kinds.slice(0, -1).every((kind) => kind === 'refuse')).toBe(true);
  });

  test('a wrong code ends what an earlier right one began', () => {
    const [session] = step(
      context,
      authenticated,
      messageOf({ kind: 'authenticate', authCode: 'wrong' }),
    );
    expect(session.number).toBeUndefined();
  });
});

describe('before authentication', () => {
  test.each<[string, Body | Unsupported]>([
    ['a location', location],
    ['a batch', { kind: 'location-batch', blindZone: true, items: [ok(someLocation())] }],
    ['a heartbeat', { kind: 'heartbeat' }],
    ['a log-out', { kind: 'logout' }],
    ['something unsupported', { kind: 'unsupported' }],
  ])('%s is refused with result 1 and counted', (_name, body) => {
    const message = messageOf(body);
    const [session, answers, effects] = step(context, NEW_SESSION, message);
    expect(session).toEqual(NEW_SESSION);
    expect(answers).toEqual([answer(message, 1)]);
    expect(effects).toEqual([{ kind: 'refuse', reason: 'not-authenticated' }]);
  });

  test.each<[string, Body, string]>([
    ['0x0004', { kind: 'time-query' }, 'time-answer'],
    ['0x0109', { kind: 'time-sync' }, 'time-sync-answer'],
  ])('the time (%s) is told to anyone', (_name, body, kind) => {
    const [, answers, effects] = step(context, NEW_SESSION, messageOf(body));
    expect(answers).toEqual([{ kind, atMs: context.nowMs }]);
    expect(effects).toEqual([]);
  });
});

describe('after authentication', () => {
  test('a location is handed over and not answered yet', () => {
    const [session, answers, effects] = step(context, authenticated, messageOf(location));
    expect(session).toBe(authenticated);
    expect(answers).toEqual([]);
    expect(effects).toEqual([{ kind: 'deliver', blindZone: false, items: [ok(someLocation())] }]);
  });

  test('of a batch the unreadable items are counted, the others handed over', () => {
    const items = [ok(someLocation()), drop('bad-time' as const)];
    const [, answers, effects] = step(
      context,
      authenticated,
      messageOf({ kind: 'location-batch', blindZone: true, items }),
    );
    expect(answers).toEqual([]);
    expect(effects).toEqual([
      { kind: 'deliver', blindZone: true, items },
      { kind: 'refuse', reason: 'bad-time' },
    ]);
  });

  test.each<[string, Body | Unsupported, number, string[]]>([
    ['a heartbeat', { kind: 'heartbeat' }, 0, []],
    ['an empty batch', { kind: 'location-batch', blindZone: false, items: [] }, 0, []],
    [
      'a batch of nothing readable',
      { kind: 'location-batch', blindZone: false, items: [drop('bad-time')] },
      2,
      ['bad-time'],
    ],
    ['transparent data', { kind: 'transparent', type: 1, hex: '' }, 3, ['unsupported-message']],
    ['an unknown message', { kind: 'unsupported' }, 3, ['unsupported-message']],
    [
      'a message only platforms send',
      { kind: 'platform-answer', toSerial: 1, toMessageId: 2, result: 0 },
      3,
      ['unsupported-message'],
    ],
  ])('%s', (_name, body, result, reasons) => {
    const message = messageOf(body);
    const [, answers, effects] = step(context, authenticated, message);
    expect(answers).toEqual([answer(message, result)]);
    expect(effects).toEqual(reasons.map((reason) => ({ kind: 'refuse', reason })));
  });

  test('a body that cannot be read is answered with result 2 and counted', () => {
    const message: Message = { ...messageOf(location), body: drop('bad-time') };
    const [, answers, effects] = step(context, authenticated, message);
    expect(answers).toEqual([answer(message, 2)]);
    expect(effects).toEqual([{ kind: 'refuse', reason: 'bad-time' }]);
  });

  test('a split message is answered packet by packet', () => {
    const message = messageOf({ kind: 'heartbeat' }, { packetSerials: [9, 10, 11] });
    const [, answers] = step(context, authenticated, message);
    expect(answers.map((each) => 'toSerial' in each && each.toSerial)).toEqual([9, 10, 11]);
  });

  test('nobody reports for another terminal', () => {
    const message = messageOf(location, { phone: OTHER });
    const [session, answers, effects] = step(context, authenticated, message);
    expect(session).toBe(authenticated);
    expect(answers).toEqual([answer(message, 1)]);
    expect(effects).toEqual([{ kind: 'refuse', reason: 'other-terminal' }]);
  });

  test('the answer of a terminal is not answered', () => {
    const body: Body = { kind: 'terminal-answer', toSerial: 1, toMessageId: 0x8103, result: 0 };
    expect(step(context, authenticated, messageOf(body))).toEqual([authenticated, [], []]);
    const [, answers] = step(context, NEW_SESSION, messageOf(body));
    expect(answers).toEqual([]);
  });

  test('after logging out a terminal must authenticate again', () => {
    const message = messageOf({ kind: 'logout' });
    const [session, answers] = step(context, authenticated, message);
    expect(answers).toEqual([answer(message, 0)]);
    const [, , effects] = step(context, session, messageOf(location));
    expect(effects).toEqual([{ kind: 'refuse', reason: 'not-authenticated' }]);
  });
});
