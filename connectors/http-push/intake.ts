// ② The door partners push through: each at its own rate, so that one of them cannot crowd out the
// others, and with an end to what may wait.

import Bottleneck from 'bottleneck';
import { text } from '../../core/text.ts';
import type { Connector } from '../publish.ts';
import type { BodyLimits } from './body.ts';
import { handlePush, type PushAnswer, type PushDeps, type PushRequest } from './push.ts';

export type PushIntakeOptions = {
  /** Requests of one partner begun a second, on average. */
  readonly requestsPerSecondMax: number;
  /** Requests of one partner taken in at a time. */
  readonly concurrentMax: number;
  /** Requests of one partner that may wait; one more is answered 429. */
  readonly queuedMax: number;
  readonly limits?: BodyLimits;
};

export const PUSH_INTAKE_DEFAULTS: PushIntakeOptions = {
  requestsPerSecondMax: 20,
  concurrentMax: 2,
  queuedMax: 10,
};

export type PushIntake = Connector & {
  /** Takes one body in, after its partner's earlier ones; see handlePush. */
  take(request: PushRequest): Promise<PushAnswer>;
};

export function createPushIntake(
  deps: PushDeps,
  options: PushIntakeOptions = PUSH_INTAKE_DEFAULTS,
): PushIntake {
  const minTimeMs = 1_000 / options.requestsPerSecondMax;
  const limiters = new Map<string, Bottleneck>();
  let isStopped = false;

  const limiterOf = (partner: string): Bottleneck => {
    let limiter = limiters.get(partner);
    if (!limiter) {
      limiter = new Bottleneck({
        minTime: minTimeMs,
        maxConcurrent: options.concurrentMax,
        highWater: options.queuedMax,
        strategy: Bottleneck.strategy.OVERFLOW,
      });
      limiters.set(partner, limiter);
    }
    return limiter;
  };

  const busy = ({ language = 'zh' }: PushRequest): PushAnswer => ({
    status: 429,
    body: { problem: { code: 'too-many-requests', message: tooMany[language] } },
    retryAfterS: Math.ceil((minTimeMs * (options.queuedMax + 1)) / 1_000),
  });

  return {
    async take(request) {
      if (isStopped) return busy(request);
      try {
        return await limiterOf(request.partner.id).schedule(() =>
          handlePush(deps, request, options.limits),
        );
      } catch (error) {
        if (error instanceof Bottleneck.BottleneckError) return busy(request);
        throw error;
      }
    },
    async stop() {
      isStopped = true;
      await Promise.all([...limiters.values()].map((limiter) => limiter.stop()));
    },
  };
}

const tooMany = text('请求过多，请稍后重试', 'too many requests; try again later');
