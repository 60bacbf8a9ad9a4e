import { lookup } from '../../catalogue';
import { HAZARDS } from '.';

const WIDTH = 100;

/** What a hazard is about, as plain text; undefined for a code that is none. */
export function hazardText(code: string): string | undefined {
  const hazard = HAZARDS.find((one) => one.code === code);
  const entry = hazard && lookup(hazard.entry);
  if (!hazard || !entry) return undefined;
  const { today } = entry.history;
  const part = (title: string, ...sentences: (string | undefined)[]) =>
    sentences.flatMap((one, i) =>
      one === undefined ? [] : [...(i === 0 ? ['', title] : []), ...wrapped(one)],
    );
  return [
    `Hazard ${hazard.code}`,
    ...part('What goes wrong', hazard.why, entry.hazard),
    ...part(`${entry.name}, which it is about`, entry.meaning),
    ...part('With a struct page', entry.pageBacked),
    ...part('Without one', entry.pageLess),
    ...part('Where it may be called', entry.context),
    ...part('Today', today),
    ...part(
      'What to do',
      'Where a rule knows a helper that does the same without the page, the light bulb at the place offers it, with a ' +
        'preview. Point at a name to see what each version gives for memory without a struct page.',
    ),
    ...part('Where this is looked for', `Code that uses ${hazard.words.join(', ')}.`),
    ...part('Sources', entry.sources.map(({ what, certainty }) => `${what} (${certainty})`).join('; ')),
    '',
  ].join('\n');
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH && line !== ' ') {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
