// Role, unit, scope and reason: what a grant is asked with.

import type { Me, Role } from '../../app/api/session.ts';
import { DAZHOU, regionName, regionsWithin } from '../../core/region.ts';
import { useSay } from '../shared/language.tsx';
import { ROLE_NAMES } from '../sign-in/words.ts';
import { ACCESS_WORDS as W, SCOPE_WORDS } from './words.ts';
import styles from './access-page.module.css';

export type AskedRights = {
  readonly role: Exclude<Role, 'kiosk'>;
  readonly region: string;
  readonly scope: 'role' | 'own' | 'unit' | 'unit-and-below' | 'list';
  readonly units: string;
  readonly reason: string;
};

export const NO_RIGHTS: AskedRights = {
  role: 'county-officer',
  region: DAZHOU,
  scope: 'role',
  units: '',
  reason: '',
};

/** As the server takes it. */
export const rightsBody = ({ role, region, scope, units, reason }: AskedRights) => ({
  role,
  region,
  reason,
  scope:
    scope === 'role'
      ? null
      : scope === 'list'
        ? { kind: scope, units: units.split(/[,，\s]+/).filter((code) => code !== '') }
        : { kind: scope },
});

const ROLES = Object.keys(ROLE_NAMES).filter((role) => role !== 'kiosk') as AskedRights['role'][];

export function RightsFields({
  me,
  rights,
  onChange,
}: {
  me: Me;
  rights: AskedRights;
  onChange: (rights: AskedRights) => void;
}) {
  const say = useSay();
  const units = [me.region, ...regionsWithin(me.region).map(({ code }) => code)];
  return (
    <>
      <label className={styles.field}>
        <span>{say(W.role)}</span>
        <select
          value={rights.role}
          onChange={({ target }) =>
            onChange({ ...rights, role: target.value as AskedRights['role'] })
          }
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {say(ROLE_NAMES[role])}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{say(W.unit)}</span>
        <select
          value={rights.region}
          onChange={({ target }) => onChange({ ...rights, region: target.value })}
        >
          {units.map((code) => (
            <option key={code} value={code}>
              {say(regionName(code))}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{say(W.scope)}</span>
        <select
          value={rights.scope}
          onChange={({ target }) =>
            onChange({ ...rights, scope: target.value as AskedRights['scope'] })
          }
        >
          <option value="role">{say(W.scopeOfRole)}</option>
          {(['own', 'unit', 'unit-and-below', 'list'] as const).map((kind) => (
            <option key={kind} value={kind}>
              {say(SCOPE_WORDS[kind])}
            </option>
          ))}
        </select>
      </label>
      {rights.scope === 'list' && (
        <label className={styles.field}>
          <span>{say(W.units)}</span>
          <input
            required
            value={rights.units}
            placeholder="511722, 511724"
            onChange={({ target }) => onChange({ ...rights, units: target.value })}
          />
        </label>
      )}
      <label className={styles.field}>
        <span>{say(W.reason)}</span>
        <input
          required
          minLength={2}
          maxLength={300}
          value={rights.reason}
          onChange={({ target }) => onChange({ ...rights, reason: target.value })}
        />
      </label>
    </>
  );
}
