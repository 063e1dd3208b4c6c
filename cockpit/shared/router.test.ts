import { expect, test } from 'vitest';
import { addressOf, alertPath, routeOf, safeNext } from './router.ts';

test.each([
  ['/', { page: 'sign-in' }],
  ['/wall/supervision', { page: 'wall' }],
  ['/wall/supervision/', { page: 'wall' }],
  ['/console', { page: 'console', alertId: undefined }],
  ['/console/alerts/al_7x', { page: 'console', alertId: 'al_7x' }],
  ['/console/alerts/%E4%B8%80', { page: 'console', alertId: '一' }],
  ['/console/alerts/%E4', { page: 'unknown', path: '/console/alerts/%E4' }],
  ['/console/alerts/', { page: 'unknown', path: '/console/alerts/' }],
  ['/rules', { page: 'rules', ruleId: undefined }],
  ['/rules/area-exit', { page: 'rules', ruleId: 'area-exit' }],
  ['/rules/area-exit/backtest', { page: 'backtest', ruleId: 'area-exit' }],
  ['/rules/%E4/backtest', { page: 'unknown', path: '/rules/%E4/backtest' }],
  ['/rules/%E4', { page: 'unknown', path: '/rules/%E4' }],
  ['/console/reports', { page: 'reports' }],
  ['/silences', { page: 'silences' }],
  ['/identities', { page: 'identities' }],
  ['/bases', { page: 'bases' }],
  ['/bases/DZ-7K3Q9M', { page: 'person-basis', subject: 'DZ-7K3Q9M' }],
  ['/bases/%E4', { page: 'unknown', path: '/bases/%E4' }],
  ['/consoles', { page: 'unknown', path: '/consoles' }],
])('the path %s names its page', (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

test('a path made for an alert leads back to it, whatever its id holds', () => {
  for (const id of ['al_1', 'a/b', 'a b?c#d', '一级']) {
    expect(routeOf(alertPath(id))).toEqual({ page: 'console', alertId: id });
  }
});

test.each([
  ['/console', {}, '', '/console'],
  ['/console', { level: '1', region: undefined }, '', '/console?level=1'],
  ['/console', { level: '' }, '?level=2', '/console'],
  ['/console', { level: '1' }, '?still=1&level=3&lang=en', '/console?still=1&lang=en&level=1'],
])('the address of %s with %o from "%s" is %s', (path, query, present, address) => {
  expect(addressOf(path, query, present)).toBe(address);
});

test.each([
  ['/console?level=1', '/console?level=1'],
  ['/wall/supervision', '/wall/supervision'],
  ['/console/reports?period=2026-W47', '/console/reports?period=2026-W47'],
  ['/', undefined],
  ['//evil.example/console', undefined],
  ['/\\evil.example', undefined],
  ['https://evil.example', undefined],
  ['/nowhere', undefined],
  [null, undefined],
])('after sign-in %s leads to %s', (next, wanted) => {
  expect(safeNext(next)).toBe(wanted);
});
