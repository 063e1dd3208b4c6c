// Errors as answers: what was asked wrongly is said in both languages, what went wrong with us is not
// explained to the outside.

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { OperatingError, UserError, type UserErrorCode } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import type { Logger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import type { Problem } from '../api/session.ts';

const STATUS: Readonly<Record<UserErrorCode, number>> = {
  'approval-needed': 409,
  'bad-configuration': 500,
  'bad-input': 400,
  conflict: 409,
  forbidden: 403,
  'not-found': 404,
  'password-change-needed': 403,
  'port-in-use': 500,
  'purpose-needed': 403,
  'rule-invalid': 422,
  'second-factor-missing': 403,
  'second-factor-needed': 401,
  'step-up-needed': 403,
  'too-large': 413,
  'too-many': 429,
  unauthenticated: 401,
};

export function answerProblems(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const { status, problem } = problemOf(error);
    if (status >= 500) {
      logger.error('http.failed', {
        route: request.routeOptions.url ?? '',
        cause: error.stack ?? error.message,
      });
    } else {
      // What was tried, without what was sent.
      logger.info('http.refused', {
        route: request.routeOptions.url ?? '',
        status,
        code: problem.code,
      });
    }
    return reply
      .code(status)
      .type('application/json')
      .send(withoutNumbers(withoutGiven(problem, request)));
  });
  app.setNotFoundHandler((request, reply) => {
    const problem: Problem = {
      code: 'not-found',
      says: text('没有这个地址', 'there is nothing at this address'),
      detail: request.method,
    };
    return reply.code(404).send(problem);
  });
}

/** Before there is a route, and before any hook: an address that cannot be read, or is too long. */
export const frameworkErrors =
  (headers: Readonly<Record<string, string>>) =>
  (error: { readonly code: string }, _request: unknown, reply: unknown): void => {
    const isLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
    const problem: Problem = isLong
      ? { code: 'too-large', says: text('地址过长', 'the address is too long') }
      : { code: 'bad-input', says: text('地址有误', 'the address cannot be read') };
    // Guarantee of the cast: Fastify gives a reply, of types no route has.
    void (reply as FastifyReply)
      .code(isLong ? 414 : 400)
      .headers(headers)
      .type('application/json')
      .send(problem);
  };

function problemOf(error: FastifyError | Error): { status: number; problem: Problem } {
  if (error instanceof UserError) {
    const { code, says, detail, hint } = error;
    const problem = {
      code,
      says,
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
    };
    return { status: STATUS[code], problem };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const detail = error.validation
      .map(({ instancePath, message }) =>
        withoutWords(`${instancePath.slice(1) || 'body'}: ${message}`),
      )
      .join('; ');
    const says = text('请求内容有误', 'the request is not valid');
    return { status: 400, problem: { code: 'bad-input', says, detail } };
  }
  if (error instanceof OperatingError) {
    const says = text('系统暂时不可用，请稍后再试', 'the system is not available for the moment');
    return { status: 503, problem: { code: error.code, says } };
  }
  const status =
    'statusCode' in error && error.statusCode && error.statusCode < 500 ? error.statusCode : 500;
  if (status < 500) {
    const says = text('请求有误', 'the request is not valid');
    // The framework quotes what was sent; its code says the same without.
    const detail = 'code' in error && error.code ? error.code : undefined;
    const code = status === 413 ? 'too-large' : 'bad-input';
    return { status, problem: { code, says, ...(detail === undefined ? {} : { detail }) } };
  }
  const says = text('系统内部错误，已记录', 'something went wrong here; it has been recorded');
  return { status: 500, problem: { code: 'internal', says } };
}

/** What somebody sent is not sent back in an error, which others may read and keep. */
const withoutNumbers = (problem: Problem): Problem =>
  problem.detail === undefined ? problem : { ...problem, detail: hideNumbers(problem.detail) };

/** Identifiers, and times as people write them; numbers of persons are hidden by themselves. */
const IDENTIFIER = /^(?:[\w.:@/+-]{1,80}|[\d :.TZ+-]{1,40})$/;
const GIVEN_MAX = 500;

/** Words of the request that look like no identifier are taken out of what is said about it. */
function withoutGiven(problem: Problem, request: FastifyRequest): Problem {
  if (problem.detail === undefined) return problem;
  const given: string[] = [];
  collect([request.params, request.query, request.body], given);
  const detail = given
    .filter((word) => word.length > 1 && !IDENTIFIER.test(word))
    .sort((one, other) => other.length - one.length)
    .reduce((rest, word) => rest.replaceAll(word, '…'), problem.detail);
  return { ...problem, detail };
}

/** The strings in a value and the names of its fields, so many at most. */
function collect(value: unknown, into: string[], depth = 0): void {
  if (into.length >= GIVEN_MAX || depth > 8) return;
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const one of value) collect(one, into, depth + 1);
  else if (value !== null && typeof value === 'object' && !Buffer.isBuffer(value)) {
    for (const [key, one] of Object.entries(value)) {
      into.push(key);
      collect(one, into, depth + 1);
    }
  }
}

/** A key nobody knows is quoted only when it looks like one of ours. */
const withoutWords = (message: string): string =>
  message.replaceAll(/"([^"]*)"/g, (quoted, word: string) =>
    /^[A-Za-z][\w.-]{0,40}$/.test(word) ? quoted : '"…"',
  );
