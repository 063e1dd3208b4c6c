// The legal frame of everyone as the bureaus' register would state it: one order each, with the bases
// that open sources. What is neither opened here nor recorded beside it (recorded-bases.ts) the gate of ingest
// must refuse.

import { CHINA_OFFSET_MS, DAY_MS, startOfLocalDay } from '../../core/local-time.ts';
import type { ArrivalOf } from '../../core/observation.ts';
import type { Basis } from '../../core/order.ts';
import { createRandom, type Random } from '../../core/random.ts';
import type { RegionCode } from '../../core/region.ts';
import type { SourceKind } from '../../core/source.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { ARTICLES, countyBureau, paperNumber } from './law.ts';
import type { Person } from './person.ts';
import { areaOf } from './population.ts';

/** The register of cases everything legal comes from. */
export const REGISTER_SOURCE = 'case/register';

const TRAVEL: readonly SourceKind[] = ['rail', 'air', 'coach', 'lodging', 'motorway', 'station'];

const CC_AGE_DAYS: readonly [number, number] = [30, 700];
const CC_REST_DAYS: readonly [number, number] = [20, 900];
const RA_AGE_DAYS: readonly [number, number] = [30, 1_500];
const RA_YEARS = 5;
const HOME_RADIUS_M = 300;

type OrderArrival = ArrivalOf<'order'>;

export type OrderOptions = { readonly seed: string; readonly startAtMs: number };

/** The orders of everyone in force at the start of the run, by person. */
export function createOrders(
  persons: readonly Person[],
  { seed, startAtMs }: OrderOptions,
): OrderArrival[] {
  const todayMs = startOfLocalDay(startAtMs);
  return persons.map((person) =>
    orderOf(person, todayMs, createRandom(`order ${seed} ${person.index}`)),
  );
}

function orderOf(person: Person, todayMs: number, random: Random): OrderArrival {
  const days = ([from, until]: readonly [number, number]) => from + random.int(until - from);
  const isCc = person.category === 'cc';
  const fromMs = epochMs(todayMs - days(isCc ? CC_AGE_DAYS : RA_AGE_DAYS) * DAY_MS);
  const untilMs = epochMs(
    isCc ? todayMs + days(CC_REST_DAYS) * DAY_MS : fromMs + RA_YEARS * 365 * DAY_MS,
  );
  const bases = isCc
    ? correctionBases(person, { fromMs, untilMs })
    : resettlementBases(person, { fromMs, untilMs });
  return {
    kind: 'order',
    subject: person.key,
    atMs: fromMs,
    source: REGISTER_SOURCE,
    sequence: 0,
    action: 'start',
    orderId: `order-${person.key}`,
    category: person.category,
    group: person.group,
    withoutSupport: person.withoutSupport,
    ...(person.correction ? { correction: person.correction } : {}),
    county: person.county,
    area: [...areaOf(person)],
    conditions: conditionsOf(person),
    bases,
    fromMs,
    untilMs,
  };
}

type Span = { readonly fromMs: EpochMs; readonly untilMs: EpochMs };

function correctionBases(person: Person, span: Span): Basis[] {
  const paper = papersOf(person);
  const seen: SourceKind[] =
    person.reporting?.by === 'phone' ? ['roll-call', 'phone'] : ['roll-call'];
  return [
    paper('oversight', ARTICLES.oversight, seen, span),
    paper('notification', ARTICLES.notification, ['custody', 'incident'], span),
    ...(person.travelIsOpen ? [paper('travel', ARTICLES.leaving, TRAVEL, span)] : []),
  ];
}

/** No movement source is open for resettlement, but by a recorded basis of its own. */
const resettlementBases = (person: Person, span: Span): Basis[] => [
  papersOf(person)('notification', ARTICLES.resettlement, ['custody', 'incident'], span),
];

const SERIES = { oversight: '矫', notification: '通', travel: '协' } as const;

const papersOf =
  (person: Person) =>
  (
    name: keyof typeof SERIES,
    article: string,
    sources: readonly SourceKind[],
    span: Span,
  ): Basis => ({
    id: `${name}-${person.key}`,
    article,
    documentNumber: paperNumber(yearOf(span.fromMs), SERIES[name], person.index),
    approvedBy: countyBureau(person.county),
    sources: [...sources],
    ...span,
  });

function conditionsOf({
  curfew,
  days,
  prohibitedZones,
  noContactWith,
}: Person): OrderArrival['conditions'] {
  return {
    ...(curfew && days
      ? {
          curfew: {
            ...curfew,
            home: { lng: days.home[0], lat: days.home[1], radiusM: HOME_RADIUS_M },
          },
        }
      : {}),
    ...(prohibitedZones.length > 0 ? { prohibitedZones: [...prohibitedZones] } : {}),
    ...(noContactWith ? { noContactWith: [...noContactWith] } : {}),
  };
}

const yearOf = (atMs: number): number => new Date(atMs + CHINA_OFFSET_MS).getUTCFullYear();

export type LeaveTerms = {
  readonly leaveId: string;
  readonly regions: readonly RegionCode[];
  readonly reason: ArrivalOf<'leave'>['reason'];
  readonly approvedBy: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly transitMs: number;
};

/** An approved leave, recorded in the register at `recordedAtMs`. */
export const leaveArrival = (
  person: Person,
  terms: LeaveTerms,
  recordedAtMs: number,
): ArrivalOf<'leave'> => ({
  kind: 'leave',
  subject: person.key,
  atMs: epochMs(recordedAtMs),
  source: REGISTER_SOURCE,
  sequence: 0,
  action: 'start',
  leaveId: terms.leaveId,
  regions: [...terms.regions],
  transitMs: Math.round(terms.transitMs),
  reason: terms.reason,
  approvedBy: terms.approvedBy,
  documentNumber: paperNumber(yearOf(recordedAtMs), '假', person.index),
  fromMs: epochMs(terms.fromMs),
  untilMs: epochMs(terms.untilMs),
});

/** The person is back and has reported (销假). */
export const reportedBack = (
  leave: ArrivalOf<'leave'>,
  reportedAtMs: number,
): ArrivalOf<'leave'> => ({ ...leave, action: 'end', atMs: epochMs(Math.round(reportedAtMs)) });
