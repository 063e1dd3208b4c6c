// When a rule counts: windows of local time. Asked for the stretch around an instant, so that a hot path
// asks once and remembers until the stretch is over.

import { dayOf, weekdayOf, type Calendar } from '../core/calendar.ts';
import { UserError } from '../core/errors.ts';
import { DAY_MS, MINUTE_MS, startOfLocalDay } from '../core/local-time.ts';
import { text } from '../core/text.ts';
import type { ScheduleParams } from './kinds/zone-params.ts';
import type { Pack } from './rule.ts';

/** Half-open, as long as the answer stays the same; infinite where it never changes again. */
export type Span = { readonly active: boolean; readonly fromMs: number; readonly untilMs: number };

export type Schedule = { spanAt(atMs: number): Span };

type Window = { readonly fromMs: number; readonly untilMs: number };

/** How far a span is followed before it counts as endless. */
const DAYS_MAX = 800;

/**
 * The schedule of a rule. A window spanning midnight belongs to the day it begins on. Throws UserError
 * `rule-invalid` when it asks for workdays or holidays and no calendar is given.
 */
export function createSchedule(
  params: ScheduleParams,
  pack: Pick<Pack, 'keyPeriods'> & { readonly calendar: Calendar | undefined },
): Schedule {
  const isDay = dayFilter(params.days, pack.calendar);
  const { keyPeriods } = params;
  const periods = keyPeriods
    ? united(
        pack.keyPeriods
          .filter(({ id }) => keyPeriods === 'all' || keyPeriods.includes(id))
          .map(({ from, until }) => ({ fromMs: from, untilMs: until })),
      )
    : [{ fromMs: -Infinity, untilMs: Infinity }];
  if (!params.daily && !params.days) {
    return remembering((atMs) => around(atMs, { windows: periods, knownFromMs: -Infinity }));
  }
  const daily = params.daily ? dailyMs(params.daily) : ([0, DAY_MS] as const);
  return remembering((atMs) =>
    around(atMs, {
      windows: windowsWithin(periods, { isDay, daily, atMs }),
      knownFromMs: startOfLocalDay(atMs),
    }),
  );
}

/** A window of the same times every day, as in a curfew. */
export const dailySchedule = (daily: { from: string; until: string }): Schedule =>
  createSchedule({ daily }, { calendar: undefined, keyPeriods: [] });

function dayFilter(
  days: ScheduleParams['days'],
  calendar: Calendar | undefined,
): (atMs: number) => boolean {
  if (days === undefined) return () => true;
  if (typeof days === 'object') return (atMs) => days.includes(weekdayOf(dayOf(atMs)));
  if (!calendar) {
    throw new UserError(
      'rule-invalid',
      text('时段规则需要工作日历', 'a schedule of workdays needs a calendar, and none is given'),
    );
  }
  if (days === 'workdays') return (atMs) => calendar.isWorkday(dayOf(atMs));
  if (days === 'rest-days') return (atMs) => !calendar.isWorkday(dayOf(atMs));
  return (atMs) => calendar.isHoliday(dayOf(atMs));
}

function dailyMs({ from, until }: { from: string; until: string }): [number, number] {
  const [fromMs, untilMs] = [clockMs(from), clockMs(until)];
  return [fromMs, untilMs > fromMs ? untilMs : untilMs + DAY_MS];
}

const clockMs = (clock: string): number =>
  (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * MINUTE_MS;

/** Overlapping and touching windows made one, by start. */
function united(windows: readonly Window[]): Window[] {
  const out: { fromMs: number; untilMs: number }[] = [];
  for (const { fromMs, untilMs } of windows.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = out.at(-1);
    if (last && fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs);
    else out.push({ fromMs, untilMs });
  }
  return out;
}

/** The daily windows inside the periods, by start, from those that began the day before `atMs`. */
function* windowsWithin(
  periods: readonly Window[],
  about: {
    isDay: (atMs: number) => boolean;
    daily: readonly [number, number];
    atMs: number;
  },
): Generator<Window> {
  const [fromMs, untilMs] = about.daily;
  const firstMs = startOfLocalDay(about.atMs) - DAY_MS;
  for (const period of periods) {
    if (period.untilMs <= firstMs) continue;
    const startMs = Math.max(firstMs, startOfLocalDay(Math.max(period.fromMs, 0)) - DAY_MS);
    const endMs = Math.min(period.untilMs, startMs + DAYS_MAX * DAY_MS);
    for (let midnight = startMs; midnight < endMs; midnight += DAY_MS) {
      if (!about.isDay(midnight)) continue;
      const window = {
        fromMs: Math.max(midnight + fromMs, period.fromMs),
        untilMs: Math.min(midnight + untilMs, period.untilMs),
      };
      if (window.fromMs < window.untilMs) yield window;
    }
  }
}

/** The span around an instant, from windows in order of their start; touching windows are one. */
function around(
  atMs: number,
  { windows, knownFromMs }: { windows: Iterable<Window>; knownFromMs: number },
): Span {
  let active: { fromMs: number; untilMs: number } | undefined;
  let endedMs = knownFromMs;
  for (const { fromMs, untilMs } of windows) {
    if (active) {
      if (fromMs > active.untilMs) return { active: true, ...active };
      active.untilMs = Math.max(active.untilMs, untilMs);
    } else if (untilMs <= atMs) {
      endedMs = Math.max(endedMs, untilMs);
    } else if (fromMs > atMs) {
      return { active: false, fromMs: endedMs, untilMs: fromMs };
    } else {
      active = { fromMs, untilMs };
    }
  }
  if (!active) return { active: false, fromMs: endedMs, untilMs: Infinity };
  // Followed as far as windows are, without an end in sight.
  const isEndless = active.untilMs >= atMs + (DAYS_MAX - 3) * DAY_MS;
  return { active: true, fromMs: active.fromMs, untilMs: isEndless ? Infinity : active.untilMs };
}

/** Keeps the last two answers: instants asked about come nearly in order, around the end of a span. */
function remembering(spanOf: (atMs: number) => Span): Schedule {
  let last = NEVER;
  let before = NEVER;
  return {
    spanAt(atMs) {
      if (atMs >= last.fromMs && atMs < last.untilMs) return last;
      const next = atMs >= before.fromMs && atMs < before.untilMs ? before : spanOf(atMs);
      before = last;
      last = next;
      return last;
    },
  };
}

const NEVER: Span = { active: false, fromMs: Infinity, untilMs: -Infinity };
