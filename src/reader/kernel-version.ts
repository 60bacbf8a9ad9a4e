import type { KernelVersion, Signature } from '../catalogue';

/** The kernels a hover can be told to speak of; `4.1-pfn` is 4.1 with the series applied. */
export const TREE_VERSIONS = ['4.1', '4.1-pfn', '6.1', '6.12'] as const;
export type TreeVersion = (typeof TREE_VERSIONS)[number];

export interface KernelTree {
  /** What the tree calls itself: `5.10`. */
  readonly release: string;
  /** Whose lines are shown for it. */
  readonly like: TreeVersion;
}

/** Which lines speak for a version, the best first. The catalogue has 6.1's own only where they differ or are new. */
const SPEAKS: Readonly<Record<TreeVersion, readonly KernelVersion[]>> = {
  '4.1': ['4.1'],
  '4.1-pfn': ['v3', 'v5', 'v1', 'pfn-branch', '4.1'],
  '6.1': ['6.1', '6.12'],
  '6.12': ['6.12'],
};

/** What stands beside a version: the series beside what it changed, 4.1 beside today. */
const BESIDE: Readonly<Record<TreeVersion, readonly KernelVersion[]>> = {
  '4.1': ['v3', 'v5', 'v1', 'pfn-branch', '6.12'],
  '4.1-pfn': ['4.1', '6.12'],
  '6.1': ['4.1', 'v3', 'v5', 'v1', 'pfn-branch'],
  '6.12': ['4.1', 'v3', 'v5', 'v1', 'pfn-branch'],
};

/** The tree a setting names. */
export function treeOfVersion(version: TreeVersion): KernelTree {
  return { release: version, like: version };
}

/**
 * The kernel that a top-level Makefile belongs to.
 *
 * @returns undefined for any other Makefile
 */
export function treeOfMakefile(makefile: string): KernelTree | undefined {
  const number = (name: string) =>
    new RegExp(`^${name}[ \\t]*=[ \\t]*(\\d+)[ \\t]*$`, 'm').exec(makefile)?.[1];
  const [major, minor] = [number('VERSION'), number('PATCHLEVEL')];
  if (major === undefined || minor === undefined) return undefined;
  const age = Number(major) * 1000 + Number(minor);
  // Between two known kernels the borders are where the block layer changed its habits: 5.1 brought long vecs.
  return { release: `${major}.${minor}`, like: age < 5001 ? '4.1' : age < 6007 ? '6.1' : '6.12' };
}

/** The line of a tree's version, if the name is there. */
export function lineOfTree(signatures: readonly Signature[], { like }: KernelTree): Signature | undefined {
  return best(signatures, SPEAKS[like]);
}

/** The line to compare it with. */
export function lineBeside(signatures: readonly Signature[], { like }: KernelTree): Signature | undefined {
  return best(signatures, BESIDE[like]);
}

function best(signatures: readonly Signature[], order: readonly KernelVersion[]): Signature | undefined {
  for (const version of order) {
    const found = signatures.find((one) => one.version === version);
    if (found) return found;
  }
  return undefined;
}
