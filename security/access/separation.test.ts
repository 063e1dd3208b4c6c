// Every grant there can be among a few people: nobody approves what they asked for or receive, and nobody ends
// with two of the three administrators.

import { expect, test } from 'vitest';
import type { AccountRole } from '../../warehouse/records-schema.ts';
import { ADMINISTRATORS } from './roles.ts';
import { whyNotApprove, whyNotAsk, type GrantPerson } from './separation.ts';

const person = (
  accountId: string,
  officerId: string | null,
  otherRoles: AccountRole[] = [],
): GrantPerson => ({
  accountId,
  officerId,
  role: 'county-officer',
  otherRoles,
});

const ROLES: readonly AccountRole[] = [
  'city-officer',
  'county-officer',
  'analyst',
  ...ADMINISTRATORS,
];

const PEOPLE = [
  person('ac-1', null),
  person('ac-2', null),
  person('ac-3', 'officer-3'),
  // The same officer with another account.
  person('ac-4', 'officer-3'),
  person('ac-5', 'officer-5', ['security-administrator']),
];

const isSame = (a: GrantPerson, b: GrantPerson) =>
  a.accountId === b.accountId || (a.officerId !== null && a.officerId === b.officerId);

test('three persons or nothing, for every role', () => {
  let granted = 0;
  for (const role of ROLES)
    for (const asker of PEOPLE)
      for (const approver of PEOPLE)
        for (const receiver of PEOPLE) {
          const because = whyNotApprove({ asker, approver, receiver }, role);
          const apart =
            !isSame(asker, approver) && !isSame(asker, receiver) && !isSame(approver, receiver);
          const doubles =
            (ADMINISTRATORS as readonly string[]).includes(role) && receiver.otherRoles.length > 0;
          expect(because === undefined, `${role} ${asker.accountId} ${approver.accountId}`).toBe(
            apart && !doubles,
          );
          if (because === undefined) granted++;
        }
  expect(granted).toBeGreaterThan(50);
});

test('says why not', () => {
  const [a, b, c, d, e] = PEOPLE as [
    GrantPerson,
    GrantPerson,
    GrantPerson,
    GrantPerson,
    GrantPerson,
  ];
  expect(whyNotAsk(a, a, 'analyst')).toBe('asked-for-oneself');
  expect(whyNotAsk(c, d, 'analyst')).toBe('asked-for-oneself');
  expect(whyNotAsk(a, e, 'system-administrator')).toBe('two-administrators');
  expect(whyNotAsk(a, e, 'analyst')).toBeUndefined();
  expect(whyNotAsk(a, b, 'kiosk')).toBe('not-a-role');
  expect(whyNotApprove({ asker: a, approver: a, receiver: b }, 'analyst')).toBe(
    'approved-by-asker',
  );
  expect(whyNotApprove({ asker: a, approver: d, receiver: c }, 'analyst')).toBe(
    'approved-by-receiver',
  );
});
