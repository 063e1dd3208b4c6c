// What two persons recorded beside the orders: electronic monitoring of those who wear a bracelet, and for
// some key persons in resettlement each movement source by a paper of its own.

import { CHINA_OFFSET_MS, DAY_MS, startOfLocalDay } from '../../core/local-time.ts';
import type { ArrivalOf } from '../../core/observation.ts';
import { createRandom, type Random } from '../../core/random.ts';
import type { SourceKind } from '../../core/source.ts';
import { epochMs } from '../../core/time.ts';
import type { Span } from './episode.ts';
import { ARTICLES, countyBureau, paperNumber } from './law.ts';
import type { OrderOptions } from './orders.ts';
import type { Person } from './person.ts';
import { areaOf } from './population.ts';

/** Where the product itself records them. */
const BASIS_SOURCE = 'case/bases';

const RA_TRAVEL: readonly SourceKind[] = ['rail', 'air', 'coach', 'lodging'];

/** Just under three months, the most one term of monitoring may last (art. 29). */
const MONITORING_DAYS = 89;
/** Terms that run out soon are left to the script and to demos that run for weeks. */
const AGE_DAYS_MAX = 28;
const RA_TRAVEL_DAYS = 170;

type BasisArrival = ArrivalOf<'basis'>;

/** The recorded bases of everyone in force at the start of the run, by person. */
export function createRecordedBases(
  persons: readonly Person[],
  { seed, startAtMs }: OrderOptions,
): BasisArrival[] {
  const todayMs = startOfLocalDay(startAtMs);
  return persons.flatMap((person) => {
    const random = createRandom(`bases ${seed} ${person.index}`);
    if (person.reporting?.by === 'bracelet') return [monitoringOf(person, todayMs, random)];
    if (person.category !== 'ra' || !person.travelIsOpen) return [];
    const fromMs = agoMs(todayMs, random);
    return RA_TRAVEL.map((source) =>
      paper(person, {
        basisId: `${source}-${person.key}`,
        article: ARTICLES.resettlementTravel,
        documentNumber: paperNumber(yearOf(fromMs), `协${SERIES[source] ?? ''}`, person.index),
        sources: [source],
        fromMs: epochMs(fromMs),
        untilMs: epochMs(fromMs + RA_TRAVEL_DAYS * DAY_MS),
      }),
    );
  });
}

/** A further term of monitoring, recorded after the one before had run out. */
export function monitoringRenewed(
  person: Person,
  { recordedAtMs, days }: { recordedAtMs: number; days: number },
): BasisArrival {
  const basis = monitoringPaper(person, '监延', {
    fromMs: recordedAtMs,
    untilMs: recordedAtMs + days * DAY_MS,
  });
  return { ...basis, action: 'renew' };
}

const SERIES: Partial<Record<SourceKind, string>> = {
  rail: '铁',
  air: '航',
  coach: '客',
  lodging: '宿',
};

function monitoringOf(person: Person, todayMs: number, random: Random): BasisArrival {
  const fittedMs = agoMs(todayMs, random);
  const term = person.monitoring ?? {
    fromMs: fittedMs,
    untilMs: fittedMs + MONITORING_DAYS * DAY_MS,
  };
  return monitoringPaper(person, '监', term);
}

const monitoringPaper = (person: Person, series: string, term: Span): BasisArrival =>
  paper(person, {
    basisId: `monitoring-${person.key}`,
    article: ARTICLES.monitoring,
    documentNumber: paperNumber(yearOf(term.fromMs), series, person.index),
    sources: ['bracelet'],
    ground: 'left-without-leave',
    fromMs: epochMs(Math.round(term.fromMs)),
    untilMs: epochMs(Math.round(term.untilMs)),
  });

const paper = (
  person: Person,
  basis: Pick<
    BasisArrival,
    'basisId' | 'article' | 'documentNumber' | 'sources' | 'ground' | 'fromMs' | 'untilMs'
  >,
): BasisArrival => ({
  kind: 'basis',
  subject: person.key,
  atMs: basis.fromMs,
  source: BASIS_SOURCE,
  sequence: 0,
  action: 'start',
  approvedBy: `${countyBureau(person.county)}负责人`,
  area: [...areaOf(person)],
  recordedBy: 'demo-clerk',
  confirmedBy: 'demo-head',
  ...basis,
});

/** Some days ago, after the youngest orders began. */
const agoMs = (todayMs: number, random: Random): number =>
  todayMs - (2 + random.int(AGE_DAYS_MAX - 2)) * DAY_MS;

const yearOf = (atMs: number): number => new Date(atMs + CHINA_OFFSET_MS).getUTCFullYear();
