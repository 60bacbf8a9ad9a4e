import type { Explanation } from './kind';

const WIDTH = 100;
const WHERE_RUNS_ARE =
  'captures-2015/ is test/agreement/captures/captures-2015/ in the source of Bioscope: what the kernels printed.';

/** Explanations as plain text. What is the same for a kind of message is written only the first time. */
export function explanationText(explanations: readonly Explanation[]): string {
  const first = new Map<string, number>();
  const parts = explanations.map((explanation, index) => {
    const key = JSON.stringify([
      explanation.title,
      explanation.meaning,
      explanation.causes,
      explanation.tries,
    ]);
    const before = first.get(key);
    if (before === undefined) first.set(key, index + 1);
    return section(explanation, index + 1, before);
  });
  return [...parts, WHERE_RUNS_ARE].join('\n\n');
}

/** What to say when nothing was recognised. */
export function nothingFoundText(recognised: readonly string[]): string {
  return [
    'No DMA-related kernel message that Bioscope knows was found.',
    '',
    'It recognises these, with or without time stamps, anywhere in a kernel log:',
    '',
    ...recognised.flatMap((looks) => wrap(`- ${looks}`, 2, 4)),
  ].join('\n');
}

function section(explanation: Explanation, number: number, before: number | undefined): string {
  const { title, message, printedBy, meaning, numbers, causes, tries, sources, reconstructed } = explanation;
  const lines = [`${number}. ${title}`, '', `   ${where(explanation)}`, `     ${message}`];
  const block = (heading: string, items: readonly string[]) => {
    if (items.length > 0)
      lines.push(
        '',
        `   ${heading}`,
        ...items.flatMap((item) => wrap(item, 5, item.startsWith('- ') ? 7 : 5)),
      );
  };
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`);
  if (before === undefined) block('What it means', [meaning, `Printed by ${printedBy}.`]);
  block('What stands in it', list(numbers.map(({ says, means }) => `${says}: ${means}`)));
  if (before === undefined) {
    block('Likely causes', list(causes));
    block('What to try', list(tries));
    block('Sources', list(sources));
    if (reconstructed !== undefined) block('Reconstructed', [reconstructed]);
  } else block('Meaning, causes and what to try', [`as in ${before}.`]);
  return lines.join('\n');
}

function where({ lines, count }: Explanation): string {
  if (count === 1) return `Line ${lines[0]}`;
  return `Lines ${lines.join(', ')}${count > lines.length ? ', …' : ''} (${count} times)`;
}

function wrap(text: string, first: number, rest: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(rest);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
