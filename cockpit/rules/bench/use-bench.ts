// What is on the bench, and what the rule says about it. The server runs the real engine after every change;
// nothing of it is kept there.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Bench, Benched, BenchPoint } from '../../../app/api/bench.ts';
import { parseInstant } from '../../../core/local-time.ts';
import type { SubjectClass } from '../../../core/order.ts';
import { regionCode } from '../../../core/region.ts';
import { subjectKey } from '../../../core/subject.ts';
import { postJson } from '../../shared/api.ts';
import type { Pace } from './draw-track.ts';

export type BenchPerson = {
  readonly class: SubjectClass;
  readonly county: string;
  readonly source: 'phone' | 'bracelet';
  readonly onLeave: boolean;
  /** At home around the first point between these times. */
  readonly curfew: { readonly from: string; readonly until: string } | undefined;
  readonly closedZone: string | undefined;
};

export type PastDay = { readonly subject: string; readonly date: string };

/** A Monday without a holiday: the day tests in rule files have when they name none. */
const FIRST_MS = parseInstant('2026-03-02 08:00') as number;
const HOME_RADIUS_M = 300;
const HOUR_MS = 3_600_000;

export type BenchState = ReturnType<typeof useBenchState>;

/** Kept by the page of the rule, so that it is still there after a look at the rule. */
export function useBenchState() {
  const [way, setWay] = useState<'drawn' | 'past'>('drawn');
  const [points, setPoints] = useState<readonly BenchPoint[]>([]);
  const [pace, setPace] = useState<Pace>({ startAtMs: FIRST_MS, speedKmh: 30 });
  const [watchHours, setWatchHours] = useState(0);
  const [past, setPast] = useState<PastDay>();
  const [person, setPerson] = useState<BenchPerson>({
    class: 'cc',
    county: '511722',
    source: 'phone',
    onLeave: false,
    curfew: undefined,
    closedZone: undefined,
  });
  return {
    way,
    setWay,
    points,
    setPoints,
    pace,
    setPace,
    watchHours,
    setWatchHours,
    past,
    setPast,
    person,
    setPerson,
  };
}

/** Asks what the text of the rule says about what is on the bench. */
export function useBenched(ruleId: string, text: string, bench: BenchState) {
  const asked = askedOf(text, bench);
  return useQuery({
    queryKey: ['rules', 'bench', ruleId, asked],
    queryFn: () => postJson<Benched>(`/api/rules/${encodeURIComponent(ruleId)}/bench`, asked),
    enabled: asked !== undefined,
    // While the answer is on its way the last one stays, if it was about the same kind of track.
    placeholderData: (before: Benched | undefined, query) =>
      (query?.queryKey[3] as Bench | undefined)?.track.kind === asked?.track.kind
        ? before
        : undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
}

function askedOf(text: string, bench: BenchState): Bench | undefined {
  const { way, points, person, watchHours, past } = bench;
  if (way === 'past') {
    if (!past) return undefined;
    return { text, track: { kind: 'past', subject: subjectKey(past.subject), date: past.date } };
  }
  const [first] = points;
  if (!first) return undefined;
  const { curfew, closedZone, county, ...rest } = person;
  const home = { lng: first.lng, lat: first.lat, radiusM: HOME_RADIUS_M };
  return {
    text,
    track: {
      kind: 'drawn',
      person: {
        ...rest,
        county: regionCode(county),
        conditions: {
          ...(curfew ? { curfew: { ...curfew, home } } : {}),
          ...(closedZone === undefined ? {} : { prohibitedZones: [closedZone] }),
        },
      },
      points: [...points],
      watchMs: Math.round(watchHours * HOUR_MS),
    },
  };
}
