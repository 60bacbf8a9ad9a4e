import { Tree } from 'web-tree-sitter';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CParser } from '../../../src/reader';
import { createParser, parserFiles, SAMPLE } from './support';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('CParser', () => {
  it('refuses files that are no WebAssembly, and works afterwards', async () => {
    const { runtime, grammar } = parserFiles();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await expect(CParser.create({ runtime: new Uint8Array([1, 2, 3]), grammar })).rejects.toThrow();
    await expect(CParser.create({ runtime, grammar: new Uint8Array([1, 2, 3]) })).rejects.toThrow();
    const parser = await CParser.create({ runtime, grammar });
    expect(parser.treeOf('int x;').rootNode.hasError).toBe(false);
    parser.dispose();
  });

  it('can be made several times at once', async () => {
    const parsers = await Promise.all([createParser(), createParser()]);
    for (const parser of parsers) {
      expect(parser.treeOf(SAMPLE).rootNode.type).toBe('translation_unit');
      parser.dispose();
    }
  });

  it('keeps a few trees and frees every other one', async () => {
    const freed = vi.spyOn(Tree.prototype, 'delete');
    const parser = await createParser();
    const first = parser.treeOf('int a;');
    expect(parser.treeOf(`int a;`)).toBe(first);
    for (let i = 0; i < 20; i++) parser.treeOf(`int a${i};`);
    expect(freed).toHaveBeenCalledTimes(17);
    parser.dispose();
    expect(freed).toHaveBeenCalledTimes(21);
  });

  it('leaves a tree of parse() to the caller', async () => {
    const freed = vi.spyOn(Tree.prototype, 'delete');
    const parser = await createParser();
    const tree = parser.parse('int a;');
    parser.dispose();
    expect(freed).not.toHaveBeenCalled();
    tree.delete();
  });

  it('parses whatever it is given', async () => {
    const parser = await createParser();
    for (const text of ['', '\0', '\ud800', '}}}', '#', '"', '/*', '\r\n'.repeat(100), 'é𝓟'.repeat(1000)]) {
      expect(parser.treeOf(text).rootNode.type).toMatch(/translation_unit|ERROR/);
    }
    parser.dispose();
  });
});
