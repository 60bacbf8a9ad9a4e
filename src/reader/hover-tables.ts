import type { Signature, StructLayout } from '../catalogue';
import { lineBeside, lineOfTree } from './kernel-version';
import type { KernelTree } from './kernel-version';

/** The tables of a hover: two versions of a line side by side, and where the members of a structure lie. */

interface Comparison {
  readonly lines: readonly string[];
  /** What the table shows, so that it need not be shown twice. */
  readonly shown: readonly Signature[];
}

/** The line of the tree beside the one it is to be compared with. */
export function comparison(signatures: readonly Signature[], tree: KernelTree): Comparison {
  const here = lineOfTree(signatures, tree);
  const beside = lineBeside(
    signatures.filter((one) => one !== here),
    tree,
  );
  const name = tree.release === tree.like ? tree.release : `${tree.release}, read as ${tree.like}`;
  const from = here && here.version !== tree.like ? `: ${label(here)}` : '';
  const columns = [
    [`This tree (${name})${from}`, here ? code(here.text) : 'not there'],
    ...(beside ? [[label(beside), code(beside.text)]] : []),
  ];
  return {
    lines: [
      row(columns.map(([head]) => head ?? '')),
      row(columns.map(() => '---')),
      row(columns.map(([, cell]) => cell ?? '')),
    ],
    shown: [here, beside].filter((one) => one !== undefined),
  };
}

function label({ version, certainty }: Signature): string {
  return certainty === 'reconstructed' ? `${version} \`reconstructed\`` : version;
}

/** Offsets and sizes of the members, a version a column; certainty and source below. */
export function layoutTable(layouts: readonly StructLayout[]): string[] {
  if (layouts.length === 0) return [];
  const names = [...new Set(layouts.flatMap(({ members }) => members.map(([name]) => name)))];
  const place = (layout: StructLayout, name: string) => {
    const found = layout.members.find(([member]) => member === name);
    return found ? `${found[1]} (${found[2]})` : '';
  };
  return [
    '',
    row(['offset (size)', ...layouts.map(({ version }) => version)]),
    row(['---', ...layouts.map(() => '---:')]),
    ...names.map((name) => row([code(name), ...layouts.map((layout) => place(layout, name))])),
    row(['bytes', ...layouts.map(({ size }) => (size === undefined ? '' : String(size)))]),
    '',
    `x86-64: ${layouts.map(({ version, certainty, source }) => `${version} *${certainty}* \`${source}\``).join(' · ')}`,
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
