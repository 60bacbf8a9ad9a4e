import { hex } from '../../model/address';
import type { KernelChoice } from '../../model/flavour';
import type { MachineSpec } from '../../model/machine-spec';
import { Recorder } from '../../model/recording';
import { bio_add_pfn, fillByHand } from '../block/add';
import { bio_alloc } from '../block/bio';
import {
  __bio_kmap_atomic,
  bio_copy_data,
  bio_data,
  bio_page,
  bv_page,
  bvec_kmap_irq,
  zero_fill_bio,
} from '../block/consumers';
import { QUEUE_FLAG_PFN, REQ_WRITE } from '../block/flags';
import { bio_to_phys } from '../block/segments';
import type { Bio } from '../block/tables';
import { errnoName } from '../errno';
import type { Kernel } from '../kernel';
import { pfn_to_page } from '../memory/address-space';
import { Oops } from '../oops';
import { NULL_PAGE } from '../posting';

/** What one function of the block layer makes of a page in a bio, kernel by kernel. */
export interface BioRow {
  readonly name: string;
  /** In the order of `kernels`. */
  readonly gives: readonly string[];
}

/** One page in a bio of every kernel that is simulated. */
export interface InABio {
  readonly kernels: readonly { readonly label: string; readonly reconstructed: boolean }[];
  readonly rows: readonly BioRow[];
}

const KERNELS: readonly KernelChoice[] = [
  { flavour: '4.1' },
  { flavour: '4.1-pfn', posting: 'v1' },
  { flavour: '4.1-pfn', posting: 'v3' },
  { flavour: '4.1-pfn', posting: 'v5' },
  { flavour: '6.12' },
];

/** A bio of a RAM disk with one vector: the page in question, whole. */
interface Rig {
  readonly kernel: Kernel;
  readonly bio: Bio;
  readonly pfn: number;
  readonly dev: number;
}

/** Name, and how to ask. What faults is told as the fault. */
const QUESTIONS: readonly (readonly [name: string, ask: (rig: Rig) => string])[] = [
  ['bvec_page()', ({ kernel, bio }) => pageText(kernel, bio_page(kernel, bio))],
  ['->bv_page, option off', ({ kernel, pfn }) => pointerText(bv_page(kernel, pfn, false))],
  ['->bv_page, option on', ({ kernel, pfn }) => pointerText(bv_page(kernel, pfn, true))],
  ['bio_to_phys()', ({ kernel, bio }) => hex(bio_to_phys(kernel, bio))],
  ['bio_data()', ({ kernel, bio }) => `0x${bio_data(kernel, bio).toString(16)}`],
  ['__bio_kmap_atomic()', ({ kernel, bio }) => `reaches ${hex(__bio_kmap_atomic(kernel, bio))}`],
  ['bvec_kmap_irq()', ({ kernel, bio }) => `reaches ${hex(bvec_kmap_irq(kernel, bio))}`],
  ['zero_fill_bio()', ({ kernel, bio }) => done(() => zero_fill_bio(kernel, bio))],
  ['bio_copy_data()', ({ kernel, bio }) => done(() => bio_copy_data(kernel, bio, bio))],
  ['bio_add_pfn(), queue without the flag', (rig) => addPfn(rig, false)],
  ['bio_add_pfn(), queue with the flag', (rig) => addPfn(rig, true)],
  ['submit_bio(), queue without the flag', (rig) => submit(rig, false)],
  ['submit_bio(), queue with the flag', (rig) => submit(rig, true)],
];

/** Asks every kernel on the memory of `spec`, with a RAM disk of its own. Runs the functions themselves. */
export function inABio(spec: MachineSpec, pfn: number, Made: typeof Kernel): InABio {
  const kernels = KERNELS.map((choice) => new Made(withDisk(spec, choice), new Recorder(false)).posting);
  return {
    kernels: kernels.map(({ label, reconstructed }) => ({ label, reconstructed })),
    rows: QUESTIONS.map(([name, ask]) => ({
      name,
      gives: KERNELS.map((choice) => answer(() => ask(rigFor(spec, choice, pfn, Made)))),
    })),
  };
}

function withDisk(spec: MachineSpec, { flavour, posting }: KernelChoice): MachineSpec {
  const { arch, virtual } = spec.kernel;
  const kernel = {
    flavour,
    ...(posting ? { posting } : {}),
    ...(arch ? { arch } : {}),
    ...(virtual ? { virtual } : {}),
  };
  return { ...spec, kernel, devices: [{ name: 'ram0', driver: 'brd', sectors: 2048 }] };
}

function rigFor(spec: MachineSpec, choice: KernelChoice, pfn: number, Made: typeof Kernel): Rig {
  const kernel = new Made(withDisk(spec, choice), new Recorder(false), { inUse: [pfn] });
  const dev = kernel.map.hasPage(pfn) ? 0 : 1;
  const bio = bio_alloc(kernel, 0, REQ_WRITE, 0, 1);
  fillByHand(kernel, bio, pfn, dev, 4096, 0, kernel.posting.hasPfnBios && dev === 1);
  return { kernel, bio, pfn, dev };
}

function answer(ask: () => string): string {
  try {
    return ask();
  } catch (fault) {
    if (fault instanceof Oops) return fault.message;
    throw fault;
  }
}

function done(act: () => void): string {
  act();
  return 'does it';
}

function pageText(kernel: Kernel, page: number): string {
  return page === NULL_PAGE ? 'NULL' : pointerText(pfn_to_page(BigInt(page), kernel.map.space));
}

function pointerText(pointer: bigint | undefined): string {
  return pointer === undefined ? 'does not compile' : `0x${pointer.toString(16)}`;
}

function addPfn({ kernel, pfn, dev }: Rig, flag: boolean): string {
  if (!kernel.posting.hasPfnBios) return 'does not exist';
  if (flag) kernel.disk(0).queue.flags |= QUEUE_FLAG_PFN;
  const empty = bio_alloc(kernel, 0, REQ_WRITE, 0, 1);
  return String(bio_add_pfn(kernel, empty, pfn, dev, 4096, 0));
}

function submit({ kernel, bio }: Rig, flag: boolean): string {
  if (flag && !kernel.posting.hasPfnBios) return 'there is no such flag';
  if (flag) kernel.disk(0).queue.flags |= QUEUE_FLAG_PFN;
  kernel.block.submit_bio(kernel, REQ_WRITE, bio);
  return `ends with ${errnoName(bio.bi_error)}`;
}
