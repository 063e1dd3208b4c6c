// What the product is built from: every package is pinned by its hash and comes under a licence that was agreed
// to, and the bill of materials names each.

import { expect, test } from 'vitest';
import { readLockedPackages } from './locked-packages.ts';
import { describeMaterials } from './sbom.ts';

const packages = readLockedPackages(new URL('../package-lock.json', import.meta.url));
const shipped = packages.filter(({ isDev }) => !isDev);

/** Asks for no more than to be named. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
]);

/** Others, each looked at: used as it comes, its own files unchanged. */
const AGREED: Readonly<Record<string, string>> = { 'web-push': 'MPL-2.0' };

const isAllowed = (license: string) =>
  license
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((one) => one.split(' AND ').every((part) => ALLOWED.has(part)));

test('every package is pinned by a strong hash', () => {
  const loose = packages.filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
  expect(loose.map(({ name }) => name)).toEqual([]);
  expect(packages.length).toBeGreaterThan(100);
});

test('every package that is shipped has a licence that was agreed to', () => {
  const others = shipped
    .filter(({ license }) => license === undefined || !isAllowed(license))
    .map(({ name, license }) => [name, license]);
  expect(Object.fromEntries(others)).toEqual(AGREED);
});

test('the bill of materials names each with version, licence and hash', () => {
  const { components } = describeMaterials(packages, { name: 'plumbline', version: '0' });
  const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
  expect(named).toEqual(new Set(shipped.map(({ name, version }) => `${name}@${version}`)));
  expect(
    components.filter(({ licenses, hashes }) => licenses.length !== 1 || hashes.length !== 1),
  ).toEqual([]);
  expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
});
