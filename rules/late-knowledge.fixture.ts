// Streams in which things become known late: leaves and orders that count from before they were recorded,
// facts taken back, fixes stored by the terminal. For tests of corrections.

import { leaveFact, orderFact } from '../core/order.fixture.ts';
import {
  observationSchema,
  type Fact,
  type Observation,
  type Position,
} from '../core/observation.ts';
import { positionId } from '../core/position-batch.ts';
import { createRandom, type Random } from '../core/random.ts';
import { SOURCE_KINDS, type SourceKind } from '../core/source.ts';
import { factOf } from './fact-world.fixture.ts';
import type { Stream } from './stream.fixture.ts';

type Event = Stream['events'][number];

const MINUTE = 60_000;

/** The stream with late knowledge mixed in, ordered by arrival. */
export function withLateKnowledge(stream: Stream, seed: number, share = 0.04): Stream {
  const random = createRandom(`late ${seed}`);
  const bySubject = new Map<string, Observation[]>();
  const events: Event[] = [];
  for (const event of stream.events) {
    events.push(event);
    const seen = bySubject.get(event.subject) ?? [];
    bySubject.set(event.subject, seen);
    const observation = event.fact ?? event.position;
    if (observation) seen.push(observation);
    if (seen.length < 3 || !random.chance(share)) continue;
    const late = lateOf(event.subject, event.atMs + 500, seen, random);
    if (late) events.push(late);
  }
  return { ...stream, events };
}

function lateOf(
  subject: string,
  atMs: number,
  seen: readonly Observation[],
  random: Random,
): Event | undefined {
  const pastMs = atMs - random.int(180) * MINUTE;
  switch (random.int(5)) {
    case 0: {
      const leave = leaveFact(subject, {
        atMs,
        leaveId: `late-${subject}-${random.int(2)}`,
        regions: [random.pick(['511723', '510100'])],
        transitMs: 0,
        fromMs: pastMs,
        untilMs: pastMs + random.int(300) * MINUTE + MINUTE,
      });
      return { atMs, subject, fact: leave };
    }
    case 1:
      return { atMs, subject, fact: lateOrder(subject, { atMs, pastMs }, random) };
    case 2:
    case 3: {
      const said = random.pick(seen.slice(-40).filter(({ kind }) => isRetractable(kind)));
      return said && { atMs, subject, fact: retractionOf(said, atMs) };
    }
    default: {
      const newest = seen.findLast(({ kind }) => kind === 'position');
      // The newest of its subject behind the watermark would not be late but in doubt.
      if (!newest || pastMs >= newest.atMs) return undefined;
      return { atMs, subject, position: lateFix(subject, { atMs, pastMs }, random) };
    }
  }
}

const isRetractable = (kind: string): boolean => !['order', 'leave', 'retraction'].includes(kind);

const retractionOf = (said: Observation, atMs: number): Fact =>
  factOf({
    subject: said.subject,
    atMs,
    source: said.source.slice(0, said.source.indexOf('/')) as SourceKind,
    content: {
      kind: 'retraction',
      of: said.kind,
      ofAtMs: said.atMs,
      ofSequence: said.sequence,
      reason: '误报',
    },
  });

/** Another class, or the end, from some time ago on. */
function lateOrder(
  subject: string,
  { atMs, pastMs }: { atMs: number; pastMs: number },
  random: Random,
): Fact {
  const order = orderFact(subject, {
    atMs: pastMs,
    sources: Object.keys(SOURCE_KINDS) as SourceKind[],
    action: random.chance(0.2) ? 'end' : 'change',
    category: random.pick(['cc', 'ra']),
    group: random.pick(['key', 'ordinary']),
    untilMs: atMs + 365 * 1_440 * MINUTE,
  });
  return { ...order, receivedAtMs: atMs as Fact['receivedAtMs'] };
}

function lateFix(
  subject: string,
  { atMs, pastMs }: { atMs: number; pastMs: number },
  random: Random,
): Position {
  const place = {
    source: 'bracelet/test',
    subject,
    atMs: pastMs,
    sequence: 7,
    lng: random.chance(0.6) ? 107.7 : 107.95,
    lat: 31.4,
  };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    receivedAtMs: atMs,
    accuracyM: 10,
    labels: ['blindZone'],
    region: place.lng < 107.9 ? '511722' : '511723',
  }) as Position;
}
