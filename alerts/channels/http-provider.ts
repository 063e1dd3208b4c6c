// What the adapters to HTTP providers share: signed orders out, signed reports in, and the one question that
// matters about every failure: can the provider have taken the order, or not?

import { UserError } from '../../core/errors.ts';
import { text, type Language } from '../../core/text.ts';
import { ioClock } from '../../core/time.ts';
import type {
  Channel,
  ReceiptListener,
  ReceiptOutcome,
  ReplyListener,
  ReplyOutcome,
  SendOutcome,
  StatusOutcome,
} from './channel.ts';
import {
  orderAnswerSchema,
  providerReplySchema,
  receiptOf,
  reportSchema,
  type ProviderOrder,
  type ProviderReport,
} from './provider-form.ts';
import { signatureHeaders, signatureProblem } from './signature.ts';

export type HttpProviderOptions = {
  /** Name of the provider, kept with each notice. */
  readonly provider: string;
  /** Where its API is, without a stroke at the end. */
  readonly url: string;
  /** Shared with the provider; signs both ways. */
  readonly secret: string;
  /** Where the provider reports to us. */
  readonly callbackUrl: string;
  readonly language: Language;
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
};

export const HTTP_PROVIDER_DEFAULTS = { language: 'zh', timeoutMs: 8_000 } as const;

export type HttpChannel = Channel & {
  /**
   * Takes a call-back as it came in; resolves once its effect is recorded, and only then may the provider
   * be answered. Throws UserError `unauthenticated` or `bad-input`.
   */
  receive(request: {
    readonly path: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }): Promise<ReceiptOutcome | ReplyOutcome>;
};

/** A channel over `resource` of an HTTP provider; `readAnswer` makes a key press of what was answered. */
export function createHttpChannel(
  options: HttpProviderOptions,
  shape: {
    readonly kind: 'phone' | 'sms';
    readonly resource: '/calls' | '/messages';
    readonly readAnswer: (answer: string) => string;
  },
): HttpChannel {
  const { kind, resource, readAnswer } = shape;
  let onReceipt: ReceiptListener | undefined;
  let onReply: ReplyListener | undefined;
  /** What a person wrote is a receipt, for it arrived, and a reply, which decides what it means. */
  const takeReport = async (report: ProviderReport, listener: ReceiptListener) => {
    const { answer, ...receipt } = receiptOf(report, readAnswer);
    if (!onReply || report.answer === undefined) {
      return listener(answer === undefined ? receipt : { ...receipt, answer });
    }
    const outcome = await listener(receipt);
    if (outcome !== 'taken' && outcome !== 'stale') return outcome;
    const { key, sequence, from = '', answer: written } = report;
    await onReply({ id: `${key}/${sequence}`, from, text: written, noticeId: key });
    return outcome;
  };
  return {
    kind,
    provider: options.provider,
    async send({ id, address, text: says, attempt = 1 }) {
      if (address === null) return { kind: 'rejected', code: 'no-number', retry: 'never' };
      const { language, callbackUrl } = options;
      const order: ProviderOrder = {
        key: id,
        to: address,
        text: says[language],
        language,
        callbackUrl,
        attempt,
      };
      return sendOutcome(await ask(options, 'POST', resource, JSON.stringify(order)));
    },
    async status(noticeId) {
      const path = `${resource}/${encodeURIComponent(noticeId)}`;
      return statusOutcome(await ask(options, 'GET', path, ''), noticeId, readAnswer);
    },
    onReceipt(listener) {
      onReceipt = listener;
    },
    async receive({ path, headers, body }) {
      const request = { method: 'POST', path, body, headers };
      const problem = signatureProblem(options.secret, request, ioClock.now());
      if (problem) throw refusal('unauthenticated', SIGNATURE_SAYS, problem);
      if (!onReceipt) throw refusal('conflict', NOT_LISTENING_SAYS, options.provider);
      const given = parseJson(body);
      const written = onReply && providerReplySchema.safeParse(given);
      if (!onReply || !written?.success) return takeReport(readReport(given), onReceipt);
      const { replyId: id, from, text: said } = written.data;
      return onReply({ id, from, text: said });
    },
    ...(kind === 'sms' ? { onReply: (listener: ReplyListener) => void (onReply = listener) } : {}),
  };
}

type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  /** No answer; `reached` says whether the request can have got there. */
  | { readonly kind: 'none'; readonly reached: boolean; readonly code: string };

async function ask(
  { url, secret, timeoutMs }: HttpProviderOptions,
  method: 'GET' | 'POST',
  path: string,
  body: string,
): Promise<Answer> {
  const target = new URL(`${url}${path}`);
  const signed = { method, path: `${target.pathname}${target.search}`, body };
  const giveUp = new AbortController();
  const timer = ioClock.after(timeoutMs, () => giveUp.abort());
  try {
    const response = await fetch(target, {
      method,
      headers: {
        'content-type': 'application/json',
        ...signatureHeaders(secret, signed, ioClock.now()),
      },
      ...(method === 'POST' ? { body } : {}),
      redirect: 'error',
      signal: giveUp.signal,
    });
    return { kind: 'answer', status: response.status, body: await response.text() };
  } catch (error) {
    const code = giveUp.signal.aborted ? 'time-out' : causeCode(error);
    return { kind: 'none', reached: !NEVER_REACHED.has(code), code };
  } finally {
    timer.cancel();
  }
}

/** Failures from before the first byte of a request was sent (errno names of Node and undici). */
const NEVER_REACHED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function causeCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'connection-lost';
}

/** Statuses with which a provider says that it has not taken the order and may later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429, 503]);

function sendOutcome(answer: Answer): SendOutcome {
  if (answer.kind === 'none') {
    return answer.reached
      ? { kind: 'uncertain', code: answer.code }
      : { kind: 'rejected', code: answer.code, retry: 'backoff' };
  }
  const { status, body } = answer;
  const code = `http-${status}`;
  if (status >= 200 && status < 300) {
    const taken = orderAnswerSchema.safeParse(parseJson(body));
    // Taken, but under a name we cannot read: ask for it.
    return taken.success
      ? { kind: 'accepted', messageId: taken.data.messageId }
      : { kind: 'uncertain', code: 'unreadable-answer' };
  }
  if (LATER.has(status)) return { kind: 'rejected', code, retry: 'backoff' };
  if (status >= 500) return { kind: 'uncertain', code };
  return { kind: 'rejected', code, retry: 'never' };
}

function statusOutcome(
  answer: Answer,
  noticeId: string,
  readAnswer: (answer: string) => string,
): StatusOutcome {
  if (answer.kind === 'none') return { kind: 'unavailable', code: answer.code };
  if (answer.status === 404) return { kind: 'unknown' };
  if (answer.status !== 200) return { kind: 'unavailable', code: `http-${answer.status}` };
  const report = reportSchema.safeParse(parseJson(answer.body));
  return report.success && report.data.key === noticeId
    ? { kind: 'known', receipt: receiptOf(report.data, readAnswer) }
    : { kind: 'unavailable', code: 'unreadable-answer' };
}

function readReport(given: unknown): ProviderReport {
  const report = reportSchema.safeParse(given);
  if (report.success) return report.data;
  const [issue] = report.error.issues;
  throw refusal('bad-input', REPORT_SAYS, `"${issue?.path.join('.')}": ${issue?.message}`);
}

function parseJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

const SIGNATURE_SAYS = text('回执签名无效', 'the call-back is not signed by the provider');
const NOT_LISTENING_SAYS = text('本进程不接收回执', 'call-backs are not taken here');
const REPORT_SAYS = text('回执内容无法识别', 'the call-back cannot be read');

const refusal = (
  code: 'unauthenticated' | 'conflict' | 'bad-input',
  says: typeof SIGNATURE_SAYS,
  detail: string,
): UserError => new UserError(code, says, { detail });
