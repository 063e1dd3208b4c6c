// The bill of materials of what the product runs with, as CycloneDX 1.6, from the lock file alone: the same
// bytes every time, without a network. `node checks/sbom.ts > sbom.cdx.json`

import { readFileSync } from 'node:fs';
import { readLockedPackages, type LockedPackage } from './locked-packages.ts';

const at = (path: string) => new URL(path, import.meta.url);

export function describeMaterials(
  packages: readonly LockedPackage[],
  product: { readonly name: string; readonly version: string },
) {
  const components = packages
    .filter(({ isDev }) => !isDev)
    .map(componentOf)
    .filter((one, index, all) => all.findIndex(({ purl }) => purl === one.purl) === index)
    .sort((one, other) => (one.purl < other.purl ? -1 : 1));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': product.name, ...product } },
    components,
  };
}

function componentOf({ name, version, license, integrity }: LockedPackage) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const isExpression = license !== undefined && /[ ()]/.test(license);
  const licenses =
    license === undefined
      ? []
      : [isExpression ? { expression: license } : { license: { id: license } }];
  const hash = /^sha512-(.+)$/.exec(integrity ?? '')?.[1];
  const hashes =
    hash === undefined
      ? []
      : [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }];
  return { type: 'library', 'bom-ref': purl, name, version, purl, licenses, hashes };
}

if (import.meta.main) {
  const { name, version } = JSON.parse(readFileSync(at('../package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const materials = describeMaterials(readLockedPackages(at('../package-lock.json')), {
    name,
    version,
  });
  process.stdout.write(`${JSON.stringify(materials, null, 2)}\n`);
}
