// Ingest pipeline and rule engine around a city, in one process and without waiting: what the platform
// makes of the script.

import { fileURLToPath } from 'node:url';
import type { Delivery, Receipt } from '../../connectors/publish.ts';
import type { Finding } from '../../core/finding.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { decodePositions } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import type { FactArrival } from '../../core/observation.ts';
import { epochMs } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { decodeLines } from '../../ingest/log.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import { createEngine } from '../../rules/engine.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { createCity, type City } from './city.ts';
import { createDirectFleet, type DirectFleet } from './direct-fleet.ts';
import type { CityOptions } from './world.ts';

export const areas = createAreas();
export const locate = createLocator();
const rulebook = loadRulebook(fileURLToPath(new URL('../../rules/packs/dazhou', import.meta.url)));

/** Tuesday, 2026-03-10 at 10:00 in China. */
export const START_MS = Date.UTC(2026, 2, 10, 2);

export const cityOf = (options: Partial<CityOptions> = {}): City =>
  createCity({ areas, locate }, { seed: 'test', startAtMs: START_MS, ...options });

/** One stretch of the city as deliveries: phones and facts, then bracelets. */
export function deliveriesOf(
  city: City,
  fleet: DirectFleet,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Delivery[] {
  const builder = createPositionBuilder();
  const facts: FactArrival[] = [];
  city.window(fromMs, untilMs, {
    phone: (position) => builder.add(position),
    terminal: (index, points) => fleet.report(index, points),
    fact: (fact) => facts.push(fact),
  });
  return [{ positions: builder.drain(), facts }, fleet.drain()];
}

export type Judged = {
  readonly findings: readonly Finding[];
  readonly receipts: readonly Receipt[];
};

/** Runs the city from its history to `untilMs` in steps of `stepMs` through the platform. */
export function judge(city: City, untilMs: number, stepMs = 5_000): Judged {
  const { aliases, terminals } = city.population;
  const pipeline = createPipeline(
    {
      directory: { resolve: (alias) => aliases.get(alias) },
      orders: createOrderBook(),
      locator: locate,
    },
    { partitions: 1 },
  );
  const engine = createEngine({ rulebook, areas, calendar: createChinaCalendar() });
  const findings: Finding[] = [];
  const receipts: Receipt[] = [];
  const take = (deliveries: readonly Delivery[], receivedAtMs: number, watermarkMs: number) => {
    const processed = pipeline.process(deliveries, {
      receivedAtMs: epochMs(receivedAtMs),
      watermarkMs: epochMs(watermarkMs),
    });
    receipts.push(...processed.receipts);
    for (const { entries } of processed.batches) {
      for (const { kind, payload } of entries) {
        const content =
          kind === 'positions'
            ? { positions: decodePositions(payload) }
            : kind === 'lines'
              ? { facts: decodeLines<never>(payload) }
              : {};
        findings.push(...engine.step({ watermarkMs, ...content }));
      }
    }
    findings.push(...engine.step({ watermarkMs }));
  };

  const fleet = createDirectFleet(terminals);
  take([{ facts: city.frame() }], city.startAtMs, city.historyFromMs - 1);
  let fromMs = city.historyFromMs;
  while (fromMs < untilMs) {
    const stretch = fromMs < city.startAtMs ? city.startAtMs : Math.min(untilMs, fromMs + stepMs);
    take(
      deliveriesOf(city, fleet, { fromMs, untilMs: stretch }),
      stretch,
      Math.max(fromMs, stretch - 30_000),
    );
    fromMs = stretch;
  }
  return { findings, receipts };
}
