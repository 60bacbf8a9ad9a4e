import { parseWord, pfnLayouts } from '../engine/pfn';
import { CliError, onlyArgument, type Output } from './output';

/** `decode WORD`: what each version takes the word for. */
export function decode(args: string[]): Promise<Output> {
  const text = onlyArgument(args, 'word');
  const word = parseWord(text);
  if (word === undefined)
    throw new CliError(`"${text}" is no 64-bit word: expected something like 0x100000004`);
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const readings = pfnLayouts.map((layout) => {
    const { pfn, flags, hasPage, page, phys, remark } = layout.decode(word);
    return {
      layout: layout.id,
      when: layout.when,
      reconstructed: layout.reconstructed,
      pfn: hex(pfn),
      flags,
      hasPage,
      page: page === 0n ? 'NULL' : hex(page),
      phys: hex(phys),
      ...(remark === undefined ? {} : { remark }),
    };
  });
  const lines = readings.map(
    (r) =>
      `${r.layout.padEnd(6)} pfn ${r.pfn}  flags ${r.flags.join('|') || '0'}  page ${r.page}  phys ${r.phys}` +
      `${r.reconstructed ? '  [reconstructed]' : ''}${r.remark === undefined ? '' : `\n       ${r.remark}`}`,
  );
  return Promise.resolve({ text: [hex(word), ...lines].join('\n'), json: { word: hex(word), readings } });
}
