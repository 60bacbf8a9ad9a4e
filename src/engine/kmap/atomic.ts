import { X86_64, __va, type AddressSpace } from '../memory/address-space';
import { Oops } from '../oops';
import { pagefault_disable, pagefault_enable, type Cpu } from './cpu';

/** Slots a CPU has for atomic kmaps (include/asm-generic/kmap_types.h of 4.1). */
export const KM_TYPE_NR = 20;

/** `__fix_to_virt`: fixmap addresses count down from FIXADDR_TOP (x86-32). */
const FIXADDR_TOP = 0xfffff000n;
/** Depends on the configuration; this one is an example. */
const FIX_KMAP_BEGIN = 0x40n;

/** The fixmap PTEs that all CPUs' atomic kmaps share: KM_TYPE_NR a CPU. */
export class KmapSlots {
  readonly ptes = new Map<number, number>();

  constructor(
    readonly space: AddressSpace = X86_64,
    /** CONFIG_DEBUG_HIGHMEM: checks that 4.1 makes only with it. */
    readonly debug = false,
    private readonly warn: (message: string) => void = () => undefined,
  ) {}

  /**
   * `kmap_atomic`: the direct map's address for lowmem, with no check that anything is there; for HIGHMEM the next
   * slot of this CPU. `pfn` names the page. Throws Oops for the BUG_ONs of 4.1's highmem_32.c.
   */
  kmap_atomic(cpu: Cpu, pfn: number): bigint {
    pagefault_disable(cpu);
    if (pfn * 4096 < this.space.lowmem) return __va(BigInt(pfn) << 12n, this.space);
    const type = cpu.__kmap_atomic_idx++;
    if (this.debug && type >= KM_TYPE_NR) this.bug(`idx >= KM_TYPE_NR (${KM_TYPE_NR} slots are in use)`);
    const idx = type + KM_TYPE_NR * cpu.id;
    if (this.ptes.has(idx)) this.bug('!pte_none: the slot is in use');
    this.ptes.set(idx, pfn);
    return slotAddress(idx);
  }

  /**
   * `kunmap_atomic`: for a slot, clears the PTE of this CPU's newest one, whatever `address` says: LIFO is the
   * caller's duty. For anything else it only lowers the preempt count.
   */
  kunmap_atomic(cpu: Cpu, address: bigint): void {
    if (isSlot(this.space, address)) {
      const idx = cpu.__kmap_atomic_idx - 1 + KM_TYPE_NR * cpu.id;
      if (this.debug && address !== slotAddress(idx)) {
        this.warn(`WARN_ON_ONCE: kunmap_atomic of slot ${slotOf(address)}, but slot ${idx} is the newest`);
      }
      this.ptes.delete(idx);
      cpu.__kmap_atomic_idx--;
      if (this.debug && cpu.__kmap_atomic_idx < 0) this.bug('idx < 0: more unmapped than mapped');
    }
    pagefault_enable(cpu);
  }

  /** The pfn behind a slot's address; throws Oops where its PTE is clear, as the access would. */
  through(address: bigint, where: string): number {
    const pfn = this.ptes.get(slotOf(address));
    if (pfn !== undefined) return pfn;
    const text = address.toString(16);
    throw new Oops(
      `BUG: unable to handle kernel paging request at ${text}: its slot was cleared`,
      address,
      where,
    );
  }

  private bug(condition: string): never {
    throw new Oops(`kernel BUG: ${condition}`, 0n, 'kmap_atomic');
  }
}

function slotAddress(idx: number): bigint {
  return FIXADDR_TOP - ((FIX_KMAP_BEGIN + BigInt(idx)) << 12n);
}

function slotOf(address: bigint): number {
  return Number(((FIXADDR_TOP - address) >> 12n) - FIX_KMAP_BEGIN);
}

function isSlot(space: AddressSpace, address: bigint): boolean {
  return space.wordBits === 32 && address <= slotAddress(0) && address > slotAddress(0) - (1n << 20n);
}
