// Random but reproducible streams for engine tests: a few persons, a square county, everything the
// rules look at, in the order a log would hold it.

import { leaveFact, orderFact } from '../core/order.fixture.ts';
import { observationSchema, type Fact, type Position } from '../core/observation.ts';
import { PolygonZone } from '../core/polygon-zone.ts';
import { positionId } from '../core/position-batch.ts';
import { createRandom, type Random } from '../core/random.ts';
import { partitionOf } from '../ingest/log.ts';
import type { EngineInput } from './engine.ts';
import type { Areas } from './frame.ts';
import { batchOf } from './claim-inputs.ts';

export const START_MS = Date.UTC(2026, 2, 2);
const MINUTE = 60_000;

/** Every area is the square from 107.5 to 107.9 east and 31.2 to 31.6 north. */
const square = new PolygonZone([
  [
    [107.5, 31.2],
    [107.9, 31.2],
    [107.9, 31.6],
    [107.5, 31.6],
    [107.5, 31.2],
  ],
]);
export const squareAreas: Areas = { zoneOf: () => square };

type Event = { atMs: number; subject: string; fact?: Fact; position?: Position };

export type Stream = { events: readonly Event[]; subjects: readonly string[] };

/** A few hours of a few persons, ordered by time. */
export function createStream(seed: number, { persons = 5, minutes = 400 } = {}): Stream {
  const random = createRandom(`stream ${seed}`);
  const subjects = Array.from({ length: persons }, (_, index) => `P${index}`);
  const events = subjects.flatMap((subject) => lifeOf(subject, minutes, random.fork(subject)));
  return {
    subjects,
    events: events.sort((a, b) => a.atMs - b.atMs || (a.subject < b.subject ? -1 : 1)),
  };
}

function lifeOf(subject: string, minutes: number, random: Random): Event[] {
  const sources = ['phone', 'bracelet', 'rail', 'custody', 'lodging'] as const;
  const order = orderFact(subject, {
    atMs: START_MS,
    sources,
    category: random.chance(0.6) ? 'cc' : 'ra',
    group: random.chance(0.5) ? 'key' : 'ordinary',
    conditions: {
      curfew: { from: '09:00', until: '11:30', home: { lng: 107.89, lat: 31.4, radiusM: 900 } },
      prohibitedZones: random.chance(0.5) ? [VENUE.id] : [],
    },
  });
  const events: Event[] = [{ atMs: START_MS, subject, fact: order }];
  let outside = false;
  let inVenueUntil = 0;
  let silentUntil = 0;
  for (let minute = 1; minute < minutes; minute++) {
    const atMs = START_MS + minute * MINUTE + random.int(20) * 1_000;
    if (random.chance(0.04)) outside = !outside;
    if (random.chance(0.004)) silentUntil = minute + 60 + random.int(200);
    if (random.chance(0.008)) inVenueUntil = minute + 2 + random.int(60);
    if (minute >= silentUntil) {
      const place = minute < inVenueUntil ? VENUE.at : placeOf(outside, random);
      // After a silence a fix is never late: it would be the newest of its subject behind the watermark.
      const lateMs = minute > silentUntil && random.chance(0.03) ? 2 + random.int(28) : 0;
      const at = { atMs: atMs - lateMs * MINUTE, receivedAtMs: atMs };
      events.push({ atMs, subject, position: fixOf(subject, at, place, random) });
    }
    if (random.chance(0.01))
      events.push({ atMs: atMs + 1_000, subject, fact: leaveOf(subject, atMs, random) });
    if (random.chance(0.02))
      events.push({ atMs: atMs + 2_000, subject, fact: factOf(subject, atMs, random) });
    if (random.chance(0.001)) {
      events.push({
        atMs: atMs + 3_000,
        subject,
        fact: { ...order, id: `${order.id}-end`, action: 'end', atMs } as Fact,
      });
    }
  }
  return events;
}

/** A venue of the Dazhou pack. */
const VENUE = { id: 'venue-511722-a', at: { lng: 107.728, lat: 31.348, region: '511722' } };

type Place = { lng: number; lat: number; region: string };

const placeOf = (outside: boolean, random: Random): Place => {
  const lng = outside ? 107.9 + random.next() * 0.02 : 107.88 + random.next() * 0.0205;
  return {
    lng: Math.round(lng * 1e7) / 1e7,
    lat: 31.4,
    region: outside ? '511723' : '511722',
  };
};

function fixOf(
  subject: string,
  at: { atMs: number; receivedAtMs: number },
  { region, ...lngLat }: Place,
  random: Random,
): Position {
  const fix = random.pick(['gnss', 'gnss', 'gnss', 'wifi', 'cell'] as const);
  const place = {
    source: random.chance(0.7) ? 'bracelet/test' : 'phone/test',
    subject,
    atMs: at.atMs,
    sequence: 0,
    ...lngLat,
  };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    receivedAtMs: at.receivedAtMs,
    accuracyM: Math.round(random.next() * random.pick([60, 600])),
    fix,
    labels: random.chance(0.03) ? ['noFix'] : [],
    ...(random.chance(0.8) ? { region } : {}),
  }) as Position;
}

const leaveOf = (subject: string, atMs: number, random: Random): Fact =>
  leaveFact(subject, {
    atMs: atMs + 1_000,
    leaveId: `leave-${subject}-${atMs}`,
    regions: [random.pick(['511723', '510100'])],
    transitMs: 0,
    fromMs: atMs,
    untilMs: atMs + random.int(120) * MINUTE + MINUTE,
  });

function factOf(subject: string, atMs: number, random: Random): Fact {
  const at = {
    id: `ob-${subject}-${atMs}`,
    subject,
    atMs: atMs + 2_000,
    receivedAtMs: atMs + 2_000,
    sequence: 0,
  };
  const content = random.pick([
    {
      kind: 'booking',
      source: 'rail/test',
      bookingId: `B${random.int(3)}`,
      carrier: 'rail',
      status: random.pick(['booked', 'changed', 'cancelled']),
      from: '511702',
      to: random.pick(['500000', '511722']),
      departAtMs: atMs + 60 * MINUTE,
    },
    {
      kind: 'device',
      source: 'bracelet/test',
      event: random.pick(['tamper', 'tamper-cleared', 'battery-low']),
    },
    {
      kind: 'custody',
      source: 'custody/test',
      custodyId: 'C1',
      measure: 'arrest',
      action: random.pick(['begin', 'end']),
      authority: 'police',
    },
  ]);
  return observationSchema.parse({ ...at, ...content }) as Fact;
}

/**
 * What is known of before changes with these. Whether a timer that ran out in the same flush had rung already
 * is said by the watermark alone, so such a fact opens a flush and always meets the watermark of its arrival.
 */
const changesThePast = ({ fact }: Event): boolean =>
  fact !== undefined && ['order', 'leave', 'retraction'].includes(fact.kind);

/**
 * The stream as the log records of one partition. Ingest cuts the whole stream into flushes of at most
 * `rowsMax` events; a partition gets its part of each, with the watermark of the flush: the instant
 * before its first event.
 */
export function recordsOf(
  stream: Stream,
  { partition = 0, partitions = 1, rowsMax = 64 } = {},
): EngineInput[] {
  const records: EngineInput[] = [];
  let flush: Event[] = [];
  const cut = () => {
    const mine = flush.filter(({ subject }) => partitionOf(subject, partitions) === partition);
    const watermarkMs = (flush[0]?.atMs ?? 0) - 1;
    const facts = mine.map(({ fact }) => fact).filter((fact) => fact !== undefined);
    const positions = mine.map(({ position }) => position).filter((one) => one !== undefined);
    if (facts.length > 0) records.push({ watermarkMs, facts });
    if (positions.length > 0) records.push({ watermarkMs, positions: batchOf(positions) });
    flush = [];
  };
  for (const event of stream.events) {
    const turns = flush.length > 0 && (flush[0]?.fact !== undefined) !== (event.fact !== undefined);
    const opens = changesThePast(event) && flush.at(-1)?.atMs !== event.atMs;
    if (turns || opens || flush.length >= rowsMax) cut();
    flush.push(event);
  }
  cut();
  const endMs = Math.max(...stream.events.map(({ atMs }) => atMs));
  records.push({ watermarkMs: endMs });
  return records;
}
