import { groupedHex } from '../../model/address';
import { KM_TYPE_NR, KmapSlots } from '../kmap/atomic';
import { Cpu, preempt_count } from '../kmap/cpu';
import { X86_32 } from '../memory/address-space';
import type { Body } from '../tasks/program';
import { Scene, programOf, type Scenario, type StateFact } from './scenario';

/** HIGHMEM page frames: the first ones above 896 MiB of lowmem. */
const FIRST_HIGH = X86_32.lowmem / 4096;

class SlotScene extends Scene {
  readonly cpu = new Cpu(0, 'copy_page');
  readonly slots: KmapSlots;
  private readonly addresses: bigint[] = [];

  constructor(debug: boolean) {
    super();
    this.slots = new KmapSlots(X86_32, debug, (message) => {
      this.breaks(message);
    });
  }

  map(n: number): void {
    const pfn = FIRST_HIGH + n;
    const address = this.slots.kmap_atomic(this.cpu, pfn);
    this.addresses[n] = address;
    this.say(`pfn ${groupedHex(pfn)} is HIGHMEM: slot ${n}, at ${address.toString(16)}`);
  }

  unmap(n: number): void {
    this.slots.kunmap_atomic(this.cpu, this.addresses[n]!);
    const left = [...this.slots.ptes.keys()].join(', ');
    this.say(
      `gives back the address of slot ${n}; ${left ? `still mapped: slot ${left}` : 'no slot is mapped'}`,
    );
  }

  store(n: number): void {
    const pfn = this.slots.through(this.addresses[n]!, 'copy_page');
    this.say(`a store through slot ${n} reaches pfn ${groupedHex(pfn)}`);
  }

  facts(): readonly StateFact[] {
    const { cpu, slots } = this;
    return [
      { label: '__kmap_atomic_idx', value: String(cpu.__kmap_atomic_idx), alarm: cpu.__kmap_atomic_idx < 0 },
      { label: 'preempt count', value: `0x${preempt_count(cpu).toString(16)}` },
      ...[...slots.ptes]
        .slice(-4)
        .map(([idx, pfn]) => ({ label: `slot ${idx}`, value: `pfn ${groupedHex(pfn)}` })),
    ];
  }
}

function* inOrder(scene: SlotScene): Body {
  yield { call: 'kmap_atomic' };
  scene.map(0);
  yield { call: 'kmap_atomic' };
  scene.map(1);
  yield { call: 'copy_page' };
  scene.store(1);
  yield { call: 'kunmap_atomic' };
  scene.unmap(1);
  yield { call: 'kunmap_atomic' };
  scene.unmap(0);
}

function* outOfOrder(scene: SlotScene): Body {
  yield { call: 'kmap_atomic' };
  scene.map(0);
  yield { call: 'kmap_atomic' };
  scene.map(1);
  yield { call: 'kunmap_atomic' };
  scene.unmap(0);
  yield { call: 'copy_page' };
  if (!scene.slots.ptes.has(1)) scene.breaks('kunmap_atomic in the wrong order took the newest slot’s PTE');
  scene.store(1);
  yield { call: 'kunmap_atomic' };
  scene.unmap(1);
}

function* tooMany(scene: SlotScene): Body {
  for (let n = 0; n <= KM_TYPE_NR; n++) {
    yield { call: 'kmap_atomic' };
    if (n === KM_TYPE_NR) scene.breaks(`more than ${KM_TYPE_NR} atomic kmaps on one CPU`);
    scene.map(n);
  }
}

const variant = (name: string, title: string, debug: boolean, body: (scene: SlotScene) => Body) => ({
  name,
  title,
  reconstructed: false,
  program: () => programOf({ create: () => new SlotScene(debug), tasks: [{ name: 'CPU 0', body }] }),
});

/** Why kmap_atomic must be undone in reverse order on 32-bit. The slots' addresses are examples. */
export const kmapSlots: Scenario = {
  name: 'kmap-slots',
  title: 'kmap_atomic on 32-bit: slots, last in first out',
  about:
    'A HIGHMEM page gets the next of 20 slots of its CPU. kunmap_atomic clears the newest slot, whatever address it is given.',
  source: '4.1 arch/x86/mm/highmem_32.c, include/linux/highmem.h, asm-generic/kmap_types.h',
  variants: [
    variant('lifo', 'in reverse order', false, inOrder),
    variant('wrong-order', 'in the wrong order', false, outOfOrder),
    variant('wrong-order-debug', 'in the wrong order, CONFIG_DEBUG_HIGHMEM', true, outOfOrder),
    variant('too-many', '21 at once, CONFIG_DEBUG_HIGHMEM', true, tooMany),
  ],
};
