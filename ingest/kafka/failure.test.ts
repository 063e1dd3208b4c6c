import {
  AuthenticationError,
  MultipleErrors,
  NetworkError,
  ProtocolError,
  ResponseError,
  TimeoutError,
  produceV9,
} from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { OperatingError } from '../../core/errors.ts';
import { isAnswer, isFailure, isProducerLost, toOperatingError } from './failure.ts';

const response = (code: number) =>
  new ResponseError(produceV9.api.key, 9, { '/responses/0': [code, 'words'] }, undefined);

const cases = [
  { name: 'a leader moved', error: response(6), retry: 'soon' },
  { name: 'a producer was forgotten', error: response(59), retry: 'soon' },
  { name: 'too few copies', error: response(19), retry: 'backoff' },
  { name: 'a disk failed', error: response(56), retry: 'backoff' },
  { name: 'an error we never heard of', error: response(-1), retry: 'backoff' },
  { name: 'a batch is too large', error: response(10), retry: 'never' },
  { name: 'no permission', error: response(29), retry: 'never' },
  { name: 'no connection', error: new NetworkError('words'), retry: 'backoff' },
  { name: 'no answer', error: new TimeoutError('words'), retry: 'backoff' },
  {
    name: 'the wrong password, however deep',
    error: new NetworkError('words', { cause: new AuthenticationError('words') }),
    retry: 'never',
  },
  {
    name: 'no permission among other errors',
    error: new MultipleErrors('words', [new NetworkError('words'), new ProtocolError(29)]),
    retry: 'never',
  },
] as const;

test.each(cases)('$name: again $retry', ({ error, retry }) => {
  const operating = toOperatingError(error, 'append');
  expect(operating).toBeInstanceOf(OperatingError);
  expect(operating).toMatchObject({ code: 'log-unavailable', retry, cause: error });
  expect(operating.message).not.toContain('words');
});

test('an operating error stays what it is, and a bug is no operating error', () => {
  const operating = toOperatingError(response(6), 'append');
  expect(toOperatingError(operating, 'read')).toBe(operating);
  const bug = new TypeError('undefined is not a function');
  expect(() => toOperatingError(bug, 'append')).toThrow(bug);
});

test('codes are found inside an operating error too', () => {
  const operating = toOperatingError(response(1), 'read');
  expect(isFailure(operating, 'OFFSET_OUT_OF_RANGE')).toBe(true);
  expect(isFailure(operating, 'NOT_LEADER_OR_FOLLOWER')).toBe(false);
  expect(isAnswer(operating)).toBe(true);
  expect(isAnswer(new NetworkError('words'))).toBe(false);
  expect(isProducerLost(response(45))).toBe(true);
  expect(isProducerLost(response(6))).toBe(false);
});
