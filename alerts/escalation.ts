// The ladder: who is told next as long as nobody acknowledges. It is climbed from the opening of the alert,
// whether or not anything was delivered, and it is frozen then: a roster changed later changes no alert
// under way.

import { contentId } from '../core/ids.ts';
import { epochMs } from '../core/time.ts';
import type { AlertTable, EscalationTable } from '../warehouse/records-schema.ts';
import type { DutyOfficer, Roster } from './duty-officers.ts';
import { LEVEL_TABLE, type EscalatesTo, type LevelTable, type Side } from './level-table.ts';
import { STEPS_OF_RUNG, type NoticeStep } from './notify.ts';
import { bureauOf, parentsOf, sideOf, type Route } from './route.ts';

export type NewRung = Omit<EscalationTable, 'recipients' | 'state' | 'doneAtMs'> & {
  readonly recipients: readonly string[];
};

/** The id of a rung; the same rung of the same round has the same. */
export const rungId = (
  alertId: string,
  { step, side, round }: Pick<EscalationTable, 'step' | 'side' | 'round'>,
): string => contentId('es', round === 0 ? [alertId, step, side] : [alertId, step, side, round]);

/**
 * The rungs of an alert that opens now, or that a correction made another; `from` is where its notices
 * begin. An alert that must not be loud (late facts) is followed like one of
 * level 3. A rung nobody stands on is left out; when that leaves none, there is nobody to tell, which the
 * route has said already.
 */
export function ladderOf(
  alert: Pick<AlertTable, 'id' | 'region'>,
  {
    route,
    roster,
    from,
    levels = LEVEL_TABLE,
  }: { route: Route; roster: Roster; from: NoticeStep; levels?: LevelTable | undefined },
): NewRung[] {
  const { ladder } = route.channel === 'push' ? levels[3] : route.row;
  return ladder.flatMap(({ afterMs, to, everyMs }, index) =>
    route.row.to.flatMap((side) => {
      const recipients = standingOn(to, { side, alert, route, roster });
      if (recipients.length === 0) return [];
      const step = from.step + (index + 1) * STEPS_OF_RUNG;
      return [
        {
          id: rungId(alert.id, { step, side, round: 0 }),
          alertId: alert.id,
          step,
          side,
          dueAtMs: epochMs(from.atMs + afterMs),
          channel: route.channel,
          recipients,
          everyMs: everyMs ?? null,
          round: 0,
        },
      ];
    }),
  );
}

/** The same rung once more, at the next instant of its rhythm after now: a standstill adds no rounds. */
export function nextRound(
  { dueAtMs, everyMs, ...rung }: NewRung & { readonly everyMs: number },
  nowAtMs: number,
): NewRung {
  const round = rung.round + 1;
  const passed = Math.floor(Math.max(0, nowAtMs - dueAtMs) / everyMs) + 1;
  return {
    ...rung,
    id: rungId(rung.alertId, { ...rung, round }),
    round,
    everyMs,
    dueAtMs: epochMs(dueAtMs + passed * everyMs),
  };
}

type Asked = {
  readonly side: Side;
  readonly alert: Pick<AlertTable, 'region'>;
  readonly route: Route;
  readonly roster: Roster;
};

function standingOn(to: EscalatesTo, { side, alert, route, roster }: Asked): string[] {
  const { channel } = route;
  const bureau = bureauOf(side, alert.region);
  const reached = (officers: readonly DutyOfficer[]) =>
    officers.filter(({ hasPhone }) => hasPhone || channel === 'push').map(({ id }) => id);
  const told = route.told
    .filter((officer) => sideOf(officer.bureau, alert.region) === side)
    .map(({ id }) => id);
  const leaders = reached(roster.leadersOf(bureau));
  switch (to) {
    case 'next-line': {
      const behind = roster
        .linesOf(bureau)
        .map(reached)
        .find((line) => line.length > 0 && line.every((id) => !told.includes(id)));
      return behind ?? [];
    }
    case 'leaders':
      return leaders;
    case 'bureau-above':
      return (
        parentsOf(bureau)
          .flatMap((parent) => roster.linesOf(parent))
          .map(reached)
          .find((line) => line.length > 0) ?? leaders
      );
    case 'all-again':
      return [...new Set([...told, ...leaders])];
  }
}
