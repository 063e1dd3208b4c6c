// How far somebody reaches in the organisation tree, for whatever narrows its rows by who asks: the data scope
// the policy gave them, or, where a program asks for itself, their own unit with all below it.

import { isWithin, regionsWithin, type RegionCode } from './region.ts';

/** True when what `region` answers for is theirs; `owner` is the account or officer whose task it is. */
export type Reaches = (region: string, owner?: string | null) => boolean;

export type Reaching = {
  readonly region: RegionCode;
  /** The data scope of who asks; without it their own unit with all below it. */
  readonly reaches?: Reaches | undefined;
};

export const isReached = (by: Reaching, region: string, owner?: string | null): boolean =>
  by.reaches ? by.reaches(region, owner) : isWithin(region, by.region);

/** The region with everything below it: for figures that are added up over it. */
export const isReachedWhole = (by: Reaching, region: RegionCode, owner?: string | null): boolean =>
  [region, ...regionsWithin(region).map(({ code }) => code)].every((one) =>
    isReached(by, one, owner),
  );
