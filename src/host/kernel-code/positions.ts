import * as vscode from 'vscode';

/**
 * Positions of offsets in a text, whether an editor has it open or not; for thousands of them a hundred times faster
 * than the document's own. Lines end as VS Code ends them.
 */
export function positionsIn(text: string): (offset: number) => vscode.Position {
  const starts = lineStarts(text);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return new vscode.Position(low, offset - starts[low]!);
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  // A lone carriage return ends a line too, and hardly any file has one.
  if (/\r(?!\n)/.test(text)) {
    for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
    return starts;
  }
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
