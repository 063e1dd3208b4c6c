// The duty roster as the configuration has it, put together for the routes.

import { loadRoster } from '../alerts/roster/load-roster.ts';
import { loadWorkdays } from '../alerts/roster/load-workdays.ts';
import { createRosterDesk } from '../alerts/roster/roster-desk.ts';
import { secretBytes } from '../core/ids.ts';
import { dutyCalendarOf } from './duty-calendar.ts';
import type { Foundation } from './foundation.ts';
import type { RosterRoutesDeps } from './http/roster-routes.ts';

/** What the routes need but the guard. Throws UserError when a file has a mistake. */
export function createRosterDeps(foundation: Foundation): Omit<RosterRoutesDeps, 'guard'> {
  const { config, records, clock, logger, calendar } = foundation;
  const { roster, workdays, duty } = config.alerts;
  const deps = {
    records,
    clock,
    logger,
    file: roster === undefined ? undefined : loadRoster(roster),
    calendar: dutyCalendarOf(config, calendar),
    localDays: workdays === undefined ? [] : loadWorkdays(workdays).days,
    coverageMs: duty.coverage,
    leaderConfirmsSwaps: duty.leaderConfirmsSwaps,
    numberTrustedForMs: duty.numberTrustedFor,
    remindAt: duty.remindAt,
    nextCode,
    codeChannels: (['sms', 'phone'] as const).filter((kind) => config.channels[kind] !== undefined),
  };
  return { ...deps, desk: createRosterDesk(deps) };
}

/** Six digits; that 2³² is no multiple of a million favours none of them by more than one in four thousand. */
function nextCode(): string {
  const number = new DataView(secretBytes(4).slice().buffer).getUint32(0);
  return String(number % 1_000_000).padStart(6, '0');
}
