import type { Comparison } from '../engine/decode/compare';
import type { InABio } from '../engine/decode/in-a-bio';
import { encodedText } from '../engine/pfn';

/** A comparison as a Markdown document. Names come from files, so everything is escaped or cannot be misread. */
export function helperMarkdown(
  { title, about, versions, elsewhere }: Comparison,
  machine: string,
  bios?: InABio,
): string {
  const lines = [
    `# ${title}: what each helper gives`,
    '',
    `On ${escaped(machine)}: ${escaped(about)}.`,
    '',
    ...versions.flatMap((version) => [
      `## ${escaped(version.title)}${badge(version.reconstructed)}`,
      '',
      ...(version.encoded
        ? [`The word: ${escaped(encodedText(version.encoded))}${objection(version.encoded)}`, '']
        : []),
      '| helper | gives |',
      '| --- | --- |',
      ...version.helpers.map(
        (row) =>
          `| ${escaped(row.name)}${badge(row.reconstructed && !version.reconstructed)} | ${escaped(row.gives)} |`,
      ),
      '',
    ]),
  ];
  if (elsewhere.length > 0) {
    lines.push(
      '## Where the same page cannot be said',
      '',
      '| kernel | version | why |',
      '| --- | --- | --- |',
    );
    for (const { space, layout, reconstructed, refusal } of elsewhere) {
      const why = escaped(encodedText(refusal)) + objection(refusal);
      lines.push(`| ${escaped(space)} | ${escaped(layout)}${badge(reconstructed)} | ${why} |`);
    }
    lines.push('');
  }
  if (bios) lines.push(...bioTable(bios));
  const sources = new Set(versions.flatMap((version) => version.helpers.map((row) => row.source)));
  lines.push('## Sources', '', ...[...sources].map((source) => `- ${escaped(source)}`), '');
  return lines.join('\n');
}

/** The same page in a bio: a row a function, a column a kernel. */
function bioTable({ kernels, rows }: InABio): string[] {
  const heads = kernels.map(({ label, reconstructed }) => `${escaped(label)}${badge(reconstructed)}`);
  return [
    '## In a bio',
    '',
    'What the block layer makes of it, found by running it: a write of the whole page to a RAM disk.',
    '',
    `| function | ${heads.join(' | ')} |`,
    `| --- |${' --- |'.repeat(heads.length)}`,
    ...rows.map(({ name, gives }) => `| ${escaped(name)} | ${gives.map(escaped).join(' | ')} |`),
    '',
  ];
}

const badge = (reconstructed: boolean): string => (reconstructed ? ' *(reconstructed)*' : '');

const objection = (encoded: object): string =>
  'objection' in encoded && typeof encoded.objection === 'string' ? `. ${escaped(encoded.objection)}.` : '';

/** One line of plain text, whatever it holds. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()<>#+!|~&-]/g, '\\$&');
}
