import { describe, expect, test } from 'vitest';
import { arrivalSchema, type FrameFact } from '../../core/observation.ts';
import type { SourceKind } from '../../core/source.ts';
import { isSubjectKey, isIdentity } from '../../core/subject.ts';
import { INVENTED_PLACES } from '../../datasets/places.ts';
import { distanceM, type LngLat } from '../../core/geo.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { createOrders } from './orders.ts';
import { createRecordedBases } from './recorded-bases.ts';
import type { Person } from './person.ts';
import { areas, cityOf, START_MS } from './platform.fixture.ts';
import { createPopulation } from './population.ts';

const OPTIONS = { seed: 'test', size: 10_000, bracelets: 300 };
const { persons, terminals, aliases } = createPopulation(OPTIONS, areas);
const cc = persons.filter(({ category }) => category === 'cc');
const ra = persons.filter(({ category }) => category === 'ra');
const share = (part: readonly Person[], whole: readonly Person[]) => part.length / whole.length;

describe('the population', () => {
  test('is the same for the same seed and another for another', () => {
    expect(createPopulation(OPTIONS, areas)).toEqual({ persons, terminals, aliases });
    const other = createPopulation({ ...OPTIONS, seed: 'other', size: 100 }, areas);
    expect(other.persons[0]?.key).not.toBe(persons[0]?.key);
  });

  test.each([
    ['community corrections', share(cc, persons), 0.27],
    [
      'key persons under resettlement',
      share(
        ra.filter(({ group }) => group === 'key'),
        ra,
      ),
      0.12,
    ],
    [
      'without support',
      share(
        ra.filter((person) => person.withoutSupport),
        ra,
      ),
      0.02,
    ],
    [
      'suspended sentences',
      share(
        cc.filter(({ correction }) => correction === 'suspended-sentence'),
        cc,
      ),
      0.91,
    ],
    [
      'phone or bracelet among corrections',
      share(
        cc.filter(({ reporting }) => reporting),
        cc,
      ),
      0.7,
    ],
    [
      'travel opened for key persons',
      share(
        ra.filter(({ group, travelIsOpen }) => group === 'key' && travelIsOpen),
        ra.filter(({ group }) => group === 'key'),
      ),
      0.4,
    ],
    [
      'Xuanhan',
      share(
        persons.filter(({ county }) => county === '511722'),
        persons,
      ),
      0.18,
    ],
    [
      'Wanyuan',
      share(
        persons.filter(({ county }) => county === '511781'),
        persons,
      ),
      0.075,
    ],
  ])('has its share of %s', (_, actual, expected) => {
    expect(Math.abs(actual - expected)).toBeLessThan(0.1 * expected + 0.01);
  });

  test('goes by keys that are all different and are no identity', () => {
    expect(new Set(persons.map(({ key }) => key)).size).toBe(persons.length);
    for (const { key } of persons) {
      expect(key).toMatch(/^DZ-[2-9A-HJKMNP-TV-Z]{6}$/);
      expect(isSubjectKey(key)).toBe(true);
    }
  });

  test('wears as many bracelets as asked for, each known by a number no operator gives out', () => {
    expect(terminals).toHaveLength(300);
    expect(new Set(terminals.map(({ number }) => number)).size).toBe(300);
    for (const { number, person, index } of terminals) {
      expect(number).toMatch(/^0990\d{8}$/);
      expect(isIdentity(number.slice(1))).toBe(false);
      expect(persons[person]?.reporting).toMatchObject({ by: 'bracelet', intervalMs: 60_000 });
      expect(aliases.get(`terminal:${number}`)).toBe(persons[person]?.key);
      expect(terminals[index]?.number).toBe(number);
    }
    expect(new Set(terminals.map(({ model }) => model)).size).toBe(2);
  });

  test('lives and spends its days at least 400 m inside its county', () => {
    const wrong = persons.filter(({ county, days }) => {
      if (!days) return false;
      const zone = areas.zoneOf(days.commutesTo ? [county, days.commutesTo].sort() : [county]);
      const places = [days.home, ...days.haunts.flatMap(({ route }) => route.points)];
      const homeM = areas.zoneOf([county]).signedDistanceM(...days.home, 400);
      return homeM < 400 || places.some((at) => zone.signedDistanceM(...at, 400) < 400);
    });
    expect(wrong).toEqual([]);
  });

  test('keeps away from venues that may be closed to somebody', () => {
    const venues = INVENTED_PLACES.filter(({ kind }) => kind === 'venue');
    const ends = persons.flatMap(({ days }) =>
      days ? [days.home, ...days.haunts.map(({ route }) => route.points.at(-1) as LngLat)] : [],
    );
    const tooNear = ends.filter((end) =>
      venues.some((venue) => distanceM(...venue.at, ...end) < 399),
    );
    expect(tooNear).toEqual([]);
    const closed = new Set(persons.flatMap(({ prohibitedZones }) => prohibitedZones));
    expect(closed.size).toBeGreaterThan(10);
    expect(venues.map(({ id }) => id)).toEqual(expect.arrayContaining([...closed]));
  });

  test('a small population works too', () => {
    const city = cityOf({ size: 20, bracelets: 5 });
    expect(city.population.persons).toHaveLength(20);
    expect(city.frame().length).toBeGreaterThanOrEqual(20);
  });
});

describe('the orders', () => {
  const orders = createOrders(persons, { seed: 'test', startAtMs: START_MS });

  test('are valid arrivals, one for everyone', () => {
    const sample = [...orders, ...recorded].filter((_, i) => i % 9 === 0);
    expect(sample.map((order) => arrivalSchema.parse(order))).toEqual(sample);
    expect(new Set(orders.map(({ subject }) => subject)).size).toBe(persons.length);
  });

  const inForce = new Map(
    orders
      .filter(({ fromMs, untilMs }) => fromMs <= START_MS && START_MS < untilMs)
      .map((order) => [order.subject, order]),
  );
  const recorded = createRecordedBases(persons, { seed: 'test', startAtMs: START_MS });
  const book = createOrderBook(
    [...orders, ...recorded].map((fact, i) => ({
      ...fact,
      id: `${i}`,
      receivedAtMs: fact.atMs,
    })) as FrameFact[],
  );
  const opens = (person: Person, source: string) =>
    book.basisAt(person.key, source as SourceKind, START_MS) !== undefined;

  test('are in force at the start', () => {
    expect(inForce.size).toBe(persons.length);
  });

  test('open a device only for who carries it', () => {
    const wrong = persons.filter(
      (person) =>
        opens(person, 'bracelet') !== (person.reporting?.by === 'bracelet') ||
        opens(person, 'phone') !== (person.reporting?.by === 'phone'),
    );
    expect(wrong).toEqual([]);
  });

  test('open no movement source for resettlement, but for some key persons', () => {
    const movement = [
      'phone',
      'bracelet',
      'rail',
      'air',
      'coach',
      'lodging',
      'motorway',
      'station',
    ];
    const open = ra.map((person) => movement.filter((source) => opens(person, source)).join(' '));
    const wanted = ra.map(({ group, travelIsOpen }) =>
      group === 'key' && travelIsOpen ? 'rail air coach lodging' : '',
    );
    expect(open).toEqual(wanted);
  });

  test('cite article 29 for bracelets, for less than three months', () => {
    const worn = recorded.filter(({ sources }) => sources.includes('bracelet'));
    expect(worn.length).toBeGreaterThan(0);
    for (const basis of worn) {
      expect(basis.article).toBe('《中华人民共和国社区矫正法》第二十九条');
      expect(basis.untilMs - basis.fromMs).toBeLessThan(90 * 86_400_000);
      expect(basis.documentNumber).toMatch(/^（20\d\d）川17监\d{6}号-演示$/);
    }
  });

  test('the area is the county for corrections and the city for resettlement', () => {
    for (const { category, county, area } of orders) {
      expect(area).toEqual(category === 'cc' ? [county] : ['511700']);
    }
  });
});
