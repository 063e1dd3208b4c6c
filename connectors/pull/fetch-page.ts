// One page of a partner's list over HTTP, within bounds of time and size. What may go wrong out there
// comes back as a value; nothing here throws for it.

import { z } from 'zod';
import type { Clock } from '../../core/time.ts';
import type { PullFailure } from './reasons.ts';

export type PageRequest = {
  /** The list, without cursor and limit. */
  readonly url: string;
  readonly token: string;
  readonly cursor: string | undefined;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly bytesMax: number;
};

export type PageFetch =
  | {
      readonly kind: 'page';
      readonly items: readonly unknown[];
      readonly nextCursor: string | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: PullFailure; readonly retryAfterMs?: number };

const CURSOR_CHARS_MAX = 2_000;

const pageSchema = z.object({
  items: z.array(z.unknown()),
  nextCursor: z.string().max(CURSOR_CHARS_MAX).nullish(),
});

const failed = (failure: PullFailure): PageFetch => ({ kind: 'failed', failure });

/** Asks for a page: `GET url?cursor=…&limit=…` with a bearer token. Ends early when `signal` aborts. */
export async function fetchPage(
  clock: Clock,
  request: PageRequest,
  signal: AbortSignal,
): Promise<PageFetch> {
  const timeout = new AbortController();
  const timer = clock.after(request.timeoutMs, () => timeout.abort());
  try {
    const response = await fetch(urlOf(request), {
      headers: { authorization: `Bearer ${request.token}`, accept: 'application/json' },
      // A token is for the address it was given for.
      redirect: 'error',
      signal: AbortSignal.any([signal, timeout.signal]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return failureOf(response, clock);
    }
    const body = await readWithin(response, request.bytesMax);
    return body === undefined ? failed('too-large') : pageOf(body);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return failed(timeout.signal.aborted ? 'timed-out' : 'unreachable');
  } finally {
    timer.cancel();
  }
}

function urlOf({ url, cursor, limit }: PageRequest): URL {
  const full = new URL(url);
  if (cursor !== undefined) full.searchParams.set('cursor', cursor);
  full.searchParams.set('limit', String(limit));
  return full;
}

function failureOf(response: Response, clock: Clock): PageFetch {
  const { status } = response;
  if (status === 401 || status === 403) return failed('unauthorized');
  if (status !== 429 && status !== 503) return failed(status >= 500 ? 'broken' : 'refused');
  const failure = status === 429 ? 'busy' : 'broken';
  const retryAfterMs = retryAfterOf(response.headers.get('retry-after'), clock.now());
  return { kind: 'failed', failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Retry-After in milliseconds: seconds or a date (RFC 9110 §10.2.3). */
export function retryAfterOf(header: string | null, nowAtMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowAtMs);
}

/** The body as text, or undefined when it is larger than `bytesMax`. */
async function readWithin(response: Response, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the body.
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function pageOf(body: string): PageFetch {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return failed('unreadable');
  }
  const parsed = pageSchema.safeParse(value);
  if (!parsed.success) return failed('unreadable');
  const { items, nextCursor } = parsed.data;
  return { kind: 'page', items, nextCursor: nextCursor ?? undefined };
}
