import * as vscode from 'vscode';
import { ok } from '../expect';

async function hoverTexts(content: string, word: string, language = 'c'): Promise<string[]> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  const position = document.positionAt(content.lastIndexOf(word) + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers.flatMap((h) => h.contents).map((c) => (c instanceof vscode.MarkdownString ? c.value : ''));
}

const NAMES = [
  ['__pfn_t', 'static __pfn_t pfn;'],
  ['PFN_DEV', 'int f(void) { return flags & PFN_DEV; }'],
  ['__pfn_t_to_page', 'void f(void) { page = __pfn_t_to_page(pfn); }'],
  ['__pfn_t_to_phys', 'void f(void) { phys = __pfn_t_to_phys(pfn); }'],
  ['page_to_pfn_t', 'void f(void) { pfn = page_to_pfn_t(page); }'],
  ['bvec_page', 'void f(void) { page = bvec_page(bv); }'],
  ['bvec_set_page', 'void f(void) { bvec_set_page(bv, page); }'],
  ['bv_page', 'void f(struct bio_vec *bv) { use(bv->bv_page); }'],
  ['bv_pfn', 'void f(struct bio_vec *bv) { use(bv->bv_pfn); }'],
  ['bio_add_pfn', 'void f(void) { bio_add_pfn(bio, pfn, len, 0); }'],
  ['dma_map_pfn', 'void f(void) { dma_map_pfn(dev, pfn, 0, len, dir); }'],
  ['kmap_atomic_pfn_t', 'void f(void) { p = kmap_atomic_pfn_t(pfn); }'],
  ['kunmap_atomic_pfn_t', 'void f(void) { kunmap_atomic_pfn_t(p); }'],
  ['devm_register_kmap_pfn_range', 'void f(void) { devm_register_kmap_pfn_range(dev, res, base); }'],
  ['sg_phys', 'void f(void) { phys = sg_phys(sg); }'],
  ['QUEUE_FLAG_PFN', 'void f(void) { set_bit(QUEUE_FLAG_PFN, &q->queue_flags); }'],
] as const;

describe('hovers in C', () => {
  for (const [name, code] of NAMES) {
    it(`explain ${name}: meaning, signature, page-less, source, picture`, async () => {
      const text = (await hoverTexts(code, name)).find((t) => t.includes(`**\`${name}\`**`));
      ok(text, `a hover for ${name}`);
      for (const part of ['```c', 'Page-less', 'Sources:', 'command:bioscope.showPicture']) {
        ok(text.includes(part), `${name} says ${part}`);
      }
    });
  }

  it('work in a header, which VS Code takes for C++', async () => {
    ok((await hoverTexts('struct x { __pfn_t pfn; };', '__pfn_t', 'cpp')).length > 0, 'a hover');
  });

  it('are silent in comments, in strings and on a local variable of the same name', async () => {
    for (const code of [
      '/* about bio_page */',
      'char *s = "bio_page";',
      'void f(void) { int bio_page = 0; use(bio_page); }',
    ]) {
      const ours = (await hoverTexts(code, 'bio_page')).filter((t) => t.includes('bioscope'));
      ok(ours.length === 0, `no hover in: ${code}`);
    }
  });

  it('show the line of the kernel that the settings name beside another', async () => {
    const settings = vscode.workspace.getConfiguration('bioscope');
    await settings.update('kernelVersion', '6.12', vscode.ConfigurationTarget.Global);
    try {
      const texts = await hoverTexts('void f(void) { bio_endio(bio); }', 'bio_endio');
      ok(
        texts.some((t) => t.includes('| This tree (6.12) | 4.1 |')),
        'a table of two versions',
      );
    } finally {
      await settings.update('kernelVersion', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('decode a number that is handed to a helper, and no other', async () => {
    const shown = await hoverTexts('void f(void) { x = pfn_to_pfn_t(0x100000, PFN_DEV); }', '0x100000');
    ok(
      shown.some((t) => t.includes('0x100000004')),
      'the word of v5',
    );
    const silent = await hoverTexts('void f(void) { x = sample(0x100000); }', '0x100000');
    ok(!silent.some((t) => t.includes('physical')), 'nothing about another number');
  });

  it('show where the members of a structure lie', async () => {
    const texts = await hoverTexts('struct bio_vec *v;', 'bio_vec');
    ok(
      texts.some((t) => t.includes('| `bv_offset` | 12 (4) |')),
      'offset and size',
    );
  });

  it('stop when they are switched off', async () => {
    const settings = vscode.workspace.getConfiguration('bioscope');
    await settings.update('hover.enabled', false, vscode.ConfigurationTarget.Global);
    try {
      ok((await hoverTexts('static __pfn_t pfn;', '__pfn_t')).length === 0, 'no hover');
    } finally {
      await settings.update('hover.enabled', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
