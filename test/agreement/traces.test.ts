import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturesUnder, checkFile } from '../../src/cli/agree/files';
import { readLeftOut, reasonFor } from '../../src/cli/agree/left-out';

const ROOT = join(__dirname, 'captures');
const leftOut = await readLeftOut(ROOT);
const traces = (await capturesUnder(ROOT)).filter((path) => path.endsWith('.txt'));

describe('traces of real kernels', () => {
  it.each(traces.map((path) => relative(ROOT, path)))('%s', async (path) => {
    const { cases } = await checkFile(join(ROOT, path));
    const differing = cases.filter(
      ({ agrees, name }) => !agrees && reasonFor(leftOut, path, name) === undefined,
    );
    expect(differing).toEqual([]);
  });
});
