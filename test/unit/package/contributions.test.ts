import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEYS } from '../../../webview/keys';

const root = join(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly image: Record<string, string> };
  readonly completionEvents?: readonly string[];
}
const { contributes } = JSON.parse(read('package.json')) as {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string }[];
    readonly menus: Record<string, readonly { readonly command: string; readonly when?: string }[]>;
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
  };
};
const strings = JSON.parse(read('package.nls.json')) as Record<string, string>;
const commands = new Set(contributes.commands.map(({ command }) => command));
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

describe('the walkthrough', () => {
  it('has five steps', () => expect(steps).toHaveLength(5));

  it.each(steps)(
    'step $id has its pictures, and its links lead somewhere',
    ({ description, media, ...step }) => {
      const { image } = media;
      expect(Object.keys(image).sort()).toEqual(['dark', 'hc', 'hcLight', 'light']);
      for (const file of Object.values(image)) expect(existsSync(join(root, file)), file).toBe(true);
      const links = [...strings[description.slice(1, -1)]!.matchAll(/\]\(command:([\w.]+)(?:\?([^)]*))?\)/g)];
      expect(links.length).toBeGreaterThan(0);
      for (const [, command = '', argument] of links) {
        if (command.startsWith('bioscope.')) expect(commands, command).toContain(command);
        if (argument === undefined) continue;
        const named = JSON.parse(decodeURIComponent(argument)) as string;
        expect(read('media/presets/lessons.json'), named).toContain(JSON.stringify(named));
      }
      for (const event of step.completionEvents ?? [])
        expect(commands).toContain(event.replace(/^onCommand:/, ''));
    },
  );
});

describe('menus', () => {
  const entries = Object.entries(contributes.menus).flatMap(([menu, items]) =>
    items.map((item) => ({ menu, ...item })),
  );

  it('name commands that there are', () => {
    for (const { menu, command } of entries)
      if (command.startsWith('bioscope.')) expect(commands, menu).toContain(command);
  });

  it('of pictures ask for sections and views that our pages have', () => {
    const said = new Set(
      read('webview/context.ts')
        .match(/'[a-z]+'/g)
        ?.map((word) => word.slice(1, -1)),
    );
    const views = new Set(
      read('src/host/views.ts')
        .match(/'bioscope\.\w+'/g)
        ?.map((word) => word.slice(1, -1)),
    );
    const conditions = (contributes.menus['webview/context'] ?? []).map(({ when = '' }) => when);
    expect(conditions.length).toBeGreaterThan(5);
    for (const [, what, value] of conditions.flatMap((when) => [
      ...when.matchAll(/(webviewSection|webviewId) == ([\w.]+)/g),
    ]))
      expect(what === 'webviewId' ? views : said, value).toContain(value);
  });
});

describe('the sheet of keys', () => {
  it('has every key that the explorer is given', () => {
    const listed = new Set(
      KEYS.flatMap(({ keys }) => keys.flatMap(([names]) => names.toLowerCase().split(', '))),
    );
    for (const { key, command } of contributes.keybindings) expect(listed, command).toContain(key);
  });
});
