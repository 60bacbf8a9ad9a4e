import type { Edit } from './edit';
import { applyEdits } from './edit';

/** The edits of one file as `diff -u` would show them: `patch` and `git apply` take it. */

const CONTEXT = 3;

/** Lines that edits replace: from one line to another (both included, from 0), and what stands there afterwards. */
interface Block {
  first: number;
  last: number;
  edits: Edit[];
}

/** @returns the empty text when there is no edit */
export function unifiedDiff(path: string, text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return '';
  const starts = lineStarts(text);
  const blocks = blocksOf(edits, starts);
  const lines = [`--- a/${path}`, `+++ b/${path}`];
  let shift = 0;
  for (const group of groupsOf(blocks)) {
    const first = Math.max(0, group[0]!.first - CONTEXT);
    const last = Math.min(starts.length - 1, group.at(-1)!.last + CONTEXT);
    const body: string[] = [];
    let [removed, added] = [0, 0];
    let at = first;
    for (const block of group) {
      for (; at < block.first; at++) body.push(...marked(' ', lineText(text, starts, at, at)));
      const from = starts[block.first]!;
      const old = lineText(text, starts, block.first, block.last);
      const moved = block.edits.map((edit) => ({ ...edit, start: edit.start - from, end: edit.end - from }));
      const [minus, plus] = [marked('-', old), marked('+', applyEdits(old, moved))];
      body.push(...minus, ...plus);
      removed += countLines(minus);
      added += countLines(plus);
      at = block.last + 1;
    }
    for (; at <= last; at++) body.push(...marked(' ', lineText(text, starts, at, at)));
    const count = last - first + 1;
    const grown = added - removed;
    lines.push(`@@ -${first + 1},${count} +${first + 1 + shift},${count + grown} @@`, ...body);
    shift += grown;
  }
  return lines.join('\n') + '\n';
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0 && at + 1 < text.length; at = text.indexOf('\n', at + 1))
    starts.push(at + 1);
  return starts;
}

function lineText(text: string, starts: readonly number[], first: number, last: number): string {
  return text.slice(starts[first], starts[last + 1] ?? text.length);
}

/** Each line with its sign in front; a last line that does not end is followed by the remark that diff makes. */
function marked(sign: string, lines: string): string[] {
  const ends = lines.endsWith('\n');
  const each = (ends ? lines.slice(0, -1) : lines).split('\n').map((line) => sign + line);
  return ends ? each : [...each, '\\ No newline at end of file'];
}

function countLines(lines: readonly string[]): number {
  return lines.filter((line) => !line.startsWith('\\')).length;
}

function blocksOf(edits: readonly Edit[], starts: readonly number[]): Block[] {
  const blocks: Block[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const [first, last] = [lineOf(starts, edit.start), lineOf(starts, edit.end)];
    const before = blocks.at(-1);
    if (before && first <= before.last) {
      before.last = Math.max(before.last, last);
      before.edits.push(edit);
    } else blocks.push({ first, last, edits: [edit] });
  }
  return blocks;
}

function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low;
}

/** Blocks whose context would touch share a hunk. */
function groupsOf(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    if (group && block.first - group.at(-1)!.last <= 2 * CONTEXT) group.push(block);
    else groups.push([block]);
  }
  return groups;
}
