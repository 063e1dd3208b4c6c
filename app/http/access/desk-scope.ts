// The data scope of the policy in the words of the desk, which narrows its queries by it.

import type { DeskOfficer } from '../../../alerts/desk-act.ts';
import type { DeskScope } from '../../../alerts/desk-rows.ts';
import type { DataScope } from '../../../security/access/data-scope.ts';
import type { Permit } from './guard.ts';

export function deskScopeOf(scope: DataScope): DeskScope {
  switch (scope.kind) {
    case 'own':
      return { kind: 'own', owners: scope.owners };
    case 'unit':
      return { kind: 'exactly', region: scope.unit };
    case 'unit-and-below':
      return { kind: 'within', region: scope.unit };
    case 'list':
      return { kind: 'among', regions: scope.units };
    // Said of functions that touch no unit's data: no way to see everybody's.
    case 'all':
      return { kind: 'none' };
  }
}

/** Who acts at the desk by a permit. */
export const officerOf = ({ account, scope, reaches }: Permit): DeskOfficer => ({
  accountId: account.id,
  role: account.role,
  region: account.region,
  scope: deskScopeOf(scope),
  reaches,
});
