import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkerOf } from '../../src/cli/agree/registry';
import { checkFile } from '../../src/cli/agree/files';

const ROOT = join(__dirname, 'captures', 'captures');

const files = readdirSync(ROOT)
  .filter((folder) => folder.startsWith('tier-'))
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.bios.jsonl'))
      .map((name) => join(folder, name)),
  );

describe('what caches decided in real kernels', () => {
  it.each(files)('%s: every bio', async (file) => {
    const { cases } = await checkFile(join(ROOT, file));
    expect(cases.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(cases.length).toBeGreaterThan(1);
  });

  it('is 6370 bios of bcache, 2756 of dm-cache and 2533 of dm-writecache', async () => {
    const counts = new Map<string, number>();
    for (const file of files) {
      const driver = file.split('-')[2]!.split('/')[0]!;
      const { cases } = await checkFile(join(ROOT, file));
      counts.set(driver, (counts.get(driver) ?? 0) + cases.length);
    }
    expect(Object.fromEntries(counts)).toEqual({ bcache: 6370, dmcache: 2756, writecache: 2533 });
  });

  /** What a row says the kernel did, told otherwise. */
  const LIES: Readonly<Record<string, (row: string) => string>> = {
    bcache: (row) => row.replace(/"decision": "(\w)/, '"decision": "not $1'),
    dmcache: (row) => row.replace(/"mapio": "REMAPPED"/, '"mapio": "SUBMITTED"'),
    writecache: (row) => row.replace(/"mapio": "(\w+)"/, '"mapio": "KILL"'),
  };

  it.each(Object.keys(LIES))('a checker notices a row of %s that says something else', (driver) => {
    const file = files.find((name) => name.includes(`/${driver}-01`))!;
    const text = readFileSync(join(ROOT, file), 'utf8');
    const beside = (name: string) => readFileSync(join(ROOT, file.split('/')[0]!, name), 'utf8');
    const lied = text.replace(/^.*$/m, LIES[driver]!);
    expect(lied).not.toBe(text);
    const wrong = [...checkerOf(`${driver}-01.bios.jsonl`)!(lied, file, beside)].filter((one) => !one.agrees);
    expect(wrong.length).toBeGreaterThan(0);
  });
});
