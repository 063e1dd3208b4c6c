// Which part of the organisation tree somebody's rights reach: what is theirs, their unit, their unit and all
// below it, a list of units, or everything.

import { z } from 'zod';
import { isWithin, regionCodeSchema, type RegionCode } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';

export const SCOPE_KINDS = ['own', 'unit', 'unit-and-below', 'list', 'all'] as const;

export type ScopeKind = (typeof SCOPE_KINDS)[number];

export const SCOPE_NAMES: Readonly<Record<ScopeKind, Text>> = {
  own: text('本人', 'own'),
  unit: text('本单位', 'unit'),
  'unit-and-below': text('本单位及下级', 'unit and below'),
  list: text('指定单位', 'listed units'),
  all: text('全部', 'all'),
};

/** What an account was granted instead of the scope of its role. */
export const grantedScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['own', 'unit', 'unit-and-below']) }),
  z.strictObject({ kind: z.literal('list'), units: z.array(regionCodeSchema).min(1).max(50) }),
]);

export type GrantedScope = z.infer<typeof grantedScopeSchema>;

/** A scope with whose it is filled in: what queries are narrowed by. */
export type DataScope =
  | { readonly kind: 'own'; readonly owners: readonly string[] }
  | { readonly kind: 'unit'; readonly unit: RegionCode }
  | { readonly kind: 'unit-and-below'; readonly unit: RegionCode }
  | { readonly kind: 'list'; readonly units: readonly RegionCode[] }
  | { readonly kind: 'all' };

export type ScopeHolder = {
  readonly accountId: string;
  readonly officerId: string | null;
  readonly region: RegionCode;
};

export function scopeFor(
  granted: GrantedScope | { readonly kind: 'all' },
  { accountId, officerId, region }: ScopeHolder,
): DataScope {
  switch (granted.kind) {
    case 'own':
      return { kind: 'own', owners: officerId === null ? [accountId] : [accountId, officerId] };
    case 'list':
      return { kind: 'list', units: granted.units };
    case 'all':
      return { kind: 'all' };
    default:
      return { kind: granted.kind, unit: region };
  }
}

/** One thing a request is about. What is not known is not checked here but by the query. */
export type Target = {
  /** The unit that answers for it. */
  readonly region?: string | undefined;
  /** The account or officer whose task it is; null when nobody's. */
  readonly owner?: string | null | undefined;
};

/** True when the scope reaches the target. A target of unknown unit is reached by `all` only. */
export function covers(scope: DataScope, { region, owner }: Target): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'own':
      return owner !== null && owner !== undefined && scope.owners.includes(owner);
    case 'unit':
      return region === scope.unit;
    case 'unit-and-below':
      return region !== undefined && isWithin(region, scope.unit);
    case 'list':
      return region !== undefined && scope.units.some((unit) => isWithin(region, unit));
  }
}
