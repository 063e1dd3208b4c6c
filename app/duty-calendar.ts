// The calendar that duty and routing go by: the national one with the local table of the configuration.

import { loadWorkdays, withLocalDays } from '../alerts/roster/load-workdays.ts';
import type { Calendar } from '../core/calendar.ts';
import type { Config } from './config.ts';

/** Throws UserError `bad-configuration` when the local table has a mistake. */
export const dutyCalendarOf = ({ alerts }: Config, national: Calendar): Calendar =>
  alerts.workdays === undefined ? national : withLocalDays(national, loadWorkdays(alerts.workdays));
