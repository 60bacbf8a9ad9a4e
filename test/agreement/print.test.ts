import { describe, expect, it } from 'vitest';
import { readFtrace } from '../../src/capture/trace/ftrace';
import { ftraceText } from '../../src/model/print/ftrace';
import { capture, captures } from './captures';

/** Kernels of the flavours we print for; 6.1 is none of them. */
const TRACES = captures(/\.txt$/).filter((path) => /traces\/|run612-pc\/.*\.trace\.txt$/.test(path));

describe('ftrace text', () => {
  it.each(TRACES)('%s: every block event is printed as the kernel printed it', (path) => {
    const flavour = path.includes('run612') ? '6.12' : '4.1';
    const rows = capture(path).split('\n');
    const first = rows.findIndex((row) => /^# (?:trace:|entries)/.test(row));
    const problems: never[] = [];
    const lines = readFtrace(rows.slice(first + 1), first + 2, path, problems);
    expect(problems).toEqual([]);
    for (const { line, block, task } of lines) {
      // Passthrough commands have bytes and a command block, which no bio has.
      if (!block || block.device === '0,0') continue;
      const printed = rows[line - 1]!.split(`${block.name}: `)[1]!;
      const comm = /\[([^\]]*)\]/.exec(printed)?.[1] ?? task;
      expect(ftraceText(block, flavour, comm)).toBe(printed.trimEnd());
    }
  });
});
