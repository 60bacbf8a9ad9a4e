import { machineOf, textReadings, type Machine } from '../engine/decode';
import { parseWord, pfnLayouts } from '../engine/pfn';
import { openDocument } from './document';
import { CliError, onlyArgument, type Output } from './output';

/** `decode WORD [--machine SPEC]`: what each version takes the word for, or all it can be on a machine. */
export async function decode(args: string[], options: { readonly machine?: string } = {}): Promise<Output> {
  const text = onlyArgument(args, 'word');
  if (parseWord(text) === undefined)
    throw new CliError(`"${text}" is no 64-bit word: expected something like 0x100000004`);
  return options.machine === undefined
    ? everyLayout(text)
    : onMachine(text, machineOf((await openDocument(options.machine)).document.machine));
}

function onMachine(text: string, machine: Machine): Output {
  const { words, readings } = textReadings(text, machine);
  const lines = readings.map(({ as, says, possible, why, reconstructed }) => {
    const badge = reconstructed ? '  [reconstructed]' : '';
    return `${possible ? '+' : '-'} ${as}${says === '' ? '' : `: ${says}`}${badge}\n    ${why}`;
  });
  return {
    text: [words.map(hex).join(' or '), ...lines].join('\n'),
    json: { words: words.map(hex), readings },
  };
}

function everyLayout(text: string): Output {
  const word = parseWord(text)!;
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
      `${r.layout.padEnd(8)} pfn ${r.pfn}  flags ${r.flags.join('|') || '0'}  page ${r.page}  phys ${r.phys}` +
      `${r.reconstructed ? '  [reconstructed]' : ''}${r.remark === undefined ? '' : `\n         ${r.remark}`}`,
  );
  return { text: [hex(word), ...lines].join('\n'), json: { word: hex(word), readings } };
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
