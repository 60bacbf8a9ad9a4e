import { encodedText, parseWord, storyLayouts } from '../../engine/pfn';
import type { PfnFlags } from '../../engine/pfn/layout';
import type { MachineSpec } from '../../model/machine-spec';
import type { NumberInCall } from '../../reader';

const hex = (value: bigint) => `0x${value.toString(16)}`;
const badge = (reconstructed: boolean) => (reconstructed ? ' `reconstructed`' : '');

/** What a number in C means to the helper it is handed to: frame, address, the word of each posting, its place. */
export async function numberMarkdown(
  found: NumberInCall,
  machine: MachineSpec | undefined,
): Promise<string | undefined> {
  const value = parseWord(found.digits);
  if (value === undefined) return undefined;
  if (found.is === 'word') return wordMarkdown(found, value);
  const pfn = found.is === 'pfn' ? value : value >> 12n;
  const phys = found.is === 'pfn' ? value << 12n : value;
  const flags: PfnFlags = { dev: found.dev, map: found.map };
  const named = [found.dev && 'PFN_DEV', found.map && 'PFN_MAP'].filter(Boolean).join(' | ');
  return [
    `**\`${found.digits}\`** · ${found.is} — to \`${found.helper}()\``,
    '',
    `- pfn \`${hex(pfn)}\`, physical \`${hex(phys)}\``,
    ...(machine ? [`- ${await placeText(machine, pfn)}`] : []),
    '',
    `| word of${named === '' ? '' : ` (\`${named.replace('|', '\\|')}\`)`} | |`,
    '| --- | --- |',
    ...storyLayouts.map(
      (layout) =>
        `| ${layout.id}${badge(layout.reconstructed)} | \`${encodedText(layout.encode(pfn, flags))}\` |`,
    ),
  ].join('\n');
}

function wordMarkdown(found: NumberInCall, word: bigint): string {
  const rows = storyLayouts.map((layout) => {
    const { pfn, flags, hasPage } = layout.decode(word);
    const cells = [`pfn \`${hex(pfn)}\``, flags.map((flag) => `\`${flag}\``).join(' ') || 'no flags'];
    return `| ${layout.id}${badge(layout.reconstructed)} | ${cells.join(', ')} | ${hasPage ? 'page' : 'no page'} |`;
  });
  return [
    `**\`${found.digits}\`** · word of a \`${found.helper}\``,
    '',
    '| read as | | |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

async function placeText(spec: MachineSpec, pfn: bigint): Promise<string> {
  const { machineOf, placeOf } = await import('../../engine/decode');
  const place = placeOf(machineOf(spec), pfn);
  const said = place.ok ? place.about : place.why;
  return `On the open machine: ${said.replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&')}`;
}
