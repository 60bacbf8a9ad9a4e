import { readFileSync, readdirSync, statSync } from 'node:fs';
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
    // It holds the C parser and all explanations, which the other one reads from files of their own.
    ['dist/extension.web.js', 1250],
    ['dist/webview.js', 270],
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

  it('offers translators every string that the host shows', () => {
    const bundle = JSON.parse(readFileSync(join(root, 'l10n/bundle.l10n.json'), 'utf8')) as Record<
      string,
      string
    >;
    const files = readdirSync(join(root, 'src/host'), { recursive: true, encoding: 'utf8' });
    const shown = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [
          ...readFileSync(join(root, 'src/host', file), 'utf8').matchAll(/l10n\.t\(\s*'((?:[^'\\]|\\.)*)'/g),
        ].map((m) => m[1]!),
      );
    expect(shown.length).toBeGreaterThan(10);
    expect(new Set(Object.keys(bundle))).toEqual(new Set(shown.filter((text) => text !== '')));
  });
});
