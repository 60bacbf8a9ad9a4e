import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CFile } from '../../../src/reader/c-file';

/** What the rules are about; a tree is walked once for both. */
const WORDS = ['bv_page', 'sg_page'] as const;
type Word = (typeof WORDS)[number];

const kept = new Map<string, readonly CFile[]>();

/** The C files of a kernel tree that have a word; read byte by byte, as not all of them are UTF-8. */
export function filesWith(tree: string, word: Word): readonly CFile[] {
  let files = kept.get(tree);
  if (!files) kept.set(tree, (files = walk(tree)));
  return files.filter((file) => file.text.includes(word));
}

function walk(tree: string): CFile[] {
  const found: CFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(tree, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && /\.[ch]$/.test(entry.name)) {
        const bytes = readFileSync(join(tree, path));
        if (WORDS.some((word) => bytes.includes(word))) found.push(new CFile(bytes.toString('latin1'), path));
      }
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function hash(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 16);
}

/** The text with comments blanked out, by other means than the code under test. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"/g, (part) => ' '.repeat(part.length));
}
