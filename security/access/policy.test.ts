// Every cell of the access matrix: what docs/access.md says in its tables is what the policy decides, for every
// role, function, granted scope, place in the organisation tree, purpose and proof.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { regionCode } from '../../core/region.ts';
import { epochMs } from '../../core/time.ts';
import type { GrantedScope } from './data-scope.ts';
import { FIELD_RIGHTS, mayField, type Field } from './field-rights.ts';
import { FUNCTION_NAMES, functionEntry, type AccessFunction } from './functions.ts';
import { matrixAsMarkdown } from './matrix.ts';
import { decide, type Asker, type Decision } from './policy.ts';
import { PURPOSE_CODES, PURPOSES } from './purposes.ts';
import { POLICY_ROLES, policyRoleOf, type PolicyRole } from './roles.ts';

const DOC = new URL('../../docs/access.md', import.meta.url);

test('docs/access.md has the tables of the policy', () => {
  const doc = readFileSync(DOC, 'utf8');
  expect(doc.includes(matrixAsMarkdown()), 'run node security/access/write-matrix.ts').toBe(true);
});

/** Rows of the table under a heading of docs/access.md, by column. */
function readTable(heading: string): Record<string, string>[] {
  const [, after = ''] = readFileSync(DOC, 'utf8').split(`### ${heading}\n\n`);
  const [head = '', , ...rows] = (after.split('\n\n')[0] ?? '').split('\n');
  const cellsOf = (row: string) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const names = cellsOf(head);
  return rows.map((row) => Object.fromEntries(cellsOf(row).map((cell, at) => [names[at], cell])));
}

const NOW = 10_000_000;
const PROOF_MS = 300_000;
const CITY = regionCode('511700');
const COUNTY = regionCode('511722');
const OTHER = regionCode('511724');
const PROVINCE = regionCode('510000');
const ELSEWHERE = regionCode('510100');

/** Where the asker stands; a county's people have nothing below them in the tree. */
const homeOf = (role: PolicyRole) => (role.startsWith('county') ? COUNTY : CITY);

const askerOf = (role: PolicyRole, more: Partial<Asker> = {}): Asker => ({
  accountId: 'ac-1',
  officerId: 'officer-1',
  region: homeOf(role),
  role,
  granted: undefined,
  owes: undefined,
  provenAtMs: epochMs(NOW),
  ...more,
});

const fittingPurpose = (fn: AccessFunction) =>
  PURPOSES.find(({ functions }) => functions.includes(fn))?.code;

const ask = (asker: Asker, fn: AccessFunction, more: object = {}): Decision =>
  decide(asker, { fn, purpose: fittingPurpose(fn), nowMs: NOW, proofMs: PROOF_MS, ...more });

const TARGETS = {
  'own unit': (home: string) => home,
  'a county': () => COUNTY as string,
  'another county': () => OTHER as string,
  'the city': () => CITY as string,
  'the province': () => PROVINCE as string,
  'another city': () => ELSEWHERE as string,
} as const;

/** What the document says a scope reaches, written down plainly. */
const REACHES: Readonly<Record<string, (home: string, region: string) => boolean>> = {
  all: () => true,
  unit: (home, region) => region === home,
  'unit and below': (home, region) =>
    region === home || (home === CITY && region.startsWith('5117')),
};

describe('the matrix', () => {
  const rows = readTable('Functions');

  test('names every function once, and every role', () => {
    expect(rows.map((row) => row['function'])).toEqual(FUNCTION_NAMES.map((fn) => `\`${fn}\``));
    for (const role of POLICY_ROLES) expect(rows[0]).toHaveProperty(role);
  });

  test.each(POLICY_ROLES)('cell by cell: %s', (role) => {
    let cells = 0;
    for (const row of rows) {
      const fn = (row['function'] ?? '').replaceAll('`', '') as AccessFunction;
      const cell = row[role] ?? '';
      for (const [place, regionOf] of Object.entries(TARGETS)) {
        cells++;
        const home = homeOf(role);
        const region = regionOf(home);
        const { because } = ask(askerOf(role), fn, { target: { region, owner: 'officer-1' } });
        const expected =
          cell === '–'
            ? 'role-lacks-function'
            : REACHES[cell]?.(home, region)
              ? 'granted'
              : 'outside-scope';
        expect(because, `${role} ${fn} ${place}`).toBe(expected);
      }
    }
    expect(cells).toBe(FUNCTION_NAMES.length * Object.keys(TARGETS).length);
  });

  test.each([
    [{ kind: 'own' }, { region: ELSEWHERE, owner: 'officer-1' }, true],
    [{ kind: 'own' }, { region: CITY, owner: 'officer-2' }, false],
    [{ kind: 'own' }, { region: CITY, owner: null }, false],
    [{ kind: 'unit' }, { region: CITY }, true],
    [{ kind: 'unit' }, { region: COUNTY }, false],
    [{ kind: 'unit-and-below' }, { region: COUNTY }, true],
    [{ kind: 'unit-and-below' }, { region: ELSEWHERE }, false],
    [{ kind: 'list', units: [OTHER] }, { region: OTHER }, true],
    [{ kind: 'list', units: [OTHER] }, { region: CITY }, false],
    [{ kind: 'list', units: [OTHER, COUNTY] }, { region: COUNTY }, true],
  ] as const)('a granted scope %j reaches %j: %s', (granted, target, reached) => {
    for (const fn of FUNCTION_NAMES) {
      const decision = ask(askerOf('city-officer', { granted: granted as GrantedScope }), fn, {
        target,
      });
      const row = rows.find((one) => one['function'] === `\`${fn}\``);
      const cell = row?.['city-officer'];
      const expected =
        cell === '–'
          ? 'role-lacks-function'
          : cell === 'all' || reached
            ? 'granted'
            : 'outside-scope';
      expect(decision.because, fn).toBe(expected);
    }
  });

  test('a county with a granted list sees the listed county, and not its own', () => {
    const granted: GrantedScope = { kind: 'list', units: [OTHER] };
    const asker = askerOf('county-officer', { granted });
    expect(ask(asker, 'alert.read', { target: { region: OTHER } }).allowed).toBe(true);
    expect(ask(asker, 'alert.read', { target: { region: COUNTY } }).because).toBe('outside-scope');
  });
});

describe('purposes', () => {
  const needed = FUNCTION_NAMES.filter((fn) => functionEntry(fn).personal);

  test.each(needed)(
    '%s is refused without one, with an unknown one, and with one that does not fit',
    (fn) => {
      const role = POLICY_ROLES.find((one) => ask(askerOf(one), fn).allowed) as PolicyRole;
      const { implies } = functionEntry(fn);
      const without = ask(askerOf(role), fn, { purpose: undefined });
      if (implies) expect(without).toMatchObject({ allowed: true, purpose: implies });
      else expect(without.because).toBe('purpose-missing');
      expect(ask(askerOf(role), fn, { purpose: 'curiosity' }).because).toBe('purpose-unknown');
      for (const code of PURPOSE_CODES) {
        const fits = PURPOSES.find((one) => one.code === code)?.functions.includes(fn);
        const decision = ask(askerOf(role), fn, { purpose: code });
        if (fits) expect(decision).toMatchObject({ allowed: true, purpose: code });
        else if (implies) expect(decision).toMatchObject({ allowed: true, purpose: implies });
        else expect(decision.because, code).toBe('purpose-unfit');
      }
    },
  );

  test('every personal function fits at least one, and none is declared for what is not personal', () => {
    for (const fn of needed) expect(PURPOSE_CODES, fn).toContain(fittingPurpose(fn));
    for (const { functions } of PURPOSES) {
      for (const fn of functions) expect(functionEntry(fn).personal, fn).toBe(true);
    }
  });
});

describe('proof', () => {
  test.each(FUNCTION_NAMES)('%s', (fn) => {
    const role = POLICY_ROLES.find((one) => ask(askerOf(one), fn).allowed) as PolicyRole;
    const at = (agoMs: number) => ask(askerOf(role, { provenAtMs: epochMs(NOW - agoMs) }), fn);
    expect(at(PROOF_MS).allowed).toBe(true);
    expect(at(PROOF_MS + 1).because).toBe(
      functionEntry(fn).sensitive ? 'step-up-needed' : 'granted',
    );
  });

  test('whoever owes something gets nothing, not even the reason', () => {
    for (const fn of FUNCTION_NAMES) {
      const owing = (owes: Asker['owes']) => ask(askerOf('city-leader', { owes }), fn).because;
      expect(owing('new-password')).toBe('password-change-needed');
      expect(owing('second-factor')).toBe('second-factor-missing');
    }
  });
});

describe('fields', () => {
  const rows = readTable('Fields');

  test.each(Object.keys(FIELD_RIGHTS) as Field[])(
    '%s, role by role and state by state',
    (field) => {
      const own = rows.filter((row) => row['field'] === `\`${field}\``);
      expect(own.length).toBeGreaterThan(0);
      for (const row of own) {
        for (const role of POLICY_ROLES) {
          expect(mayField(role, field, row['state']), `${role} ${row['state']}`).toBe(
            row[role] === 'yes',
          );
        }
      }
      for (const role of POLICY_ROLES) expect(mayField(role, field, 'no such state')).toBe(false);
    },
  );

  test('nobody changes the feedback of a closed alert', () => {
    for (const role of POLICY_ROLES) expect(mayField(role, 'alert.feedback', 'closed')).toBe(false);
    expect(mayField('county-officer', 'alert.feedback', 'acknowledged')).toBe(true);
  });
});

test('the three administrators share no function but looking', () => {
  const roles = ['system-administrator', 'security-administrator', 'audit-administrator'] as const;
  for (const fn of FUNCTION_NAMES) {
    const { operation } = functionEntry(fn);
    if (operation === 'read' || fn === 'session.end') continue;
    expect(roles.filter((role) => ask(askerOf(role), fn).allowed).length, fn).toBeLessThan(2);
  }
  // None of them sees a person.
  for (const role of roles) {
    for (const fn of FUNCTION_NAMES.filter((one) => functionEntry(one).personal)) {
      if (fn.startsWith('audit.')) continue;
      expect(ask(askerOf(role), fn).because, `${role} ${fn}`).toBe('role-lacks-function');
    }
  }
});

test('only officers who lead are leaders', () => {
  expect(policyRoleOf({ role: 'city-officer', leads: true })).toBe('city-leader');
  expect(policyRoleOf({ role: 'county-officer', leads: false })).toBe('county-officer');
  expect(policyRoleOf({ role: 'analyst', leads: true })).toBe('analyst');
});
