// Random small worlds for the whole Dazhou pack: a few persons of all classes who wander about a few places,
// meet whom they may not, fall silent, and of whom every kind of observation tells; what the register says of
// them; times in which the platform heard nothing; some things that become known late. A world may go on for
// weeks in which little happens but visits and decisions.

import { basisFact } from '../core/basis.fixture.ts';
import { contactPosition } from '../core/contact-position.ts';
import type { LngLat } from '../core/geo.ts';
import { METRES_PER_DEGREE } from '../core/geo.ts';
import {
  factId,
  observationSchema,
  type Fact,
  type FactArrival,
  type LeaveFact,
  type Observation,
  type OrderFact,
  type Position,
} from '../core/observation.ts';
import { polygonMistake } from '../core/polygon-check.ts';
import { PolygonZone } from '../core/polygon-zone.ts';
import { positionId } from '../core/position-batch.ts';
import { createRandom, type Random } from '../core/random.ts';
import { MOVEMENT_SOURCES, type SourceKind } from '../core/source.ts';
import { partitionOf } from '../ingest/log.ts';
import { batchOf } from './claim-inputs.ts';
import type { EngineInput } from './engine.ts';
import type { Areas } from './frame.ts';
import { orderIn, widen } from './frame-oracle.fixture.ts';
import type { Gap, Happening } from './happening.fixture.ts';
import { createRegister } from './pack-register.fixture.ts';
import type { Rulebook } from './rulebook.ts';
import type { JudgedWorld } from './world-oracle.fixture.ts';
import type { Shape } from './zone-oracle.fixture.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ORDINARY_MS = Date.UTC(2026, 2, 3, 9);
/** In China: the eve of Spring Festival's key period, its last day, the eve of National Day, an ordinary day. */
const STARTS = [
  Date.UTC(2026, 1, 14, 9),
  Date.UTC(2026, 1, 23, 9),
  Date.UTC(2026, 8, 30, 9),
  ORDINARY_MS,
];

/** Three venues of the pack, in and around the centre of the world. */
const VENUES: readonly { id: string; at: LngLat }[] = [
  { id: 'venue-511722-a', at: [107.728, 31.348] },
  { id: 'venue-511722-b', at: [107.715, 31.347] },
  { id: 'venue-511722-c', at: [107.724, 31.359] },
];
const CENTRE: LngLat = [107.722, 31.351];

/** Areas of orders; what they are called has nothing to do with where they lie. */
const AREAS = [['511722'], ['511702'], ['511700']] as const;

export type PackWorld = JudgedWorld & {
  readonly rulebook: Rulebook;
  readonly areas: Areas;
};

export type WorldOptions = {
  readonly persons?: number;
  readonly hoursMax?: number;
  /** False: no gaps, and everything is known when it happens. */
  readonly disturbed?: boolean;
  /** True: far from every key period. */
  readonly ordinary?: boolean;
  /** True: after some hours of close watch it goes on for weeks. */
  readonly weeks?: boolean;
  /** True: beside the orders each source that tells of movements has a recorded basis of its own. */
  readonly recorded?: boolean;
};

export function createPackWorld(
  rulebook: Rulebook,
  seed: number,
  {
    persons = 3,
    hoursMax = 6,
    disturbed = true,
    ordinary = false,
    weeks = false,
    recorded = false,
  }: WorldOptions = {},
): PackWorld {
  const random = createRandom(`pack world ${seed}`);
  const fromMs = ordinary ? ORDINARY_MS : random.pick(STARTS);
  const minutes = Math.round((weeks ? 0.3 : 0.3 + 0.7 * random.next()) * hoursMax * 60);
  const days = weeks ? 25 + random.int(15) : 0;
  const quietFor = weeks ? random.int(16) * DAY : 12 * HOUR;
  const untilMs = fromMs + minutes * MINUTE + days * DAY + quietFor;
  const rings = new Map(
    AREAS.map((area) => [
      widen(area, rulebook.pack.sameCityDistricts).join(' '),
      starOf(random, area[0] === '511700' ? 3_000 : 1_800),
    ]),
  );
  const ringOf = (regions: readonly string[]) => rings.get(regions.join(' ')) as LngLat[];
  const shapes = new Map<LngLat[], readonly Shape[]>(
    [...rings.values()].map((ring) => [ring, [{ polygon: [ring] }]]),
  );
  const subjects = Array.from({ length: persons }, (_, index) => `P${index}`);
  const gaps = disturbed && random.chance(0.3) ? [gapIn(random, fromMs, minutes)] : [];
  const meetings = meetingsIn(random, subjects, minutes);
  const town = { fromMs, minutes, days, subjects, meetings, gaps };
  const happenings = subjects
    .flatMap((subject) => [
      ...lifeOf(random.fork(subject), subject, town, disturbed),
      ...(recorded ? recordedOf(random.fork(`bases ${subject}`), subject, town) : []),
    ])
    .map((one) => heardAfterGap(one, gaps, random))
    .filter((one) => one !== undefined)
    .filter((one, _, all) => !isOfEndedOrder(one, all))
    .concat(gaps.map((gap) => ({ arrivesMs: gap.untilMs, seenToMs: gap.untilMs - 1, gap })))
    // Before it goes away the platform has seen everything up to then.
    .concat(gaps.map((gap) => ({ arrivesMs: gap.fromMs, seenToMs: gap.fromMs })))
    .toSorted((a, b) => a.arrivesMs - b.arrivesMs)
    .concat([{ arrivesMs: untilMs, seenToMs: untilMs }]);
  return {
    rulebook,
    areas: { zoneOf: (regions) => new PolygonZone([closed(ringOf(regions))]) },
    pack: rulebook.pack,
    rules: rulebook.rules.map(({ rule }) => rule),
    subjects,
    happenings,
    areaOf: (order) =>
      shapes.get(ringOf(widen(order.area, rulebook.pack.sameCityDistricts))) as readonly Shape[],
    fromMs,
    untilMs,
  };
}

type Meeting = { fromMinute: number; untilMinute: number; at: LngLat; who: readonly string[] };

type Town = {
  readonly fromMs: number;
  readonly minutes: number;
  readonly days: number;
  readonly subjects: readonly string[];
  readonly meetings: readonly Meeting[];
  readonly gaps: readonly Gap[];
};

const gapIn = (random: Random, fromMs: number, minutes: number) => {
  const startMs = fromMs + random.int(minutes) * MINUTE + 30 * SECOND + 500;
  return { fromMs: startMs, untilMs: startMs + (10 + random.int(140)) * MINUTE };
};

/** What falls into a gap becomes known after it, or never. */
function heardAfterGap(
  one: Happening,
  gaps: readonly Gap[],
  random: Random,
): Happening | undefined {
  const gap = gapAt(gaps, one.arrivesMs);
  if (!gap) return one;
  const arrivesMs = gap.untilMs + 1 + random.int(20 * MINUTE);
  if (!random.chance(0.3) || turnsBetween(one.arrivesMs, arrivesMs)) return undefined;
  return arriving(one.observation as Observation, arrivesMs);
}

/** Known only after the order it happened under has run out; left out for the same reason. */
function isOfEndedOrder({ observation, arrivesMs }: Happening, all: readonly Happening[]): boolean {
  if (!observation || observation.atMs === arrivesMs) return false;
  return all.some(({ observation: order }) => {
    if (order?.kind !== 'order' || order.subject !== observation.subject) return false;
    const endsMs = order.action === 'end' ? order.atMs : order.untilMs;
    return observation.atMs <= endsMs && endsMs < arrivesMs;
  });
}

/**
 * True when a curfew or a key period begins or ends between two instants. What becomes known of the time
 * before such an end after it was told of is left out: the oracle knows one order of things only.
 */
function turnsBetween(fromMs: number, untilMs: number): boolean {
  const clock = (atMs: number) => ((atMs + 8 * HOUR) % (24 * HOUR)) / HOUR;
  return [0, 6, 18.5, 20, 22].some((hour) => {
    const [from, until] = [clock(fromMs), clock(untilMs)];
    return from < until ? from <= hour && hour <= until : from <= hour || hour <= until;
  });
}

const gapAt = (gaps: readonly Gap[], atMs: number) =>
  gaps.find(({ fromMs, untilMs }) => fromMs < atMs && atMs <= untilMs);

const arriving = (observation: Observation, arrivesMs: number = observation.atMs): Happening => ({
  arrivesMs,
  seenToMs: arrivesMs - 1,
  observation: { ...observation, receivedAtMs: arrivesMs } as Observation,
});

function meetingsIn(random: Random, subjects: readonly string[], minutes: number): Meeting[] {
  return Array.from({ length: 1 + random.int(4) }, () => {
    const fromMinute = random.int(minutes);
    return {
      fromMinute,
      untilMinute: fromMinute + 8 + random.int(40),
      at: near(random, CENTRE, 800),
      who: subjects.filter(() => random.chance(0.8)),
    };
  });
}

function lifeOf(random: Random, subject: string, town: Town, disturbed: boolean): Happening[] {
  const { fromMs, minutes, meetings } = town;
  const found: Happening[] = [];
  const habits = {
    home: near(random, CENTRE, 1_200),
    share: 0.1 + random.next() * 0.35,
    lateShare: disturbed && random.chance(0.5) ? 0.08 : 0,
  };
  const frame = frameOf(random, subject, town, habits.home);
  found.push(...frame.map((order) => arriving(order)));
  const orders = frame.filter((one) => one.kind === 'order');
  let at = habits.home;
  let stepM = 40;
  let speaksFrom = 0;
  for (let minute = 1; minute < minutes; minute++) {
    const atMs = fromMs + minute * MINUTE + random.int(59) * SECOND;
    if (random.chance(0.006)) speaksFrom = minute + 100 + random.int(100);
    const meeting = meetings.find(
      ({ fromMinute, untilMinute, who }) =>
        fromMinute <= minute && minute < untilMinute && who.includes(subject),
    );
    if (random.chance(0.05)) {
      at = random.pick([
        habits.home,
        habits.home,
        random.pick(VENUES).at,
        random.pick(VENUES).at,
        near(random, CENTRE, 2_500),
        near(random, CENTRE, 5_000),
      ]);
      stepM = random.pick([2, 2, 15, 60]);
    }
    at = near(random, at, stepM);
    const lateMs = random.chance(habits.lateShare) ? random.int(50) * MINUTE + SECOND : 0;
    const happenedMs = turnsBetween(atMs - lateMs, atMs)
      ? atMs
      : Math.max(fromMs + 1, atMs - lateMs);
    if (minute >= speaksFrom && random.chance(meeting ? 0.8 : habits.share)) {
      const place = meeting ? near(random, meeting.at, 15) : at;
      found.push(arriving(fixAt(random, subject, happenedMs, place), atMs));
    }
    if (random.chance(0.08)) found.push(arriving(factAt(random, subject, happenedMs), atMs));
  }
  found.push(...visitsOf(random, subject, town));
  return found.filter(({ observation }) => observation && isAdmitted(observation, orders));
}

/** The gate of ingest, as far as the rules can tell: nothing without an order, no bracelet without a basis. */
function isAdmitted({ kind, atMs, source }: Observation, orders: readonly OrderFact[]): boolean {
  if (kind === 'order' || kind === 'leave') return true;
  const order = orderIn(orders, atMs);
  if (!order || !source.startsWith('bracelet/')) return order !== undefined;
  return order.bases.some(
    (basis) => basis.sources.includes('bracelet') && basis.fromMs <= atMs && atMs < basis.untilMs,
  );
}

/** The orders and leaves of a life, each made when it begins to count. */
function frameOf(random: Random, subject: string, town: Town, home: LngLat) {
  const { fromMs, minutes, days, subjects, gaps } = town;
  const drawConditions = () => ({
    ...(random.chance(0.7)
      ? {
          curfew: {
            from: random.pick(['18:30', '22:00']),
            until: random.pick(['20:00', '06:00']),
            home: { lng: home[0], lat: home[1], radiusM: random.pick([150, 400]) },
          },
        }
      : {}),
    prohibitedZones: VENUES.map(({ id }) => id).filter(() => random.chance(0.5)),
    ...(random.chance(0.8)
      ? { noContactWith: subjects.filter((one) => one !== subject && random.chance(0.8)) }
      : {}),
  });
  const place = { subject, fromMs, minutes, areas: AREAS, drawConditions };
  const register = createRegister(random, place);
  const frame = [register.begin() as OrderFact | LeaveFact];
  for (let minute = 5; minute < minutes; minute++) {
    const atMs = fromMs + minute * MINUTE + 59 * SECOND + 1 + random.int(998);
    // Nobody decides anything while the platform is away.
    if (gapAt(gaps, atMs)) continue;
    if (random.chance(0.01)) frame.push(register.decideOnLeave(atMs));
    else if (random.chance(0.005)) frame.push(register.decideOnOrder(atMs));
  }
  for (let day = 0; day < days; day++) {
    const atMs = fromMs + minutes * MINUTE + day * DAY + random.int(DAY);
    if (gapAt(gaps, atMs)) continue;
    if (random.chance(0.15)) frame.push(register.decideOnLeave(atMs));
    else if (random.chance(0.06)) frame.push(register.decideOnOrder(atMs));
  }
  return frame;
}

/** Recorded as the first order begins; some run out before the world does. */
function recordedOf(random: Random, subject: string, { fromMs, minutes }: Town): Happening[] {
  return [...MOVEMENT_SOURCES].map((source) => {
    const lastsMs = random.chance(0.1) ? random.int(minutes) * MINUTE : 90 * DAY;
    const basisId = `recorded-${source}-${subject}`;
    const term = { fromMs, untilMs: fromMs + 1 + lastsMs };
    return arriving(basisFact(subject, { atMs: fromMs, basisId, sources: [source], ...term }));
  });
}

/** Weeks of visits, some of them short, some soon after another. */
function visitsOf(random: Random, subject: string, { fromMs, minutes, days }: Town): Happening[] {
  const fixes: { atMs: number; at: LngLat }[] = [];
  let busyUntilMs = fromMs + minutes * MINUTE;
  for (let day = 0; day < days; day++) {
    for (let visit = 0; visit < 3 && random.chance(0.55); visit++) {
      const dayMs = fromMs + minutes * MINUTE + day * DAY;
      const atMs = Math.max(busyUntilMs + random.int(4 * HOUR), dayMs + random.int(12 * HOUR));
      const { at } = random.pick(VENUES);
      const stayMs = (10 + random.int(30)) * MINUTE;
      for (const share of [0, random.next(), 1]) {
        fixes.push({ atMs: atMs + Math.round(share * stayMs), at: near(random, at, 15) });
      }
      busyUntilMs = atMs + stayMs + (1 + random.int(20)) * MINUTE;
      if (random.chance(0.9)) fixes.push({ atMs: busyUntilMs, at: near(random, CENTRE, 3_000) });
    }
  }
  return fixes
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, at }) => arriving(fixAt(random, subject, atMs, at)));
}

const near = (random: Random, [lng, lat]: LngLat, metres: number): LngLat => [
  round(lng + (random.normal() * metres * 0.7) / (METRES_PER_DEGREE * 0.854)),
  round(lat + (random.normal() * metres * 0.7) / METRES_PER_DEGREE),
];

const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

const closed = (ring: readonly LngLat[]): LngLat[] => [...ring, ring[0] as LngLat];

/** A star around the centre, about so wide. */
function starOf(random: Random, radiusM: number): LngLat[] {
  for (;;) {
    const corners = 4 + random.int(5);
    const ring = Array.from({ length: corners }, (_, i): LngLat => {
      const angle = (2 * Math.PI * (i + random.next() * 0.8)) / corners;
      const metres = (0.5 + random.next()) * radiusM;
      return [
        round(CENTRE[0] + (metres * Math.cos(angle)) / (METRES_PER_DEGREE * 0.854)),
        round(CENTRE[1] + (metres * Math.sin(angle)) / METRES_PER_DEGREE),
      ];
    });
    if (polygonMistake([ring]) === undefined) return ring;
  }
}

function fixAt(random: Random, subject: string, atMs: number, [lng, lat]: LngLat): Position {
  const at = {
    source: random.pick(['bracelet/test', 'bracelet/test', 'phone/test']),
    subject,
    atMs,
    sequence: 0,
    lng,
    lat,
  };
  // As the schema would read it; there are too many of them to have it read.
  return {
    kind: 'position',
    id: positionId(at),
    ...at,
    receivedAtMs: atMs,
    accuracyM: random.chance(0.1) ? random.int(900) : 3 + random.int(22),
    fix: random.pick(['gnss', 'gnss', 'gnss', 'gnss', 'wifi', 'cell', 'check-in']),
    labels: random.chance(0.04) ? [random.pick(['noFix', 'staleFix', 'blindZone'])] : [],
    ...(random.chance(0.8) ? { region: random.pick(['511722', '511722', '511723']) } : {}),
  } as Position;
}

const REGIONS = ['511702', '511703', '511722', '511781', '510100', '500000'];

function factAt(random: Random, subject: string, atMs: number): Fact {
  const [source, content] = random.pick(HAPPENINGS)(random, atMs);
  const arrival = { subject, atMs, source: `${source}/test`, sequence: 0, ...content };
  return observationSchema.parse({
    ...arrival,
    id: factId(arrival as unknown as FactArrival & { subject: string }),
    receivedAtMs: atMs,
  }) as Fact;
}

type Told = [source: SourceKind, content: { kind: Fact['kind'] } & Record<string, unknown>];

const HAPPENINGS: readonly ((random: Random, atMs: number) => Told)[] = [
  (random) => [
    'bracelet',
    {
      kind: 'device',
      event: random.pick(['tamper', 'removed', 'tamper-cleared', 'restored', 'battery-low']),
    },
  ],
  (random) => [
    'roll-call',
    {
      kind: 'roll-call',
      result: random.pick(['answered', 'missed', 'face-mismatch']),
      method: 'app',
    },
  ],
  (random, atMs) => [
    'rail',
    {
      kind: 'booking',
      bookingId: `B${random.int(3)}`,
      carrier: 'rail',
      status: random.pick(['booked', 'booked', 'changed', 'cancelled', 'travelled']),
      from: '511702',
      to: random.pick(REGIONS),
      departAtMs: atMs + random.int(120) * MINUTE,
    },
  ],
  (random) => [
    'motorway',
    {
      kind: 'passage',
      gate: 'motorway',
      direction: random.pick(['in', 'out']),
      place: '收费站',
      to: random.pick(REGIONS),
    },
  ],
  (random) => [
    'lodging',
    {
      kind: 'lodging',
      lodgingId: `L${random.int(2)}`,
      action: random.pick(['in', 'in', 'out']),
      place: '旅馆',
      at: random.pick(REGIONS),
    },
  ],
  (random) => [
    'custody',
    {
      kind: 'custody',
      custodyId: `C${random.int(2)}`,
      measure: 'arrest',
      action: random.pick(['begin', 'end']),
      authority: '公安局',
    },
  ],
  (random) => [
    'incident',
    {
      kind: 'incident',
      incidentId: `I${random.int(2)}`,
      incident: random.pick(['offence', 'conflict']),
      stage: random.pick(['reported', 'verified', 'dismissed']),
      authority: '公安局',
    },
  ],
  (random) => [
    'prison-call',
    {
      kind: 'call',
      callId: `K${random.int(4)}`,
      channel: 'visit',
      durationMs: 1_000,
      segments: [{ speaker: 'relative', offsetMs: 0, text: '你好' }],
    },
  ],
  (random) => [
    'case',
    {
      kind: 'case-milestone',
      caseId: `A${random.int(2)}`,
      milestone: random.pick(['opened', 'closed']),
      authority: '法院',
    },
  ],
  (random) => [
    'office',
    { kind: 'index', indexId: 'X', value: random.int(9), period: '2026-03', version: 'v1' },
  ],
];

export type CutOptions = {
  readonly seed?: number;
  readonly partition?: number;
  readonly partitions?: number;
  /** Observations in one record, at most. */
  readonly rowsMax?: number;
};

/**
 * What happens as the log records of one partition, cut at random, with the watermark of the first that a
 * record holds. What comes late begins a record, so that it is late however the log is cut.
 */
export function recordsOfPack(
  world: Pick<PackWorld, 'happenings'>,
  { seed = 0, partition = 0, partitions = 1, rowsMax = 12 }: CutOptions = {},
): EngineInput[] {
  const random = createRandom(`cut ${seed}`);
  const mine = (subject: string) => partitionOf(subject, partitions) === partition;
  const bound = boundIn(world);
  const records: EngineInput[] = [];
  let positions: Position[] = [];
  let facts: Fact[] = [];
  let rows = 0;
  let seenToMs = 0;
  const flush = () => {
    if (facts.length > 0) records.push({ watermarkMs: seenToMs, facts });
    if (positions.length > 0)
      records.push({ watermarkMs: seenToMs, positions: batchOf(positions) });
    [facts, positions, rows] = [[], [], 0];
  };
  for (const happening of world.happenings) {
    const { observation, gap, arrivesMs } = happening;
    const isPosition = observation?.kind === 'position';
    const turns = isPosition ? false : positions.length > 0;
    const isLate = observation === undefined || observation.atMs < arrivesMs;
    if (turns || isLate || rows >= rowsMax || random.chance(0.15)) flush();
    if (rows === 0) seenToMs = happening.seenToMs;
    rows++;
    if (!observation) {
      records.push({ watermarkMs: happening.seenToMs, ...(gap ? { gap } : {}) });
      rows = 0;
    } else if (isPosition) {
      // Ingest writes the facts of a flush before its positions.
      facts.push(...bound(observation).filter(({ subject }) => mine(subject)));
      if (mine(observation.subject)) positions.push(observation);
    } else if (mine(observation.subject)) facts.push(observation as Fact);
  }
  flush();
  return records;
}

/** What ingest makes of a position for those who may not contact the person (docs/adr/0010). */
function boundIn({ happenings }: Pick<PackWorld, 'happenings'>) {
  const known = happenings.flatMap(({ observation, arrivesMs }) =>
    observation?.kind === 'order' ? [{ order: observation, arrivesMs }] : [],
  );
  const subjects = [...new Set(known.map(({ order }) => order.subject))];
  return (position: Position): Fact[] => {
    if (position.labels.some((label) => ['noFix', 'impossibleSpeed', 'staleFix'].includes(label))) {
      return [];
    }
    return subjects.flatMap((subject) => {
      const orders = known
        .filter((one) => one.order.subject === subject && one.arrivesMs <= position.receivedAtMs)
        .map(({ order }) => order);
      const forbids = orderIn(orders, position.atMs)?.conditions.noContactWith?.some(
        (key) => key === position.subject,
      );
      return forbids
        ? [contactPosition(batchOf([position]), 0, { subject, of: position.subject })]
        : [];
    });
  };
}
