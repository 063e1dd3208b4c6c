import { describe, expect, test } from 'vitest';
import { RIGHTS } from '../../security/access/rights.ts';
import type { PolicyRole } from '../../security/access/roles.ts';
import { pagesOf, placeOf } from './pages.ts';
import { routeOf } from './router.ts';
import { homeOf } from './session.ts';

const rightsOf = (role: PolicyRole) =>
  Object.entries(RIGHTS)
    .filter(([, roles]) => role in roles)
    .map(([name]) => name);

const pathsFor = (role: PolicyRole) =>
  pagesOf({ rights: rightsOf(role) }).flatMap(({ pages }) => pages.map(({ path }) => path));

describe('the menu of pages', () => {
  test.each(['city-officer', 'county-leader', 'analyst', 'audit-administrator'] as const)(
    'leads %s to pages that exist, once each',
    (role) => {
      const paths = pathsFor(role);
      expect(paths.map((path) => routeOf(path).page)).not.toContain('unknown');
      expect(new Set(paths).size).toBe(paths.length);
    },
  );

  test('has an entry for every page, and each can be had by a right', () => {
    const all = pagesOf({ rights: Object.keys(RIGHTS) }).flatMap(({ pages }) => pages);
    expect(all).toHaveLength(19);
  });

  test('shows nobody what the policy keeps from them', () => {
    expect(pathsFor('city-officer')).not.toContain('/audit');
    expect(pathsFor('analyst')).toEqual(
      expect.not.arrayContaining(['/console', '/bases', '/identities', '/access']),
    );
    expect(pathsFor('audit-administrator')).toEqual(expect.arrayContaining(['/audit', '/access']));
    expect(pathsFor('kiosk')).toEqual(['/wall/supervision']);
    expect(pagesOf({})).toEqual([]);
  });

  test.each([
    ['city-officer', false],
    ['county-officer', true],
    ['analyst', false],
    ['system-administrator', false],
    ['security-administrator', false],
    ['audit-administrator', false],
    ['kiosk', false],
  ] as const)('has the page %s starts at (leading: %s)', (role, leads) => {
    expect(pathsFor(role)).toContain(homeOf({ role, leads, owes: null }));
  });

  test.each([
    ['/console', '/console'],
    ['/console/alerts/al_1', '/console'],
    ['/console/reports', '/console/reports'],
    ['/console/open', '/console/open'],
    ['/bases/DZ-EDVAZA', '/bases'],
    ['/rules/area-exit/backtest', '/rules'],
    ['/account', undefined],
    ['/rulesets', undefined],
  ])('knows that %s belongs to %s', (path, entry) => {
    expect(placeOf(pagesOf({ rights: rightsOf('county-leader') }), path)?.page.path).toBe(entry);
  });
});
