import { PAGE_SIZE } from '../../../model/address';
import { posting, type KernelChoice } from '../../../model/flavour';
import { pfn_to_page } from '../../memory/address-space';
import { PhysicalBytes } from '../../memory/bytes';
import { DirectMap } from '../../memory/direct-map';
import type { PhysicalMap } from '../../memory/physical-map';
import { faultText, Oops } from '../../oops';
import { formOf41, formOfV1, formOfV5, type SgForm } from './form';
import { SgList } from './list';
import { SgChunks } from './scatterlist';
import { ScatterWalk } from './scatterwalk';

/** What a kernel function gives for an entry: an address, or what the kernel does instead. */
export interface Reading {
  readonly call: string;
  readonly gives: string;
}

/** Memory of an entry: physical bytes, and whether its page has no struct page. */
export interface ReadEntry {
  readonly phys: number;
  readonly length: number;
  readonly pageless: boolean;
}

/**
 * What the functions of a kernel's scatterlist.h, and a cipher that walks it, make of one entry. Page-less ones are made
 * by `sg_set_pfn` where the kernel has it; elsewhere a page is computed for them, whether or not it is there.
 */
export function entryReadings(kernel: KernelChoice, map: PhysicalMap, entry: ReadEntry): Reading[] {
  const { space } = map;
  let warned = '';
  const warn = (message: string) => {
    warned = message;
  };
  if (kernel.flavour !== '4.1-pfn') return readings(formOf41(space), map, entry, () => warned);
  return posting(kernel) === 'v5'
    ? readings(formOfV5(warn, space), map, entry, () => warned)
    : readings(formOfV1(space), map, entry, () => warned);
}

function readings<Entry>(
  form: SgForm<Entry>,
  map: PhysicalMap,
  { phys, length, pageless }: ReadEntry,
  warning: () => string,
): Reading[] {
  const list = new SgList(form, SgChunks.alloc(1).table);
  const offset = phys % PAGE_SIZE;
  const pfn = BigInt((phys - offset) / PAGE_SIZE);
  list.change(list.first, (sg) =>
    form.sg_mark_end(
      pageless && form.sg_set_pfn
        ? form.sg_set_pfn(sg, pfn, length, offset)
        : form.sg_set_page(sg, pfn_to_page(pfn, map.space), length, offset),
    ),
  );
  const sg = list.at(list.first);
  const cipher = () => {
    const walk = new ScatterWalk(list, new DirectMap(map, new PhysicalBytes()), map.space);
    walk.scatterwalk_map_and_copy(new Uint8Array(Math.min(length, 16)), 0, false);
    return 'reads its first bytes';
  };
  const calls: readonly [call: string, run: () => string][] = [
    ['sg_phys()', () => text(form.sg_phys(sg))],
    ['sg_page()', () => pointer(form.sg_page(sg))],
    ['sg_virt()', () => pointer(form.sg_virt(sg))],
    ['scatterwalk_map_and_copy()', cipher],
  ];
  return calls.map(([call, run]) => {
    const gives = orFault(run);
    return {
      call,
      gives: call === 'sg_page()' && warning() !== '' ? `${gives}, and warns: ${warning()}` : gives,
    };
  });
}

function orFault(run: () => string): string {
  try {
    return run();
  } catch (fault) {
    if (fault instanceof Oops) return faultText(fault);
    throw fault;
  }
}

function text(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function pointer(value: bigint): string {
  return value === 0n ? 'NULL' : text(value);
}
