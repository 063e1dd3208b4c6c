// ⑥ Third step: who is told, and by what. A bureau that has nobody to reach is stood in for by its parent;
// when nobody can be reached at all, that is said aloud and never passed over.

import { regionCode, type RegionCode } from '../core/region.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import type { DutyOfficer, Roster } from './duty-officers.ts';
import type { Graded } from './grade.ts';
import { LEVEL_TABLE, SIDES, type LevelRow, type Side } from './level-table.ts';

export type Route = {
  readonly row: LevelRow;
  /** The channel that fetches a person; push when the alert must not be intrusive. */
  readonly channel: ChannelKind;
  /** By that channel, and on the console. */
  readonly told: readonly DutyOfficer[];
  /** On the console only, for want of a telephone. */
  readonly pushedOnly: readonly DutyOfficer[];
  /** The sides that must acknowledge. */
  readonly awaits: readonly Side[];
  /** Bureaus that were passed over because nobody there can be reached, with who stands in. */
  readonly standIns: readonly { readonly of: RegionCode; readonly by: RegionCode | null }[];
};

/** Applies a row, by default that of the level table, to the county that answers, with the roster as it is now. */
export function route(
  graded: Graded,
  region: RegionCode,
  roster: Roster,
  row: LevelRow = LEVEL_TABLE[graded.level],
): Route {
  const channel = graded.intrusive ? row.channel : 'push';
  const reached = row.to.map((side) => reach(side, { region, roster, channel }));
  const told = unique(reached.flatMap(({ officers }) => officers));
  const own = row.to.flatMap((side) => roster.linesOf(bureauOf(side, region))[0] ?? []);
  const answering = SIDES.filter((side) =>
    told.some((officer) => sideOf(officer.bureau, region) === side),
  );
  return {
    row,
    channel,
    told,
    pushedOnly: unique(own).filter((officer) => !told.some(({ id }) => id === officer.id)),
    awaits: answering.length > 0 ? answering : row.to,
    standIns: reached.flatMap(({ bureau, by }) => (by === bureau ? [] : [{ of: bureau, by }])),
  };
}

/** The side an officer of `bureau` stands for in an alert of `region`. */
export const sideOf = (bureau: string, region: string): Side =>
  bureau === region ? 'county' : 'city';

type Reached = {
  readonly bureau: RegionCode;
  readonly by: RegionCode | null;
  readonly officers: readonly DutyOfficer[];
};

function reach(
  side: Side,
  { region, roster, channel }: { region: RegionCode; roster: Roster; channel: ChannelKind },
): Reached {
  const bureau = bureauOf(side, region);
  for (const by of [bureau, ...parentsOf(bureau)]) {
    for (const line of roster.linesOf(by)) {
      const officers = line.filter(({ hasPhone }) => hasPhone || channel === 'push');
      if (officers.length > 0) return { bureau, by, officers };
    }
  }
  return { bureau, by: null, officers: [] };
}

export const bureauOf = (side: Side, region: RegionCode): RegionCode =>
  side === 'county' ? region : cityOf(region);

const cityOf = (region: RegionCode): RegionCode => regionCode(`${region.slice(0, 4)}00`);

/** A county's city and province, a city's province: by the structure of the code. */
export const parentsOf = (bureau: RegionCode): RegionCode[] =>
  [cityOf(bureau), regionCode(`${bureau.slice(0, 2)}0000`)].filter((parent) => parent !== bureau);

const unique = (officers: readonly DutyOfficer[]): DutyOfficer[] => [
  ...new Map(officers.map((officer) => [officer.id, officer])).values(),
];
