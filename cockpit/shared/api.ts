// Requests to the server. Every failure, also one the network makes, ends in a Problem in both languages,
// so that screens have one thing to show.

import type { Problem } from '../../app/api/session.ts';
import type { Text } from '../../core/text.ts';
import { askForProof } from './proof-request.ts';
import { currentPurpose } from './purpose.ts';
import { WORDS } from './words.ts';

/** The server refused, or could not be asked; `status` is 0 when there was no answer. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.says.en);
    this.status = status;
    this.problem = problem;
  }
}

const ANSWER_MS_MAX = 15_000;

/** GET `path` as JSON. Guarantee: server and screen are of one build, so the answer has the named type. */
export const getJson = <Answer>(path: string, signal?: AbortSignal): Promise<Answer> =>
  request(path, { method: 'GET' }, signal) as Promise<Answer>;

/** POST `body`; the same guarantee. What takes its time says how many milliseconds it may. */
export const postJson = <Answer>(
  path: string,
  body: unknown,
  answerMsMax?: number,
): Promise<Answer> =>
  request(
    path,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
    undefined,
    answerMsMax,
  ) as Promise<Answer>;

/** POST a file as the body; the same guarantee. A slow line may take its time. */
export const postFile = <Answer>(path: string, file: Blob): Promise<Answer> =>
  request(
    path,
    {
      method: 'POST',
      headers: { 'content-type': file.type || 'application/octet-stream' },
      body: file,
    },
    undefined,
    FILE_MS_MAX,
  ) as Promise<Answer>;

export type Sending = {
  readonly signal?: AbortSignal;
  /** Told how many bytes are out. */
  readonly onSent?: (bytes: number) => void;
};

/**
 * POST a large file as the body; the same guarantee. It takes the time it takes and is ended by the signal, with
 * whose reason it rejects. Not by `fetch`, which does not tell how much is out.
 */
export const postLargeFile = <Answer>(
  path: string,
  file: Blob,
  sending: Sending,
): Promise<Answer> => provenFirst(() => sendLarge(path, file, sending)) as Promise<Answer>;

function sendLarge(path: string, file: Blob, { signal, onSent }: Sending): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const asked = new XMLHttpRequest();
  asked.open('POST', path);
  asked.responseType = 'json';
  asked.setRequestHeader('content-type', file.type || 'application/octet-stream');
  for (const [name, value] of Object.entries(purposeHeader())) asked.setRequestHeader(name, value);
  asked.upload.addEventListener('progress', ({ loaded }) => onSent?.(loaded));
  asked.addEventListener('error', () => reject(unanswered(WORDS.unreachable)));
  asked.addEventListener('load', () => {
    const body: unknown = asked.response ?? undefined;
    const isGood = asked.status >= 200 && asked.status < 300 && body !== undefined;
    if (isGood) resolve(body);
    else reject(new RequestProblem(asked.status, problemOf(body)));
  });
  const stop = () => {
    asked.abort();
    reject(signal?.reason as Error);
  };
  if (signal?.aborted) stop();
  else asked.send(file);
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}

export const deletePath = (path: string): Promise<unknown> => request(path, { method: 'DELETE' });

/** Browsers print slowly: a file may take so long. */
const FILE_MS_MAX = 90_000;

export type NamedFile = {
  readonly file: Blob;
  /** As the server named it; its number in the ledger is in it. */
  readonly name: string;
};

/** POST `body`; the answer is a file. */
export async function postForFile(path: string, body: unknown): Promise<NamedFile> {
  return provenFirst(() => sendForFile(path, body));
}

async function sendForFile(path: string, body: unknown): Promise<NamedFile> {
  const deadline = AbortSignal.timeout(FILE_MS_MAX);
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...purposeHeader() },
    body: JSON.stringify(body),
    credentials: 'same-origin',
    signal: deadline,
  }).catch(() => {
    throw unanswered(deadline.aborted ? WORDS.tooSlow : WORDS.unreachable);
  });
  if (response.ok) {
    return { file: await response.blob(), name: nameIn(response.headers) };
  }
  throw new RequestProblem(
    response.status,
    problemOf(await response.json().catch(() => undefined)),
  );
}

function nameIn(headers: Headers): string {
  const given = /filename\*=UTF-8''([^;]+)/.exec(headers.get('content-disposition') ?? '')?.[1];
  return given === undefined ? 'plumbline' : decodeURIComponent(given);
}

/** Sends again what the server wants a fresh proof for, once somebody gave it. */
async function provenFirst<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof RequestProblem) || error.problem.code !== 'step-up-needed') throw error;
    if (!(await askForProof())) throw error;
    return run();
  }
}

const request = (
  path: string,
  init: RequestInit,
  signal?: AbortSignal,
  answerMsMax?: number,
): Promise<unknown> => provenFirst(() => send(path, init, signal, answerMsMax));

async function send(
  path: string,
  init: RequestInit,
  signal?: AbortSignal,
  answerMsMax = ANSWER_MS_MAX,
): Promise<unknown> {
  const deadline = AbortSignal.timeout(answerMsMax);
  const response = await fetch(path, {
    ...init,
    headers: { ...(init.headers as Record<string, string> | undefined), ...purposeHeader() },
    credentials: 'same-origin',
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw unanswered(deadline.aborted ? WORDS.tooSlow : WORDS.unreachable);
  });
  if (response.status === 204) return undefined;
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new RequestProblem(response.status, problemOf(body));
  if (body === undefined) throw new RequestProblem(response.status, problemOf(body));
  return body;
}

/** What personal data is asked for; the server refuses to give any without. */
const purposeHeader = () => ({ 'x-purpose': currentPurpose() });

const unanswered = (says: Text): RequestProblem =>
  new RequestProblem(0, { code: 'unreachable', says, hint: WORDS.unreachableHint });

/** The server's own words when it sent some; a proxy in between may have sent anything. */
function problemOf(body: unknown): Problem {
  const given = body as Partial<Problem> | undefined | null;
  if (
    typeof given?.code === 'string' &&
    typeof given.says?.zh === 'string' &&
    typeof given.says.en === 'string'
  ) {
    return given as Problem;
  }
  return { code: 'unreadable', says: WORDS.unreadable, hint: WORDS.unreachableHint };
}

/** What to tell a person about any error that reached a screen. */
export function problemIn(error: unknown): Problem {
  if (error instanceof RequestProblem) return error.problem;
  return { code: 'failed', says: WORDS.crashed, hint: WORDS.crashedHint };
}

export const isSignedOut = (error: unknown): boolean =>
  error instanceof RequestProblem && error.status === 401;

/** True when the password was right and the code of the second factor is missing. */
export const wantsCode = (error: unknown): boolean =>
  error instanceof RequestProblem && error.problem.code === 'second-factor-needed';
