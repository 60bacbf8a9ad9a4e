// Vitest's globalSetup of the agreement tests: what some of them read of the kernel's.
import { ensureKernelTable } from './ensure-kernel-table.mjs';
import { ensureKernelTrees } from './ensure-kernel-trees.mjs';

/** @typedef {import('./provided.d.ts')} _ makes project.provide know what we provide */

/**
 * @param {import('vitest/node').TestProject} project
 */
export default async function setup(project) {
  project.provide('kernelTable', await ensureKernelTable());
  project.provide('kernelTrees', await ensureKernelTrees());
}
