// Who acts, as the policy knows them: the role of the account, and of officers whether they lead their bureau.
// The one administrator of old is three, so that nobody both runs the system and decides who may what, and
// whoever checks the traces can do neither (GB/T 22239-2019, three separated administrators).

import { text, type Text } from '../../core/text.ts';
import type { AccountRole } from '../../warehouse/records-schema.ts';

export const ADMINISTRATORS = [
  'system-administrator',
  'security-administrator',
  'audit-administrator',
] as const satisfies readonly AccountRole[];

export const POLICY_ROLES = [
  'city-officer',
  'city-leader',
  'county-officer',
  'county-leader',
  'analyst',
  ...ADMINISTRATORS,
  'kiosk',
] as const;

export type PolicyRole = (typeof POLICY_ROLES)[number];

export const ROLE_NAMES: Readonly<Record<PolicyRole, Text>> = {
  'city-officer': text('市级值班', 'City duty'),
  'city-leader': text('市局领导', 'City leader'),
  'county-officer': text('县级值班', 'County duty'),
  'county-leader': text('县局领导', 'County leader'),
  analyst: text('分析研判', 'Analysis'),
  'system-administrator': text('系统管理员', 'System administrator'),
  'security-administrator': text('安全管理员', 'Security administrator'),
  'audit-administrator': text('审计管理员', 'Audit administrator'),
  kiosk: text('大屏终端', 'Wall kiosk'),
};

/** Leaders are officers who lead; nobody else's rights depend on it. */
export function policyRoleOf({
  role,
  leads,
}: {
  readonly role: AccountRole;
  readonly leads: boolean;
}): PolicyRole {
  if (role === 'city-officer') return leads ? 'city-leader' : role;
  if (role === 'county-officer') return leads ? 'county-leader' : role;
  return role;
}

/** True for one of the three separated administrators. */
export const isAdministrator = (role: AccountRole | PolicyRole): boolean =>
  (ADMINISTRATORS as readonly string[]).includes(role);
