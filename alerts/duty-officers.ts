// Who answers for a bureau. The pipeline asks a roster, which is a plain value read in its transaction;
// where it comes from is behind the port: the officer table, where everyone is always on duty, or a duty
// roster with turns (roster/on-duty.ts).

import type { RegionCode } from '../core/region.ts';
import type { RecordsDb } from '../warehouse/records.ts';

export type DutyOfficer = {
  readonly id: string;
  /** The city or county whose bureau the officer serves. */
  readonly bureau: RegionCode;
  /** True when a call or an SMS can reach the officer. */
  readonly hasPhone: boolean;
};

export type Roster = {
  /**
   * Who is to be told for a bureau: the first line is tried first, the next one when nobody of the line
   * before can be reached. Empty for a bureau that has nobody.
   */
  linesOf(bureau: RegionCode): readonly (readonly DutyOfficer[])[];
  /** Every leader of the bureau, on duty or not, in the order in which they are told. */
  leadersOf(bureau: RegionCode): readonly DutyOfficer[];
};

export type DutyOfficers = {
  /** The roster as of `atMs`. Called in the transaction that opens alerts, with that transaction. */
  read(db: RecordsDb, atMs: number): Promise<Roster>;
};

/** Most persons of one line that are told: who tells everybody tells nobody. */
export const LINE_OFFICERS_MAX = 3;

/** Duty officers, then leaders, from the active rows of the officer table, in the order of their ids. */
export const officerTable: DutyOfficers = {
  async read(db) {
    const rows = await db
      .selectFrom('officer')
      .select(['id', 'region', 'role', 'phone'])
      .where('active', '=', 1)
      .orderBy('id')
      .execute();
    const lines = new Map<string, DutyOfficer[][]>();
    for (const { id, region, role, phone } of rows) {
      const ofBureau = lines.get(region) ?? [[], []];
      const line = ofBureau[role === 'leader' ? 1 : 0] as DutyOfficer[];
      if (line.length < LINE_OFFICERS_MAX) line.push({ id, bureau: region, hasPhone: !!phone });
      lines.set(region, ofBureau);
    }
    return {
      linesOf: (bureau) => lines.get(bureau) ?? [],
      leadersOf: (bureau) => lines.get(bureau)?.[1] ?? [],
    };
  },
};
