// One rule of every kind and lives that make each of them speak, for tests of the engine as a whole.

import { leaveFact, orderFact } from '../core/order.fixture.ts';
import {
  observationSchema,
  type Fact,
  type OrderFact,
  type Position,
} from '../core/observation.ts';
import { positionId } from '../core/position-batch.ts';
import { createRandom, type Random } from '../core/random.ts';
import type { SourceKind } from '../core/source.ts';
import { factOf, rulebookOf, ruleOf, surroundings } from './fact-world.fixture.ts';
import type { Surroundings } from './kind.ts';
import { createReferenceMatcher } from './kinds/term-matcher.ts';
import type { Rulebook } from './rulebook.ts';
import { START_MS, type Stream } from './stream.fixture.ts';

const MINUTE = 60_000;

const device = (event: string) => ({ fact: 'device', when: `fact.event == "${event}"` });

export const everyKind: Rulebook = rulebookOf(
  ruleOf('match', { ...device('sos'), clearWhen: 'fact.event == "restored"' }, { cooldown: '30m' }),
  ruleOf('count', { ...device('tamper'), factsMin: 3, within: '2h' }, { cooldown: '1h' }),
  ruleOf(
    'count',
    { fact: 'booking', when: 'true', distinct: 'fact.to', factsMin: 2, within: '3h' },
    { id: 'test-count-distinct' },
  ),
  ruleOf('sequence', {
    steps: [
      { name: 'tamper', ...device('tamper') },
      { name: 'off', ...device('power-off') },
    ],
    order: 'any',
    within: '1h',
    without: device('restored'),
    clearWhen: device('power-on'),
    clearAfter: '2h',
  }),
  ruleOf('absence', { sources: ['bracelet'], silentFor: '20m' }),
  ruleOf(
    'absence',
    { sources: ['bracelet'], silentFor: '30m', heed: 'placed' },
    { id: 'test-location-lost' },
  ),
  ruleOf(
    'absence',
    { after: device('sos'), until: device('restored'), within: '40m' },
    { id: 'test-unanswered' },
  ),
  ruleOf('keyword', { lists: ['demo'], levelMin: 2 }),
  ruleOf('threshold', { index: ['X'], above: 5, clearAt: 4, forPeriods: 2 }),
  ruleOf('deadline', {
    start: ['opened'],
    end: ['closed'],
    period: { amount: 2, unit: 'hour' },
    rollOver: 'none',
    extensions: [{ milestone: 'extended', add: { amount: 1, unit: 'hour' } }],
    suspensions: [{ from: 'stopped', to: 'resumed' }],
    warnings: [{ left: '1h', level: 3 }],
    escalations: [{ after: '1h', level: 1 }],
  }),
  ruleOf(
    'deadline',
    {
      term: 'leave',
      grace: '5m',
      warnings: [{ left: '20m', level: 3 }],
      escalations: [{ after: '30m', level: 1 }],
    },
    { id: 'test-leave-term' },
  ),
  ruleOf(
    'deadline',
    { term: { source: 'phone' }, warnings: [{ left: '15m', level: 3 }] },
    { id: 'test-basis-term' },
  ),
);

export const everyKindSurroundings: Surroundings = {
  ...surroundings,
  matcherOf: () =>
    createReferenceMatcher(
      [
        { termId: 'T1', category: 'x', level: 1, text: '翻墙' },
        { termId: 'T3', category: 'x', level: 3, text: '打钱' },
      ],
      'test',
    ),
};

type Event = Stream['events'][number];

/** Some hours of some persons, ordered by time. */
export function createFactStream(seed: number, { persons = 3, minutes = 300 } = {}): Stream {
  const random = createRandom(`facts ${seed}`);
  const subjects = Array.from({ length: persons }, (_, index) => `P${index}`);
  const events = subjects.flatMap((subject) => lifeOf(subject, minutes, random.fork(subject)));
  return {
    subjects,
    events: events.sort((a, b) => a.atMs - b.atMs || (a.subject < b.subject ? -1 : 1)),
  };
}

const SOURCES: SourceKind[] = ['bracelet', 'rail', 'case', 'prison-call', 'office'];

function lifeOf(subject: string, minutes: number, random: Random): Event[] {
  const order = orderFact(subject, { atMs: START_MS, sources: SOURCES });
  const events: Event[] = [{ atMs: START_MS, subject, fact: order }];
  const papers = random.fork('papers');
  let phone = { id: 'phone', untilMs: START_MS + 40 * MINUTE };
  let speaksFrom = 0;
  let placed = true;
  for (let minute = 1; minute < minutes; minute++) {
    const atMs = START_MS + minute * MINUTE + random.int(30) * 1_000;
    if (random.chance(0.01)) speaksFrom = minute + random.int(60);
    if (random.chance(0.02)) placed = !placed;
    if (minute >= speaksFrom && random.chance(0.4)) {
      events.push({ atMs, subject, position: fixOf(subject, atMs, placed) });
    }
    if (random.chance(0.15)) {
      const factAtMs = atMs + 1_000;
      events.push({ atMs: factAtMs, subject, fact: happening(subject, factAtMs, random) });
    }
    if (papers.chance(0.02)) {
      events.push({ atMs: atMs + 1_500, subject, fact: leaveOf(subject, atMs + 1_500, papers) });
    }
    if (papers.chance(0.02)) {
      const untilMs = atMs + (5 + papers.int(60)) * MINUTE;
      phone = papers.chance(0.5) ? { ...phone, untilMs } : { id: `phone-${minute}`, untilMs };
      const statedAtMs = atMs + 1_700;
      const fact = statedAnew(order, statedAtMs, papers.chance(0.2) ? undefined : phone);
      events.push({ atMs: statedAtMs, subject, fact });
    }
    if (random.chance(0.002)) {
      const changedAtMs = atMs + 2_000;
      const change = {
        id: `${order.id}-${minute}`,
        atMs: changedAtMs,
        receivedAtMs: changedAtMs,
      };
      const action = random.chance(0.5) ? 'end' : 'change';
      const fact = { ...order, ...change, action, orderId: `order-${subject}` } as Fact;
      events.push({ atMs: changedAtMs, subject, fact });
    }
  }
  return events;
}

/** Versions of two leaves, some recorded ahead of their begin, some never reported back. */
function leaveOf(subject: string, atMs: number, random: Random): Fact {
  const fromMs = atMs + (random.int(30) - 10) * MINUTE;
  return leaveFact(subject, {
    atMs,
    leaveId: `L${random.int(2)}`,
    action: random.pick(['start', 'start', 'renew', 'change', 'end']),
    fromMs,
    untilMs: fromMs + (10 + random.int(60)) * MINUTE,
  });
}

/** The order with a basis for phones beside the one it has, or without it. */
function statedAnew(
  order: OrderFact,
  atMs: number,
  phone: { id: string; untilMs: number } | undefined,
): Fact {
  const [basis] = order.bases as [OrderFact['bases'][number]];
  const bases = phone
    ? [basis, { ...basis, ...phone, sources: ['phone'], fromMs: order.atMs }]
    : [basis];
  return orderFact(order.subject, { atMs, action: 'change', fromMs: order.atMs, bases });
}

function fixOf(subject: string, atMs: number, placed: boolean): Position {
  const place = { source: 'bracelet/test', subject, atMs, sequence: 0, lng: 107.7, lat: 31.4 };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    receivedAtMs: atMs,
    accuracyM: 10,
    labels: placed ? [] : ['noFix'],
  }) as Position;
}

function happening(subject: string, atMs: number, random: Random): Fact {
  const [source, content] = random.pick([deviceFact, bookingFact, callFact, indexFact, caseFact])(
    random,
    atMs,
  );
  return factOf({ subject, atMs, source, content });
}

type Happening = [source: SourceKind, content: Record<string, unknown>];

const deviceFact = (random: Random): Happening => {
  const events = ['tamper', 'tamper', 'power-off', 'power-on', 'sos', 'restored'] as const;
  return ['bracelet', { kind: 'device', event: random.pick(events) }];
};

const bookingFact = (random: Random, atMs: number): Happening => [
  'rail',
  {
    kind: 'booking',
    bookingId: `B${random.int(3)}`,
    carrier: 'rail',
    status: 'booked',
    from: '511702',
    to: random.pick(['500000', '510100']),
    departAtMs: atMs,
  },
];

const callFact = (random: Random): Happening => [
  'prison-call',
  {
    kind: 'call',
    callId: `C${random.int(4)}`,
    channel: 'visit',
    durationMs: 1_000,
    segments: [
      { speaker: 'relative', offsetMs: 0, text: random.pick(['你好', '要翻墙了', '打钱']) },
    ],
  },
];

const indexFact = (random: Random): Happening => [
  'office',
  {
    kind: 'index',
    indexId: 'X',
    value: 2 + random.int(7),
    period: `2026-0${1 + random.int(4)}`,
    version: 'v1',
  },
];

const caseFact = (random: Random): Happening => [
  'case',
  {
    kind: 'case-milestone',
    caseId: `A${random.int(2)}`,
    milestone: random.pick(['opened', 'opened', 'closed', 'extended', 'stopped', 'resumed']),
    authority: '测试',
  },
];
