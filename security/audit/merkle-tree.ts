// The Merkle tree of RFC 6962 (and RFC 9162, section 2.1): root, inclusion and consistency proofs, and their
// verification. A tree is asked for the hashes of its perfect subtrees, so that it may stand in a store that
// keeps whole segments by their root alone.

import { assert } from '../../core/errors.ts';
import { digest, nodeHash, type Hashing } from './hashing.ts';

export type Tree = {
  readonly hashing: Hashing;
  readonly size: number;
  /** Hash over the leaves from index·2^level to (index+1)·2^level, where it is at hand. */
  readonly subtree: (level: number, index: number) => string | undefined;
};

/** A tree over leaf hashes in memory. */
export const treeOf = (hashing: Hashing, leaves: readonly string[]): Tree => ({
  hashing,
  size: leaves.length,
  subtree: (level, index) => (level === 0 ? leaves[index] : undefined),
});

/** Root over the first `size` leaves. Throws AssertionError when hashes it needs are not at hand. */
export const rootOf = (tree: Tree, size: number = tree.size): string =>
  size === 0 ? digest(tree.hashing, '') : rangeRoot(tree, 0, size);

/** The hashes that prove that leaf `index` is in the tree of `size`, from the leaf upwards. */
export function inclusionProof(tree: Tree, index: number, size: number = tree.size): string[] {
  assert(index >= 0 && index < size && size <= tree.size, 'the leaf is in the tree');
  const path = (from: number, until: number): string[] => {
    if (until - from === 1) return [];
    const middle = from + splitOf(until - from);
    return index < middle
      ? [...path(from, middle), rangeRoot(tree, middle, until)]
      : [...path(middle, until), rangeRoot(tree, from, middle)];
  };
  return path(0, size);
}

/** The hashes that prove that the tree of `second` begins with the tree of `first`; 0 < first ≤ second. */
export function consistencyProof(tree: Tree, first: number, second: number = tree.size): string[] {
  assert(first > 0 && first <= second && second <= tree.size, 'both trees are in the tree');
  const subproof = (size: number, from: number, until: number, isWhole: boolean): string[] => {
    const count = until - from;
    if (size === count) return isWhole ? [] : [rangeRoot(tree, from, until)];
    const split = splitOf(count);
    return size <= split
      ? [...subproof(size, from, from + split, isWhole), rangeRoot(tree, from + split, until)]
      : [
          ...subproof(size - split, from + split, until, false),
          rangeRoot(tree, from, from + split),
        ];
  };
  return subproof(first, 0, second, true);
}

/** RFC 9162, 2.1.3.2. */
export function verifyInclusion(
  hashing: Hashing,
  given: { index: number; size: number; leaf: string; root: string; path: readonly string[] },
): boolean {
  if (given.index >= given.size) return false;
  let node = given.index;
  let last = given.size - 1;
  let hash = given.leaf;
  for (const step of given.path) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(hashing, step, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hashing, hash, step);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash === given.root;
}

/** RFC 9162, 2.1.4.2; that a tree begins with one of no leaves needs no proof. */
export function verifyConsistency(
  hashing: Hashing,
  given: {
    first: number;
    second: number;
    firstRoot: string;
    secondRoot: string;
    path: readonly string[];
  },
): boolean {
  const { first, second, firstRoot, secondRoot } = given;
  if (first > second) return false;
  if (first === second) return given.path.length === 0 && firstRoot === secondRoot;
  if (first === 0) return given.path.length === 0 && firstRoot === digest(hashing, '');
  const path = isPowerOfTwo(first) ? [firstRoot, ...given.path] : [...given.path];
  const start = path.shift();
  if (start === undefined) return false;
  let node = first - 1;
  let last = second - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [oldRoot, newRoot] = [start, start];
  for (const step of path) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      oldRoot = nodeHash(hashing, step, oldRoot);
      newRoot = nodeHash(hashing, step, newRoot);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newRoot = nodeHash(hashing, newRoot, step);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && oldRoot === firstRoot && newRoot === secondRoot;
}

/** A tree that only grows, kept as the roots of the perfect subtrees it consists of, greatest first. */
export type Frontier = readonly { readonly level: number; readonly hash: string }[];

export function pushSubtree(
  hashing: Hashing,
  frontier: { level: number; hash: string }[],
  added: { readonly level: number; readonly hash: string },
): void {
  let { level, hash } = added;
  for (let last = frontier.at(-1); last?.level === level; last = frontier.at(-1)) {
    hash = nodeHash(hashing, last.hash, hash);
    level++;
    frontier.pop();
  }
  frontier.push({ level, hash });
}

export const frontierRoot = (hashing: Hashing, frontier: Frontier): string =>
  frontier.length === 0
    ? digest(hashing, '')
    : frontier.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(hashing, left, right));

/** The frontier of the first `size` leaves of a tree. */
export function frontierOf(tree: Tree, size: number): Frontier {
  const frontier: { level: number; hash: string }[] = [];
  let from = 0;
  for (let level = Math.floor(Math.log2(Math.max(1, size))); level >= 0; level--) {
    if (from + 2 ** level > size) continue;
    frontier.push({ level, hash: rangeRoot(tree, from, from + 2 ** level) });
    from += 2 ** level;
  }
  return frontier;
}

/** Sizes may pass 2^32, so that bit operators will not do. */
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && !isOdd(rest)) rest = half(rest);
  return rest === 1;
}

/** The greatest power of two below `count`, which is at least two. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

function rangeRoot(tree: Tree, from: number, until: number): string {
  const count = until - from;
  if (isPowerOfTwo(count) && from % count === 0) {
    const known = tree.subtree(Math.round(Math.log2(count)), from / count);
    if (known !== undefined) return known;
  }
  assert(count > 1, 'the hashes of the tree are at hand');
  const middle = from + splitOf(count);
  return nodeHash(tree.hashing, rangeRoot(tree, from, middle), rangeRoot(tree, middle, until));
}
