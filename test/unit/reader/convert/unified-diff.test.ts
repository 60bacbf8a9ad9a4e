import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applyEdits } from '../../../../src/reader/convert';
import type { Edit } from '../../../../src/reader/convert';
import { unifiedDiff } from '../../../../src/reader/convert/unified-diff';
import { randomFrom } from '../../capture/mutate';

const folder = mkdtempSync(join(tmpdir(), 'bioscope-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('applyEdits', () => {
  it('refuses edits that overlap and keeps the order of insertions', () => {
    const at = (start: number, end: number, text: string) => ({ start, end, text });
    expect(applyEdits('abc', [at(1, 1, 'x'), at(1, 1, 'y'), at(1, 2, 'z')])).toBe('axyzc');
    expect(() => applyEdits('abc', [at(0, 2, 'x'), at(1, 3, 'y')])).toThrow(/overlap/);
  });
});

describe('unifiedDiff', () => {
  it('is empty without edits', () => {
    expect(unifiedDiff('a.c', 'x\n', [])).toBe('');
  });

  it('shows three lines around, and what a file without a last newline is', () => {
    const text = '1\n2\n3\n4\n5\n6\n7';
    expect(unifiedDiff('a.c', text, [{ start: 12, end: 13, text: 'seven' }])).toBe(
      '--- a/a.c\n+++ b/a.c\n@@ -4,4 +4,4 @@\n 4\n 5\n 6\n-7\n\\ No newline at end of file\n' +
        '+seven\n\\ No newline at end of file\n',
    );
  });

  it('is what git applies, for any edits', () => {
    const random = randomFrom(5);
    for (let round = 0; round < 25; round++) {
      const text = Array.from({ length: 40 }, (_, i) => 'x'.repeat(random(9)) + String(i)).join('\n') + '\n';
      const edits: Edit[] = [];
      for (let at = random(30); at < text.length - 20; at += 1 + random(60)) {
        const end = at + random(14);
        edits.push({ start: at, end, text: ['', 'new', 'a\nb', 'q'][random(4)]! });
        at = end;
      }
      const made = applyEdits(text, edits);
      const path = join(folder, 'f.c');
      writeFileSync(path, text);
      const diff = unifiedDiff('f.c', text, edits);
      if (edits.length === 0 || made === text) continue;
      execFileSync('git', ['apply', '--unidiff-zero', '-'], { cwd: folder, input: diff });
      expect(readFileSync(path, 'utf8')).toBe(made);
    }
  });
});
