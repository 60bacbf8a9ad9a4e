import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(__dirname, '../../..');
const kilobytes = (name: string) => statSync(join(root, name)).size / 1000;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  contributes: { commands: { command: string; title: string }[] };
};
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

/** What users download and load; raise a bound only with a reason in the change log. */
describe('sizes', () => {
  it.each([
    ['dist/extension.js', 400],
    ['dist/extension.web.js', 400],
    ['dist/webview.js', 250],
    [`bioscope-${manifest.version}.vsix`, 1500],
  ])('%s is at most %i KB', (name, bound) => {
    expect(kilobytes(name)).toBeLessThanOrEqual(bound);
  });
});

describe('the manifest', () => {
  it('has a string for every %key% and no string without a use', () => {
    const used = [...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([\w.-]+)%"/g)].map(
      (m) => m[1]!,
    );
    expect(new Set(used)).toEqual(new Set(Object.keys(strings)));
  });
});
