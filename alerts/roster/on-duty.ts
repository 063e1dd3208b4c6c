// The duty roster as the pipeline asks it: who of the plan is on duty now, as far as the records know them.

import type { Calendar } from '../../core/calendar.ts';
import type { RegionCode } from '../../core/region.ts';
import { LINE_OFFICERS_MAX, type DutyOfficer, type DutyOfficers } from '../duty-officers.ts';
import { loadPlanChanges } from './change-store.ts';
import { onDutyAt, type DutyPlan } from './duty-spans.ts';
import { LINES, type RosterPlan } from './roster-plan.ts';

/**
 * Duty officers, then deputies, then leaders, each as the plan has them on duty; behind them every active
 * leader of the bureau, on duty or not: an alert is heard by a leader at home rather than by nobody. A
 * number nobody has tried is called all the same, for it may work; the checker is what refuses it. What people
 * changed counts from the same instant: it is read in the transaction that opens the alert.
 */
export const createRosterOnDuty = (file: RosterPlan, calendar: Calendar): DutyOfficers => ({
  async read(db, atMs) {
    const plan: DutyPlan = { ...file, changes: await loadPlanChanges(db, { sinceMs: atMs }) };
    const rows = await db
      .selectFrom('officer')
      .select(['id', 'region', 'role', 'phone'])
      .where('active', '=', 1)
      .orderBy('id')
      .execute();
    const officers = new Map(
      rows.map(({ id, region, phone }): [string, DutyOfficer] => [
        id,
        { id, bureau: region, hasPhone: !!phone },
      ]),
    );
    const known = (ids: readonly string[]) =>
      ids.flatMap((id) => officers.get(id) ?? []).slice(0, LINE_OFFICERS_MAX);
    /** Those on duty first. */
    const leadersOf = (bureau: RegionCode) => {
      const onDuty = onDutyAt(plan, calendar, { bureau, line: 'leader', atMs });
      const others = rows.filter(({ region, role }) => region === bureau && role === 'leader');
      return known([...new Set([...onDuty, ...others.map(({ id }) => id)])]);
    };
    const linesOf = (bureau: RegionCode) => {
      const named = LINES.map((line) => known(onDutyAt(plan, calendar, { bureau, line, atMs })));
      return [...named, leadersOf(bureau)].filter((line) => line.length > 0);
    };
    // Ten thousand alerts of a storm ask for the same few bureaus.
    const asked = new Map<RegionCode, ReturnType<typeof linesOf>>();
    return {
      leadersOf,
      linesOf(bureau) {
        const lines = asked.get(bureau) ?? linesOf(bureau);
        asked.set(bureau, lines);
        return lines;
      },
    };
  },
});
