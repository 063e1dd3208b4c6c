// Reports what happened to calls and messages to whoever ordered them: signed call-backs, tried again until
// they are taken, and, when the gateway is told to, late, twice or out of order.

import type { ProviderReport } from '../../alerts/channels/provider-form.ts';
import { signatureHeaders } from '../../alerts/channels/signature.ts';
import type { Logger } from '../../core/logger.ts';
import type { Random } from '../../core/random.ts';
import { ioClock, type Clock, type Timer } from '../../core/time.ts';
import type { Behaviour } from './behaviour.ts';

export type Reporter = {
  report(callbackUrl: string, reports: readonly ProviderReport[]): void;
  /** Reports that have not been taken yet. */
  readonly pending: number;
  /** Forgets what is pending and waits for what is under way. */
  close(): Promise<void>;
};

export type ReporterDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly behaviour: () => Behaviour;
};

const PENDING_MAX = 5_000;
const TRIES_MAX = 8;
const PAUSE_MS = 500;
const ANSWER_MS_MAX = 5_000;
/** How far shuffled reports are strewn. */
const SHUFFLE_MS_MAX = 2_000;

export function createReporter(
  { clock, random, logger, behaviour }: ReporterDeps,
  secret: string,
): Reporter {
  const timers = new Set<Timer>();
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  let pending = 0;

  const later = (delayMs: number, run: () => Promise<void>) => {
    const timer = clock.after(delayMs, () => {
      timers.delete(timer);
      const running = run().finally(() => underWay.delete(running));
      underWay.add(running);
    });
    timers.add(timer);
  };

  const deliver = async (url: string, report: ProviderReport, tries: number): Promise<void> => {
    const status = await post(url, JSON.stringify(report), { secret, signal: closing.signal });
    const isTaken = status !== undefined && status >= 200 && status < 300;
    const isRefused = status !== undefined && status >= 400 && status < 500 && status !== 429;
    if (closing.signal.aborted) return;
    if (!isTaken && !isRefused && tries < TRIES_MAX) {
      later(PAUSE_MS * 2 ** tries, () => deliver(url, report, tries + 1));
      return;
    }
    pending--;
    if (isTaken) return;
    const { key, sequence } = report;
    logger.warn('gateway.report-not-taken', { key, sequence, status: status ?? null, tries });
  };

  return {
    report(callbackUrl, reports) {
      const { delayMs, duplicates, shuffles } = behaviour();
      for (const report of reports.flatMap((one) => (duplicates ? [one, one] : [one]))) {
        if (pending >= PENDING_MAX) {
          logger.warn('gateway.report-dropped', { key: report.key, pending });
          continue;
        }
        pending++;
        const strewnMs = shuffles ? random.int(SHUFFLE_MS_MAX) : 0;
        later(delayMs + strewnMs, () => deliver(callbackUrl, report, 1));
      }
    },
    get pending() {
      return pending;
    },
    async close() {
      closing.abort();
      for (const timer of timers) timer.cancel();
      await Promise.all(underWay);
    },
  };
}

/** The status of the answer; undefined when there was none. */
async function post(
  url: string,
  body: string,
  { secret, signal }: { secret: string; signal: AbortSignal },
): Promise<number | undefined> {
  const { pathname, search } = new URL(url);
  const request = { method: 'POST', path: `${pathname}${search}`, body };
  const giveUp = new AbortController();
  const timer = ioClock.after(ANSWER_MS_MAX, () => giveUp.abort());
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signatureHeaders(secret, request, ioClock.now()),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, giveUp.signal]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  } finally {
    timer.cancel();
  }
}
