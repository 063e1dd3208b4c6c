// Who lives in the simulated city. All of them are invented.

import type { LngLat } from '../../core/geo.ts';
import type { RegionCode } from '../../core/region.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { Route } from './route.ts';

/** How a person spends the days. */
export type Archetype =
  | 'farmer'
  | 'homebound'
  | 'office-hours'
  | 'shift-work'
  | 'student'
  | 'unemployed';

/** A place besides home that a person goes to and comes back from. */
export type Haunt = {
  readonly kind: 'work' | 'field' | 'market' | 'leisure';
  readonly route: Route;
  readonly speedKmh: number;
  readonly indoors: boolean;
  /** Radius within which one moves about while there. */
  readonly aroundM: number;
};

/** A person whose whereabouts some basis lets be known has the days worked out; the others have not. */
export type Days = {
  readonly archetype: Archetype;
  readonly home: LngLat;
  /** Work or field first, if there is one. */
  readonly haunts: readonly Haunt[];
  /** Region of the work place when it lies in another county, which takes a standing approval. */
  readonly commutesTo: RegionCode | undefined;
};

export type Reporting = {
  readonly by: 'phone' | 'bracelet';
  readonly intervalMs: number;
  /** Reports come at instants that leave this remainder. */
  readonly phaseMs: number;
};

export type Correction =
  | 'control'
  | 'suspended-sentence'
  | 'parole'
  | 'temporary-execution-outside-prison';

export type Person = {
  readonly index: number;
  readonly key: SubjectKey;
  readonly category: 'cc' | 'ra';
  readonly group: 'key' | 'ordinary';
  readonly withoutSupport: boolean;
  readonly correction: Correction | undefined;
  readonly county: RegionCode;
  /** A basis for tickets, lodging and gates is on record. */
  readonly travelIsOpen: boolean;
  readonly reporting: Reporting | undefined;
  readonly days: Days | undefined;
  readonly curfew: { readonly from: string; readonly until: string } | undefined;
  readonly prohibitedZones: readonly string[];
  /** Whom a prohibition order forbids the person to contact. */
  readonly noContactWith?: readonly SubjectKey[];
  /** The term of the bracelet where the script says so; else it began some weeks ago. */
  readonly monitoring?: { readonly fromMs: number; readonly untilMs: number };
  /** Has a part in the script: the chances of daily life leave such a person alone. */
  readonly cast: boolean;
};

/** A bracelet: what its maker's network calls it, and who wears it. */
export type Terminal = {
  readonly index: number;
  /** Twelve digits, from a block that no operator gives out. */
  readonly number: string;
  readonly model: 'bracelet' | 'bracelet-gcj02';
  readonly person: number;
};
