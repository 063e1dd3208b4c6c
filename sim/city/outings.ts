// The outings of a person's day: when one leaves home, for which haunt, and when one is back. A pure
// function of person and day; everybody is at home when the first outing of a day begins.

import { DAY_MS, MINUTE_MS } from '../../core/local-time.ts';
import type { Chance } from './chance.ts';
import type { Haunt, Person } from './person.ts';

export type Outing = {
  readonly haunt: Haunt;
  readonly departMs: number;
  readonly arriveMs: number;
  readonly leaveMs: number;
  readonly backMs: number;
};

/** A wish to be somewhere between two minutes of the day. */
type Stay = {
  readonly kind: Haunt['kind'];
  readonly from: number;
  readonly until: number;
};

const HOUR = 60;
/** People with a night curfew are home this many minutes into the day, half an hour before it begins. */
const CURFEW_HOME_BY = 21.5 * HOUR;
/** Between two outings one is at home at least so long. */
const HOME_MIN_MS = 10 * MINUTE_MS;

/**
 * Outings that begin on the day that starts at `dayStartMs` (local midnight), in order. The last may end
 * in the small hours of the next day, before any outing of that day begins.
 */
export function outingsOf(person: Person, dayStartMs: number, chance: Chance): Outing[] {
  const { days } = person;
  if (!days || days.haunts.length === 0) return [];
  const outings: Outing[] = [];
  let freeMs = dayStartMs;
  for (const stay of staysOf(person, dayStartMs, chance)) {
    const haunt = days.haunts.find(({ kind }) => kind === stay.kind);
    if (!haunt) continue;
    const wayMs = (haunt.route.lengthM / (haunt.speedKmh / 3.6)) * 1_000;
    const departMs = Math.round(dayStartMs + stay.from * MINUTE_MS - wayMs);
    const leaveMs = Math.round(dayStartMs + stay.until * MINUTE_MS);
    const backMs = Math.round(leaveMs + wayMs);
    const homeByMs = dayStartMs + CURFEW_HOME_BY * MINUTE_MS;
    if (departMs < freeMs || (person.curfew && backMs > homeByMs)) continue;
    outings.push({ haunt, departMs, arriveMs: Math.round(departMs + wayMs), leaveMs, backMs });
    freeMs = backMs + HOME_MIN_MS;
  }
  return outings;
}

function staysOf({ index, days }: Person, dayStartMs: number, chance: Chance): Stay[] {
  const day = Math.round(dayStartMs / DAY_MS);
  /** 1970-01-01 was a Thursday; 0 is Monday. */
  const weekday = (day + 3) % 7;
  const draw = (n: number) => chance.unit('outing', index, day * 16 + n);
  const about = (hour: number, spreadHours: number, n: number) =>
    (hour + (draw(n) - 0.5) * 2 * spreadHours) * HOUR;
  const evening = (): Stay[] =>
    draw(10) < 0.3
      ? [{ kind: 'leisure', from: about(19.3, 0.5, 11), until: about(21, 0.6, 12) }]
      : [];
  const shopping = (likely: number): Stay[] =>
    draw(13) < likely
      ? [{ kind: 'market', from: about(9.5, 1, 14), until: about(11.2, 0.6, 15) }]
      : [];

  switch (days?.archetype) {
    case 'office-hours':
      return weekday < 5
        ? [{ kind: 'work', from: about(8.4, 0.4, 1), until: about(17.8, 0.5, 2) }, ...evening()]
        : [...shopping(0.6), ...evening()];
    case 'student':
      return weekday < 5
        ? [
            { kind: 'work', from: about(7.6, 0.2, 1), until: about(11.9, 0.1, 2) },
            { kind: 'work', from: about(14.1, 0.2, 3), until: about(17.6, 0.3, 4) },
          ]
        : evening();
    case 'farmer':
      return [
        { kind: 'field', from: about(6.6, 0.5, 1), until: about(8.9, 0.4, 2) },
        ...(draw(13) < 0.35
          ? shopping(1)
          : [{ kind: 'field' as const, from: about(9.8, 0.3, 3), until: about(11.3, 0.3, 4) }]),
        { kind: 'field', from: about(14.8, 0.5, 5), until: about(18.2, 0.5, 6) },
      ];
    case 'unemployed':
      return [
        ...shopping(0.6),
        ...(draw(5) < 0.5
          ? [{ kind: 'leisure' as const, from: about(14.5, 0.7, 6), until: about(17, 0.7, 7) }]
          : []),
        ...evening(),
      ];
    case 'homebound':
      return [
        { kind: 'leisure', from: about(9.5, 0.5, 1), until: about(10.2, 0.1, 2) },
        { kind: 'leisure', from: about(16.5, 0.5, 3), until: about(17.4, 0.2, 4) },
      ];
    case 'shift-work':
      return shiftOf((day + index) % 4, about);
    case undefined:
      return [];
  }
}

/** Early, late, night, free: the night shift ends in the morning of the free day. */
function shiftOf(
  turn: number,
  about: (hour: number, spreadHours: number, n: number) => number,
): Stay[] {
  switch (turn) {
    case 0:
      return [{ kind: 'work', from: about(5.9, 0.1, 1), until: about(14.1, 0.1, 2) }];
    case 1:
      return [{ kind: 'work', from: about(13.9, 0.1, 1), until: about(22.1, 0.1, 2) }];
    case 2:
      return [{ kind: 'work', from: about(21.9, 0.1, 1), until: about(30.1, 0.1, 2) }];
    default:
      return [{ kind: 'leisure', from: about(15, 1, 1), until: about(17.5, 1, 2) }];
  }
}
