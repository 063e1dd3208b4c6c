// Who may ask for, approve and receive which rights: two persons for every grant, neither of them the one who
// receives, and nobody with two of the three administrators.

import type { AccountRole } from '../../warehouse/records-schema.ts';
import { isAdministrator } from './roles.ts';

export type GrantPerson = {
  readonly accountId: string;
  readonly role: AccountRole;
  readonly officerId: string | null;
  /** Other roles the same officer holds through other accounts that are not disabled. */
  readonly otherRoles: readonly AccountRole[];
};

export type GrantRefusal =
  | 'asked-for-oneself'
  | 'approved-by-asker'
  | 'approved-by-receiver'
  | 'not-a-role'
  | 'two-administrators';

/** One person, also behind two accounts. */
const isSame = (
  a: Pick<GrantPerson, 'accountId' | 'officerId'>,
  b: Pick<GrantPerson, 'accountId' | 'officerId'>,
): boolean => a.accountId === b.accountId || (a.officerId !== null && a.officerId === b.officerId);

/** Why `asker` may not ask that `receiver` gets `role`; undefined when they may. */
export function whyNotAsk(
  asker: Pick<GrantPerson, 'accountId' | 'officerId'>,
  receiver: GrantPerson,
  role: AccountRole,
): GrantRefusal | undefined {
  if (role === 'kiosk') return 'not-a-role';
  if (isSame(asker, receiver)) return 'asked-for-oneself';
  if (isAdministrator(role) && receiver.otherRoles.some((other) => isAdministrator(other)))
    return 'two-administrators';
  return undefined;
}

/** Why `approver` may not approve it; undefined when they may. Asked again, for roles change meanwhile. */
export function whyNotApprove(
  people: {
    readonly asker: Pick<GrantPerson, 'accountId' | 'officerId'>;
    readonly approver: Pick<GrantPerson, 'accountId' | 'officerId'>;
    readonly receiver: GrantPerson;
  },
  role: AccountRole,
): GrantRefusal | undefined {
  const { asker, approver, receiver } = people;
  if (isSame(approver, asker)) return 'approved-by-asker';
  if (isSame(approver, receiver)) return 'approved-by-receiver';
  return whyNotAsk(asker, receiver, role);
}
