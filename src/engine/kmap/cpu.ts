/**
 * What one CPU's task holds while it maps pages: its preempt count, its RCU read sides and, on 32-bit, its slots.
 * Source: linux-4.1, arch/x86/include/asm/preempt.h and include/linux/uaccess.h.
 */
export class Cpu {
  /** `__preempt_count` as stored, 32 bits: the top bit is NEED_RESCHED, inverted. */
  __preempt_count = PREEMPT_NEED_RESCHED;
  /** Depth of `rcu_read_lock`. */
  rcuDepth = 0;
  /** `__kmap_atomic_idx`: slots in use. */
  __kmap_atomic_idx = 0;
  /** The page behind each slot's PTE; `undefined` where the PTE is clear. */
  readonly slots: (number | undefined)[] = [];

  constructor(
    readonly id: number,
    readonly task: string,
  ) {}
}

const PREEMPT_NEED_RESCHED = 0x80000000;

/** The count as everybody but the scheduler sees it: 0 minus 1 is 0x7fffffff (captures: v5-kmap.csv, KMAPWAIT). */
export function preempt_count(cpu: Cpu): number {
  return (cpu.__preempt_count & ~PREEMPT_NEED_RESCHED) >>> 0;
}

/** 4.1: no page faults are served in between, which it does by the preempt count. */
export function pagefault_disable(cpu: Cpu): void {
  cpu.__preempt_count = (cpu.__preempt_count + 1) >>> 0;
}

export function pagefault_enable(cpu: Cpu): void {
  cpu.__preempt_count = (cpu.__preempt_count - 1) >>> 0;
}

/** What `schedule()` prints and does when it is called where sleeping is forbidden; `''` where it may sleep. */
export function scheduleComplaint(cpu: Cpu): string {
  const count = preempt_count(cpu);
  if (count !== 0) {
    return `BUG: scheduling while atomic: ${cpu.task}/0x${count.toString(16).padStart(8, '0')}`;
  }
  return cpu.rcuDepth > 0 ? `${cpu.task} sleeps inside an RCU read-side critical section` : '';
}
