// Vitest's globalSetup of the agreement tests: the table of the kernel's that one of them reads, and where kernel trees may lie.
import { ensureKernelTable } from './ensure-kernel-table.mjs';
import { cache } from './paths.mjs';

/** @typedef {import('./provided.d.ts')} _ makes project.provide know what we provide */

/**
 * @param {import('vitest/node').TestProject} project
 */
export default async function setup(project) {
  project.provide('cache', cache);
  project.provide('kernelTable', await ensureKernelTable());
}
