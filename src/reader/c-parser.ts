import type { Parser, Tree } from 'web-tree-sitter';

/** The two WebAssembly files; whoever creates the parser reads them, so this room needs no file system. */
export interface ParserFiles {
  /** `web-tree-sitter.wasm` of the npm package web-tree-sitter. */
  readonly runtime: Uint8Array;
  /** `tree-sitter-c.wasm` of the npm package tree-sitter-c. */
  readonly grammar: Uint8Array;
}

/** How many parsed files stay ready. A hover asks for the same text again and again. */
const KEPT_TREES = 4;

/** The runtime is one per program: a second initialisation would pull it from under the first parser. */
let runtimeReady: Promise<void> | undefined;

/** Parses C. Syntax errors never throw: the tree marks them and goes on. */
export class CParser {
  /** Newest first. The parser owns these trees. */
  private kept: { text: string; tree: Tree }[] = [];

  private constructor(private readonly parser: Parser) {}

  /**
   * Loads runtime and grammar and makes a parser. Takes some 10 to 20 ms.
   *
   * @throws when one of the files is not the WebAssembly module it should be
   */
  static async create(files: ParserFiles): Promise<CParser> {
    // Only now: whoever never hovers does not pay for it.
    const { Language, Parser } = await import('web-tree-sitter');
    // The name is never opened; without it the runtime would build a URL from its own place, which a bundle lacks.
    runtimeReady ??= Parser.init({ wasmBinary: files.runtime, locateFile: (file: string) => file });
    try {
      await runtimeReady;
    } catch (error) {
      runtimeReady = undefined;
      throw error;
    }
    const language = await Language.load(files.grammar);
    const parser = new Parser();
    parser.setLanguage(language);
    return new CParser(parser);
  }

  /** Parses `text` anew. The caller owns the tree and must `delete()` it. Offsets in it are UTF-16 units. */
  parse(text: string): Tree {
    this.parser.reset();
    const tree = this.parser.parse(text);
    if (!tree) throw new Error('tree-sitter gave no tree');
    return tree;
  }

  /**
   * The tree of `text`, parsed now or kept from one of the last calls. The parser owns it: use it at once, keep
   * nothing of it.
   */
  treeOf(text: string): Tree {
    const at = this.kept.findIndex((one) => one.text === text);
    const found = at < 0 ? { text, tree: this.parse(text) } : this.kept.splice(at, 1)[0];
    if (!found) throw new Error('unreachable: the index was just found');
    this.kept.unshift(found);
    for (const old of this.kept.splice(KEPT_TREES)) old.tree.delete();
    return found.tree;
  }

  /** Frees the kept trees and the parser; it cannot be used afterwards. */
  dispose(): void {
    for (const one of this.kept.splice(0)) one.tree.delete();
    this.parser.delete();
  }
}
