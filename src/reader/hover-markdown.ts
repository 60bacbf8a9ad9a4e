import { layoutsOf } from '../catalogue';
import type { EntryText, PictureId, Signature, Source, SourceCertainty } from '../catalogue';
import type { Hover } from './hover';
import { comparison, layoutTable } from './hover-tables';
import type { KernelTree } from './kernel-version';

export interface MarkdownOptions {
  /** Makes the link to the picture; without it the hover has none. The result must be a ready URI. */
  readonly pictureUri?: (picture: PictureId, name: string) => string;
  /** Makes the link to the declaration; without it the hover has none. */
  readonly definitionUri?: (name: string) => string;
  /** The tree the file is in: its line then stands first, beside the one to compare it with. */
  readonly tree?: KernelTree;
}

/** Words that are code in a sentence: file names, errnos, `name_with_underscore`, `call()`, `->op`, `0x10`. */
const CODE_IN_PROSE = new RegExp(
  [
    '[\\w./*-]+\\.(?:h|c|csv|txt)\\b',
    '(?:->)?\\b(?:\\w*_\\w+|[A-Za-z]\\w*(?=\\(\\)))(?:\\((?:\\w+(?:\\(\\w*\\))?)?\\))?',
    '-E[A-Z]{2,}',
    '\\b0x[0-9a-f]+\\b',
    '\\bNULL\\b',
    '\\bstruct \\w+(?: \\*)?',
  ].join('|'),
  'g',
);

const CERTAINTIES: readonly SourceCertainty[] = ['stated', 'ran', 'inferred', 'recalled'];

/**
 * The hover as Markdown without HTML: the meaning first, the picture last. Only catalogue text goes in, never
 * text of the file, so it needs no more trust than the extension itself.
 */
export function hoverMarkdown(hover: Hover, options: MarkdownOptions = {}): string {
  const { entry, variant } = hover;
  const text: EntryText = variant ?? entry;
  const example = variant ? undefined : entry.example;
  const lines = [
    `**\`${entry.name}\`** · ${entry.kind} — ${prose(text.meaning)}`,
    // Where the members lie is what somebody who points at a structure looks for first.
    ...(entry.kind === 'type' && !variant ? layoutTable(layoutsOf(entry.name)) : []),
    '',
    ...signatureBlock(hover, text.signatures, options.tree),
    ...reconstructedNote(text.signatures),
    '',
    point('Page-backed', text.pageBacked),
    point('Page-less', text.pageLess),
    ...(example === undefined ? [] : [point('Example', example)]),
    ...errorLine(text),
    ...(text.context === undefined ? [] : [point('Context', text.context)]),
    ...(text.hazard === undefined ? [] : [point('⚠ Hazard', text.hazard)]),
    ...historyLines(text),
    '',
    sourceLine(text.sources),
  ];
  const { pictureUri, definitionUri } = options;
  const links = [
    ...(pictureUri ? [`[Show the picture](${linkTarget(pictureUri(entry.picture, entry.name))})`] : []),
    ...(definitionUri ? [`[Go to definition in this tree](${linkTarget(definitionUri(entry.name))})`] : []),
  ];
  if (links.length > 0) lines.push('', links.join(' · '));
  return lines.join('\n');
}

/** In a known tree its line and the one beside it come first, as a table; what else there is follows as C. */
function signatureBlock({ entry }: Hover, own: readonly Signature[], tree?: KernelTree): string[] {
  const every = [entry, ...(entry.variants ?? [])].flatMap(({ signatures }) => signatures);
  const table = tree && comparison([...own, ...every], tree);
  const rest = own.filter((one) => !table?.shown.includes(one));
  return [
    ...(table?.lines ?? []),
    ...(table && rest.length > 0 ? [''] : []),
    ...(rest.length > 0 ? ['```c', ...signatureLines(rest), '```'] : ['']),
  ];
}

/** One line for each different signature, with the versions that have it. */
function signatureLines(signatures: readonly Signature[]): string[] {
  const byText = new Map<string, string[]>();
  for (const one of signatures) {
    const label = one.certainty === 'reconstructed' ? `${one.version} reconstructed` : one.version;
    byText.set(one.text, [...(byText.get(one.text) ?? []), label]);
  }
  return [...byText].map(([text, versions]) => `${text} /* ${versions.join(', ')} */`);
}

function reconstructedNote(signatures: readonly Signature[]): string[] {
  return signatures
    .filter((one) => one.certainty === 'reconstructed')
    .map((one) => `\`reconstructed\` ${one.version}: ${prose(one.source)}.`);
}

function errorLine(text: EntryText): string[] {
  if (text.errors.length === 0) return [];
  return [`- **Errors:** ${text.errors.map((one) => `\`${one.value}\`: ${prose(one.when)}`).join(' · ')}`];
}

function historyLines({ history }: EntryText): string[] {
  const past = [
    history.introduced && `First: ${history.introduced}`,
    history.renamed && `Then: ${history.renamed}`,
    history.removed && `Gone: ${history.removed}`,
  ].filter((part): part is string => part !== undefined && part !== '');
  return [
    ...(past.length === 0 ? [] : [point('History', past.join(' · '))]),
    ...(history.today === undefined ? [] : [point('Today', history.today)]),
  ];
}

function sourceLine(sources: readonly Source[]): string {
  const groups = CERTAINTIES.map((certainty) => {
    const named = sources.filter((one) => one.certainty === certainty);
    const list = named.map((one) => prose(one.note === undefined ? one.what : `${one.what} (${one.note})`));
    return list.length === 0 ? '' : `*${certainty}* ${list.join('; ')}`;
  });
  return `Sources: ${groups.filter((group) => group !== '').join(' · ')}`;
}

function point(label: string, text: string): string {
  return `- **${label}:** ${prose(text)}`;
}

/** Catalogue text is plain; code words get code style and everything Markdown could misread is escaped. */
function prose(text: string): string {
  let out = '';
  let done = 0;
  for (const match of text.matchAll(CODE_IN_PROSE)) {
    out += `${escapeMarkdown(text.slice(done, match.index))}\`${match[0]}\``;
    done = match.index + match[0].length;
  }
  return out + escapeMarkdown(text.slice(done));
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&');
}

/** Keeps a URI from ending the link early. */
function linkTarget(uri: string): string {
  return uri.replace(
    /[\s()<>]/g,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
