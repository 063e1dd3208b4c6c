// Random small worlds for zone rules: a few odd shapes, one rule of any form, one person who wanders
// about them with all that real fixes have: errors, gaps, late arrivals, leaves, changes of the order.

import { leaveFact, orderFact } from '../core/order.fixture.ts';
import type { LngLat } from '../core/geo.ts';
import { localClock } from '../core/local-time.ts';
import { observationSchema, type Position } from '../core/observation.ts';
import { polygonMistake } from '../core/polygon-check.ts';
import { PolygonZone } from '../core/polygon-zone.ts';
import { positionId } from '../core/position-batch.ts';
import { createRandom, type Random } from '../core/random.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { compileRule } from './compile.ts';
import type { EngineInput } from './engine.ts';
import type { Areas } from './frame.ts';
import { packSchema, ruleSchema, type RuleOf } from './rule.ts';
import type { Rulebook } from './rulebook.ts';
import { batchOf } from './claim-inputs.ts';
import { inDaily, type OracleEvent, type OracleWorld, type Shape } from './zone-oracle.fixture.ts';
import { dayOf, weekdayOf, WEEKDAYS, withChanges, type Calendar } from '../core/calendar.ts';

/** A Saturday worked for Spring Festival, then a plain Sunday: 2026-02-14 at 16:00 in China. */
export const WORLD_START_MS = Date.UTC(2026, 1, 14, 8);
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const CENTRE: LngLat = [107.5, 31.2];
const KM = 1 / 100;

export type ZoneWorld = {
  readonly rulebook: Rulebook;
  readonly areas: Areas;
  readonly calendar: Calendar;
  readonly events: readonly (OracleEvent & { arrivesMs: number })[];
  readonly oracle: OracleWorld;
};

export function createZoneWorld(seed: number): ZoneWorld {
  const random = createRandom(`zone world ${seed}`);
  const fromMs = WORLD_START_MS;
  const minutes = 60 + random.int(900);
  const untilMs = fromMs + minutes * MINUTE;
  const area = polygonOf(random, 3);
  const zones = Array.from({ length: 1 + random.int(3) }, (_, index) => ({
    id: `zone-${index}`,
    title: { zh: '区', en: 'zone' },
    kind: random.pick(['venue', 'venue', 'other']),
    ...shapeOf(random),
  }));
  const pack = packSchema.parse({
    id: 'test',
    title: { zh: '测试', en: 'test' },
    zones,
    keyPeriods: [
      {
        id: 'period',
        title: { zh: '时段', en: 'period' },
        from: `2026-02-14 ${clockAt(fromMs + (20 + random.int(200)) * MINUTE)}`,
        until: '2026-02-15 01:30',
      },
    ],
    calendar: random.chance(0.2) ? [{ date: '2026-02-14', works: false, name: '改' }] : [],
  });
  const level = random.pick([1, 2, 3, undefined] as const);
  const rule = ruleSchema.parse({
    id: 'zone-rule',
    number: 1,
    status: 'active',
    title: { zh: '测试', en: 'test' },
    owner: '测试',
    // Only people in corrections live here: without a level of their own they are ungraded.
    who: ['cc', 'raKey'],
    level: level === undefined ? { raKey: 2 } : { cc: level },
    article: { cc: '测试', raKey: '测试' },
    duty: { zh: '测试', en: 'test' },
    kind: 'zone',
    ...paramsOf(random, zones),
    tests: [
      {
        name: 'fires',
        person: { class: 'cc' },
        steps: [NOTHING],
        expect: [{ time: '08:00', raised: 2 }],
      },
      { name: 'does not', person: { class: 'cc' }, steps: [NOTHING], expect: [] },
    ],
  }) as RuleOf<'zone'>;
  const { schedule } = rule.params;
  const calendar = withChanges(country, pack.calendar);
  const inDays = (atMs: number) => {
    const days = schedule?.days;
    if (days === undefined) return true;
    if (days === 'workdays') return calendar.isWorkday(dayOf(atMs));
    if (days === 'rest-days') return !calendar.isWorkday(dayOf(atMs));
    if (days === 'holidays') return calendar.isHoliday(dayOf(atMs));
    return days.includes(weekdayOf(dayOf(atMs)));
  };
  const inWindow = (atMs: number) => {
    const daily = schedule?.daily;
    if (!daily) return inDays(atMs);
    if (!inDaily(atMs, daily)) return false;
    const spans = daily.from >= daily.until;
    return inDays(spans && clockAt(atMs) < daily.until ? atMs - DAY : atMs);
  };
  const inPeriod = (atMs: number) =>
    pack.keyPeriods.some((period) => period.from <= atMs && atMs < period.until);
  return {
    rulebook: { pack, rules: [compileRule(rule, pack, rule)], version: 'test', sources: {} },
    areas: { zoneOf: () => new PolygonZone(closed(area)) },
    calendar: country,
    events: eventsOf(random, { fromMs, minutes, zones: zones.map(({ id }) => id) }),
    oracle: {
      params: rule.params,
      gradeOf: () => ({ level }),
      excusedByLeave: rule.exceptions.includes('leave'),
      areaOf: () => [{ polygon: area }],
      zones,
      inSchedule: (atMs) => inWindow(atMs) && (!schedule?.keyPeriods || inPeriod(atMs)),
      fromMs: fromMs - DAY,
      untilMs: untilMs + 2 * DAY,
    },
  };
}

const country = createChinaCalendar();

const NOTHING = { time: '08:00', nothing: true };

const clockAt = (atMs: number): string => localClock(atMs);

function paramsOf(random: Random, zones: readonly { id: string; kind: string }[]) {
  const relation = random.pick(['outside', 'inside', 'enter', 'exit'] as const);
  const wantsInside = relation === 'inside' || relation === 'enter';
  const zone = random.pick([
    'order-area',
    'home',
    'prohibited',
    { ids: [random.pick(zones).id] },
    { kind: random.pick(zones).kind },
  ] as const);
  const hasSchedule = zone !== 'home' && random.chance(0.5);
  const clock = () => clockAt(WORLD_START_MS + random.int(48) * 30 * MINUTE);
  const daily = { from: clock(), until: clock() };
  const schedule = {
    ...(random.chance(0.7) && daily.from !== daily.until ? { daily } : {}),
    ...(random.chance(0.3)
      ? {
          days: random.pick([
            'workdays' as const,
            'rest-days' as const,
            'holidays' as const,
            [random.pick(WEEKDAYS), 'saturday' as const],
          ]),
        }
      : {}),
    ...(random.chance(0.3) ? { keyPeriods: random.pick(['all' as const, ['period']]) } : {}),
  };
  const scheduled = hasSchedule && Object.keys(schedule).length > 0;
  const kinds = ['gnss', 'wifi', 'cell', 'check-in'] as const;
  return {
    ...(!wantsInside && random.chance(0.5) ? { exceptions: ['leave'] } : {}),
    params: {
      zone,
      relation,
      fixesMin: 1 + random.int(4),
      [wantsInside ? 'insideFor' : 'outsideFor']: `${1 + random.int(20)}m`,
      marginM: random.int(100),
      rearmM: random.int(150),
      clearFixesMin: 1 + random.int(3),
      fixKinds: random.chance(0.5)
        ? [...kinds]
        : kinds.filter(() => random.chance(0.6)).concat('gnss'),
      leaveGrace: `${random.int(20)}m`,
      ...(scheduled ? { schedule } : {}),
      ...(scheduled || zone === 'home' ? { freshFor: `${random.int(45)}m` } : {}),
      ...(relation === 'enter' && random.chance(0.6) ? { crossing: true } : {}),
    },
  };
}

/** A star-shaped polygon of up to eight corners around a place near the centre; open rings. */
function polygonOf(random: Random, kmMax: number): LngLat[][] {
  for (;;) {
    const [lng, lat] = near(random, 1.5);
    const corners = 3 + random.int(6);
    const ring = Array.from({ length: corners }, (_, i): LngLat => {
      const angle = (2 * Math.PI * (i + random.next() * 0.8)) / corners;
      const radius = (0.15 + random.next() * kmMax) * KM;
      return [round(lng + radius * Math.cos(angle)), round(lat + radius * Math.sin(angle))];
    });
    if (polygonMistake([ring]) === undefined) return [ring];
  }
}

const shapeOf = (random: Random): Shape => {
  if (random.chance(0.5)) return { polygon: polygonOf(random, 1.5) };
  const [lng, lat] = near(random, 2);
  return { circle: { lng, lat, radiusM: 80 + random.int(1_500) } };
};

const near = (random: Random, km: number): LngLat => [
  round(CENTRE[0] + (random.next() - 0.5) * 2 * km * KM),
  round(CENTRE[1] + (random.next() - 0.5) * 2 * km * KM),
];

const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

const closed = (rings: readonly LngLat[][]): LngLat[][] =>
  rings.map((ring) => [...ring, ring[0] as LngLat]);

function eventsOf(
  random: Random,
  { fromMs, minutes, zones }: { fromMs: number; minutes: number; zones: readonly string[] },
): (OracleEvent & { arrivesMs: number })[] {
  const events: (OracleEvent & { arrivesMs: number })[] = [];
  const homes = [near(random, 1.5), near(random, 1.5)];
  const conditionsNow = () => ({
    ...(random.chance(0.9)
      ? {
          curfew: {
            from: random.pick(['17:00', '20:30', '22:00']),
            until: random.pick(['18:00', '23:30', '06:00']),
            home: {
              lng: (homes[0] as LngLat)[0],
              lat: random.pick(homes)[1],
              radiusM: random.pick([300, 900]),
            },
          },
        }
      : {}),
    prohibitedZones: zones.filter(() => random.chance(0.7)),
  });
  const endsMs = fromMs + (random.chance(0.3) ? random.int(minutes) : minutes + 600) * MINUTE;
  const order = (atMs: number, action: string, untilMs = endsMs) =>
    orderFact('P', { atMs, action, fromMs, untilMs, conditions: conditionsNow() });
  events.push({ order: order(fromMs, 'start'), arrivesMs: fromMs });
  let [lng, lat] = near(random, 2);
  let nowMs = fromMs;
  let newestMs = fromMs;
  while (nowMs < fromMs + minutes * MINUTE) {
    nowMs += Math.round((0.3 + random.next() * (random.chance(0.05) ? 60 : 4)) * 60) * 1_000;
    const dice = random.next();
    if (dice < 0.012) {
      const action = random.pick(['change', 'change', 'renew', 'end']);
      const untilMs = action === 'renew' ? endsMs + 120 * MINUTE : endsMs;
      events.push({ order: order(nowMs, action, untilMs), arrivesMs: nowMs });
    } else if (dice < 0.03) {
      const leave = leaveFact('P', {
        atMs: nowMs,
        leaveId: `leave-${nowMs}`,
        regions: [random.pick(['511723', '510100'])],
        transitMs: random.int(3) * 5 * MINUTE,
        fromMs: nowMs - random.int(20) * MINUTE,
        untilMs: nowMs + (5 + random.int(90)) * MINUTE,
      });
      events.push({ leave, arrivesMs: nowMs });
    } else {
      if (random.chance(0.08)) [lng, lat] = near(random, 4);
      lng = round(lng + random.normal() * 0.2 * KM);
      lat = round(lat + random.normal() * 0.2 * KM);
      const late = newestMs > fromMs && random.chance(0.12);
      const atMs = late ? newestMs - 1_000 * (1 + random.int(2_400)) : nowMs;
      newestMs = Math.max(newestMs, atMs);
      events.push({
        position: fixAt(random, { lng, lat, atMs, receivedAtMs: nowMs }),
        arrivesMs: nowMs,
      });
    }
  }
  return events;
}

function fixAt(
  random: Random,
  at: { lng: number; lat: number; atMs: number; receivedAtMs: number },
): Position {
  const place = {
    ...at,
    source: random.pick(['phone/a', 'bracelet/b']),
    subject: 'P',
    sequence: 0,
  };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    accuracyM: random.int(random.chance(0.2) ? 900 : 60),
    fix: random.pick(['gnss', 'gnss', 'wifi', 'cell', 'cell', 'check-in']),
    labels: random.chance(0.06) ? [random.pick(['noFix', 'staleFix', 'blindZone'])] : [],
    ...(random.chance(0.8) ? { region: random.pick(['511722', '511723']) } : {}),
  }) as Position;
}

/** The events as log records, cut at random; each with the watermark before its first event. */
export function recordsOfWorld(world: ZoneWorld, cutSeed: number): EngineInput[] {
  const random = createRandom(`cut ${cutSeed}`);
  const records: EngineInput[] = [];
  let positions: Position[] = [];
  let watermarkMs = 0;
  const flush = () => {
    if (positions.length > 0) records.push({ watermarkMs, positions: batchOf(positions) });
    positions = [];
  };
  for (const event of world.events) {
    if (positions.length === 0) watermarkMs = event.arrivesMs - 1;
    if ('position' in event) positions.push(event.position);
    else {
      flush();
      const fact = 'order' in event ? event.order : event.leave;
      records.push({ watermarkMs: event.arrivesMs - 1, facts: [fact] });
    }
    if (random.chance(0.3)) flush();
  }
  flush();
  records.push({ watermarkMs: world.oracle.untilMs });
  return records;
}
