// What a benchmark measures, as a program of its own: bundled once, without a test runner around it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';

/**
 * @param {string} name of the TypeScript file in scripts/bench, without its ending
 * @param {string} folder where the bundle goes
 * @param {Partial<import('esbuild').BuildOptions>} [options]
 */
export async function bundled(name, folder, options = {}) {
  const { build } = await import('esbuild');
  const outfile = join(folder, `${name}.cjs`);
  const entryPoints = [inRoot(`scripts/bench/${name}.ts`)];
  await build({ bundle: true, platform: 'node', format: 'cjs', entryPoints, outfile, ...options });
  return createRequire(import.meta.url)(outfile);
}
