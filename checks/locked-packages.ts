// The packages the product is made of, as package-lock.json pins them: for the check of licences and hashes
// and for the bill of materials.

import { readFileSync } from 'node:fs';

export type LockedPackage = {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  /** `sha512-…` of the archive that is installed. */
  readonly integrity: string | undefined;
  /** Only for building and testing. */
  readonly isDev: boolean;
};

type LockFile = {
  readonly packages: Readonly<
    Record<
      string,
      { version?: string; license?: string; integrity?: string; dev?: boolean; link?: boolean }
    >
  >;
};

/** Everything but the product itself, in the order of the file. */
export function readLockedPackages(path: string | URL): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as LockFile;
  return Object.entries(packages)
    .filter(([place]) => place !== '')
    .map(([place, { version = '', license, integrity, dev = false }]) => ({
      name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
      integrity,
      isDev: dev,
    }));
}
