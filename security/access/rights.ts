// The rights of each role: which functions, and how far. `data` is the data scope of the account, which is that
// of its role unless it was granted another; `all` needs none, because no unit's data is touched.

import type { ScopeKind } from './data-scope.ts';
import type { AccessFunction } from './functions.ts';
import { ADMINISTRATORS, POLICY_ROLES, type PolicyRole } from './roles.ts';

export type Reach = 'data' | 'all';

/** How far the data of a role reaches unless the account was granted another scope. */
export const ROLE_SCOPES: Readonly<Record<PolicyRole, Exclude<ScopeKind, 'list' | 'own'>>> = {
  'city-officer': 'unit-and-below',
  'city-leader': 'unit-and-below',
  'county-officer': 'unit',
  'county-leader': 'unit',
  analyst: 'unit-and-below',
  'system-administrator': 'unit-and-below',
  'security-administrator': 'unit-and-below',
  'audit-administrator': 'unit-and-below',
  kiosk: 'unit-and-below',
};

const LEADERS = ['city-leader', 'county-leader'] as const;
const OFFICERS = ['city-officer', 'county-officer', ...LEADERS] as const;
const PEOPLE = POLICY_ROLES.filter((role) => role !== 'kiosk');

const to = (roles: readonly PolicyRole[], reach: Reach): Partial<Record<PolicyRole, Reach>> =>
  Object.fromEntries(roles.map((role) => [role, reach]));

export const RIGHTS: Readonly<Record<AccessFunction, Partial<Record<PolicyRole, Reach>>>> = {
  'account.change': to(['system-administrator'], 'all'),
  'account.read': to(ADMINISTRATORS, 'all'),
  'alert.explain': to(OFFICERS, 'data'),
  'alert.export': to(OFFICERS, 'data'),
  'alert.handle': to(OFFICERS, 'data'),
  'alert.read': to(OFFICERS, 'data'),
  'audit.export': to(['audit-administrator'], 'all'),
  'audit.read': to(['audit-administrator'], 'all'),
  'backup.read': to(['system-administrator', 'audit-administrator'], 'all'),
  // Whoever is named confirms, and is never who recorded it.
  'basis.approve': to(OFFICERS, 'data'),
  'basis.read': to(OFFICERS, 'data'),
  'basis.record': to(OFFICERS, 'data'),
  'data.import': to(['analyst'], 'data'),
  'drill.run': to(OFFICERS, 'data'),
  'export.approve': to(LEADERS, 'data'),
  'export.read': {
    ...to(LEADERS, 'data'),
    ...to(['security-administrator', 'audit-administrator'], 'all'),
  },
  'held.read': to(OFFICERS, 'data'),
  'identity.approve-many': to(LEADERS, 'data'),
  'identity.reveal': to(OFFICERS, 'data'),
  // Figures of regions are ranked among all; the rows below them are narrowed to the asker's scope.
  'index.approve': to(['city-leader', 'system-administrator'], 'all'),
  'index.publish': to(['analyst', 'city-officer', 'city-leader'], 'all'),
  'index.read': to([...OFFICERS, 'analyst', 'system-administrator'], 'data'),
  'kiosk.enrol': to(['system-administrator'], 'all'),
  'metric.read': to([...OFFICERS, 'analyst'], 'data'),
  // Who counts without handling does not see who was counted; small cells are hidden from them.
  'metric.records': to(OFFICERS, 'data'),
  'policy.read': to(PEOPLE, 'all'),
  'push.use': to(OFFICERS, 'all'),
  'report.export': to([...OFFICERS, 'analyst'], 'data'),
  'report.read': to([...OFFICERS, 'analyst'], 'data'),
  'retention.hold': { ...to(['city-leader'], 'data'), ...to(['security-administrator'], 'all') },
  'retention.read': { ...to(LEADERS, 'data'), ...to(ADMINISTRATORS, 'all') },
  'role.approve': to(['security-administrator'], 'all'),
  'role.grant': to(['system-administrator'], 'all'),
  'roster.change': to(OFFICERS, 'data'),
  'roster.read': to(OFFICERS, 'data'),
  'rule.approve': to(['system-administrator'], 'all'),
  'rule.propose': to(['analyst', 'system-administrator'], 'all'),
  'rule.read': to(PEOPLE, 'all'),
  'rule.try': to(['analyst', 'system-administrator'], 'all'),
  'rule.try-past': to(['analyst'], 'data'),
  'session.end': to(['system-administrator', 'security-administrator'], 'all'),
  'silence.approve': to(OFFICERS, 'data'),
  'silence.set': to(OFFICERS, 'data'),
  'sql.export': to(['analyst'], 'data'),
  'sql.run': to(['analyst'], 'data'),
  'vault.rotate': to(['security-administrator'], 'all'),
  'view.save': to([...OFFICERS, 'analyst'], 'all'),
  'wall.read': to(POLICY_ROLES, 'all'),
  'watch.read': to(PEOPLE, 'all'),
};

/** How far a role's right reaches; undefined without the right. */
export const reachOf = (role: PolicyRole, fn: AccessFunction): Reach | undefined =>
  RIGHTS[fn][role];
