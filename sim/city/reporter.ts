// Hands one stretch of the city over: phones and partners' facts to the platform, bracelets to their
// fleet, tickets and lodging to the system they are polled from.

import type { Publish, Receipt } from '../../connectors/publish.ts';
import { OperatingError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { ArrivalOf, FactArrival } from '../../core/observation.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { ioClock, sleep } from '../../core/time.ts';
import type { City } from './city.ts';
import { createDirectFleet, type BraceletSink } from './direct-fleet.ts';

/** Where a partner's system keeps what it has to say, for a connector that polls it. */
export type PartnerFeed = {
  push(item: ArrivalOf<'booking'> | ArrivalOf<'lodging'>): void;
};

export type ReporterDeps = {
  readonly publish: Publish;
  readonly logger: Logger;
  /** Without it bracelets are published as their connector would. */
  readonly fleet: BraceletSink | undefined;
  /** Without it bookings and lodging are published directly. */
  readonly feed: PartnerFeed | undefined;
  readonly stopping: AbortSignal;
};

export type Reporter = {
  /** Hands over facts in portions. Rejects with OperatingError when the platform does not take them. */
  facts(facts: readonly FactArrival[]): Promise<void>;
  /** Hands over a stretch, waiting until the platform takes it; rejects when told to stop meanwhile. */
  stretch(fromMs: number, untilMs: number): Promise<void>;
  readonly counts: { readonly admitted: number; readonly refused: number };
};

const FACTS_MAX = 1_000;
const RETRY_MS = { least: 500, most: 10_000 } as const;

export function createReporter(city: City, deps: ReporterDeps): Reporter {
  const { publish, logger, stopping, feed } = deps;
  const direct = createDirectFleet(city.population.terminals);
  const fleet = deps.fleet ?? direct;
  const builder = createPositionBuilder();
  const counts = { admitted: 0, refused: 0 };

  const count = ({ admitted, refused }: Receipt) => {
    counts.admitted += admitted;
    counts.refused += Object.values(refused).reduce((sum, one) => sum + one, 0);
  };

  /** Tries until the platform takes it, with growing pauses. */
  const untilTaken = async (delivery: Parameters<Publish>[0]) => {
    if (!delivery.positions?.length && !delivery.facts?.length) return;
    for (let pauseMs: number = RETRY_MS.least; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS.most)) {
      try {
        count(await publish(delivery));
        return;
      } catch (error) {
        if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
        logger.warn('city-waits', { code: error.code, pauseMs });
      }
      await sleep(ioClock, pauseMs, stopping);
    }
  };

  return {
    counts,
    async facts(facts) {
      for (let i = 0; i < facts.length; i += FACTS_MAX) {
        count(await publish({ facts: facts.slice(i, i + FACTS_MAX) }));
      }
    },
    async stretch(fromMs, untilMs) {
      const facts: FactArrival[] = [];
      city.window(fromMs, untilMs, {
        phone: (position) => builder.add(position),
        terminal: (index, points) => fleet.report(index, points),
        fact: (fact) => {
          if (feed && (fact.kind === 'booking' || fact.kind === 'lodging')) feed.push(fact);
          else facts.push(fact);
        },
      });
      await untilTaken({ positions: builder.drain(), facts });
      if (fleet === direct) await untilTaken(direct.drain());
    },
  };
}
