import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest, leafHash, type Hashing } from './hashing.ts';
import {
  consistencyProof,
  frontierOf,
  frontierRoot,
  inclusionProof,
  pushSubtree,
  rootOf,
  treeOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle-tree.ts';

/** Leaves and roots of the reference tests of Certificate Transparency (RFC 6962). */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
/** These leaves are ASCII, so that a text has the same bytes. */
const known = LEAVES.map((hex) => leafHash('sha256', Buffer.from(hex, 'hex').toString('latin1')));

describe('the vectors of RFC 6962', () => {
  test.each(ROOTS.map((root, index) => [index + 1, root]))('root of %i leaves', (size, root) => {
    expect(rootOf(treeOf('sha256', known), size as number)).toBe(root);
  });

  test('a tree without leaves has the hash of nothing', () => {
    expect(rootOf(treeOf('sha256', []))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test.each([
    [0, 8, ['96a296d2', '5f083f0a', '6b47aaf2']],
    [5, 8, ['bc1a0643', 'ca854ea1', 'd37ee418']],
    [2, 3, ['fac54203']],
    [1, 5, ['6e340b9c', '5f083f0a', 'bc1a0643']],
  ])('inclusion of leaf %i in %i', (index, size, path) => {
    const proof = inclusionProof(treeOf('sha256', known), index, size);
    expect(proof.map((step) => step.slice(0, 8))).toEqual(path);
  });

  test.each([
    [1, 8, ['96a296d2', '5f083f0a', '6b47aaf2']],
    [6, 8, ['0ebc5d34', 'ca854ea1', 'd37ee418']],
    [2, 5, ['5f083f0a', 'bc1a0643']],
    [4, 4, []],
  ])('consistency of %i with %i', (first, second, path) => {
    const proof = consistencyProof(treeOf('sha256', known), first, second);
    expect(proof.map((step) => step.slice(0, 8))).toEqual(path);
  });
});

/** The definition of the RFC, word for word and slow. */
function naiveRoot(hashing: Hashing, leaves: readonly string[]): string {
  if (leaves.length === 0) return hash(hashing, '', 'hex');
  if (leaves.length === 1) return leaves[0] as string;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const left = naiveRoot(hashing, leaves.slice(0, k));
  const right = naiveRoot(hashing, leaves.slice(k));
  return hash(hashing, Buffer.from(`01${left}${right}`, 'hex'), 'hex');
}

const trees = fc
  .record({ hashing: fc.constantFrom('sha256', 'sm3'), size: fc.integer({ min: 1, max: 70 }) })
  .map(({ hashing, size }) => {
    const leaves = Array.from({ length: size }, (_, index) =>
      leafHash(hashing as Hashing, `leaf ${index}`),
    );
    return { hashing: hashing as Hashing, leaves, size };
  });
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const changed = (text: string): string => (text.startsWith('0') ? '1' : '0') + text.slice(1);

test('roots, frontiers and stored subtrees agree with the definition', () => {
  fc.assert(
    fc.property(trees, fc.integer({ min: 1, max: 4 }), ({ hashing, leaves, size }, level) => {
      const tree = treeOf(hashing, leaves);
      const root = naiveRoot(hashing, leaves);
      expect(rootOf(tree)).toBe(root);
      expect(frontierRoot(hashing, frontierOf(tree, size))).toBe(root);
      const frontier: { level: number; hash: string }[] = [];
      for (const leaf of leaves) pushSubtree(hashing, frontier, { level: 0, hash: leaf });
      expect(frontier).toEqual(frontierOf(tree, size));
      // Of the closed segments only the roots are kept.
      const length = 2 ** level;
      const closed = Math.floor(size / length);
      const kept = {
        hashing,
        size,
        subtree: (asked: number, index: number) => {
          if (asked === 0) return index >= closed * length ? leaves[index] : undefined;
          if (asked !== level || index >= closed) return undefined;
          return naiveRoot(hashing, leaves.slice(index * length, (index + 1) * length));
        },
      };
      expect(rootOf(kept)).toBe(root);
    }),
  );
});

test('an inclusion proof holds for its leaf and for nothing else', () => {
  fc.assert(
    fc.property(trees, share, share, ({ hashing, leaves, size }, at, of) => {
      const asked = 1 + Math.floor(of * size);
      const index = Math.floor(at * asked);
      const root = naiveRoot(hashing, leaves.slice(0, asked));
      const path = inclusionProof(treeOf(hashing, leaves), index, asked);
      const given = { index, size: asked, leaf: leaves[index] as string, root, path };
      expect(verifyInclusion(hashing, given)).toBe(true);
      expect(verifyInclusion(hashing, { ...given, leaf: changed(given.leaf) })).toBe(false);
      expect(verifyInclusion(hashing, { ...given, index: asked })).toBe(false);
      expect(verifyInclusion(hashing, { ...given, path: [...path, root] })).toBe(false);
      if (path.length > 0) {
        expect(verifyInclusion(hashing, { ...given, path: path.slice(1) })).toBe(false);
        const [first = '', ...rest] = path;
        expect(verifyInclusion(hashing, { ...given, path: [changed(first), ...rest] })).toBe(false);
      }
    }),
  );
});

test('a consistency proof holds for a tree that grew, and for no other', () => {
  fc.assert(
    fc.property(trees, share, share, share, ({ hashing, leaves, size }, at, of, where) => {
      const second = 1 + Math.floor(of * size);
      const first = 1 + Math.floor(at * second);
      const path = consistencyProof(treeOf(hashing, leaves), first, second);
      const given = {
        first,
        second,
        firstRoot: naiveRoot(hashing, leaves.slice(0, first)),
        secondRoot: naiveRoot(hashing, leaves.slice(0, second)),
        path,
      };
      expect(verifyConsistency(hashing, given)).toBe(true);
      // Somebody wrote one of the first leaves anew.
      const forged = leaves.with(Math.floor(where * first), digest(hashing, 'other'));
      const other = {
        ...given,
        secondRoot: naiveRoot(hashing, forged.slice(0, second)),
        path: consistencyProof(treeOf(hashing, forged), first, second),
      };
      expect(verifyConsistency(hashing, other)).toBe(false);
      expect(verifyConsistency(hashing, { ...given, path: [...path, given.firstRoot] })).toBe(
        false,
      );
    }),
  );
});
