import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERIES_FILES } from '../../../src/catalogue/series';
import { series, seriesTable } from '../../../src/cli/series';

describe('bioscope series', () => {
  it('prints the table that docs/series.md holds: npm run series writes it anew', () => {
    const kept = readFileSync(join(__dirname, '../../../docs/series.md'), 'utf8');
    expect(kept).toBe(seriesTable());
  });

  it('has a row for every file, and at least 60 of them by running', () => {
    const rows = seriesTable()
      .split('\n')
      .filter((line) => /^\| [\w/.\\-]+ \| \d+ \|/.test(line));
    expect(rows).toHaveLength(SERIES_FILES.length);
    expect(rows.filter((row) => !row.includes('*')).length).toBeGreaterThanOrEqual(60);
  });

  it('gives the document of one file, and says which it does not know', async () => {
    const { json } = await series(['drivers/block/nbd.c']);
    expect(json).toMatchObject({ bioscope: 1, machine: { name: 'drivers/block/nbd.c' } });
    expect(() => series(['fs/nothing.c'])).toThrow(/does not touch it/);
    expect((await series(['fs/btrfs/volumes.c'])).text).toContain('has no model');
  });
});
