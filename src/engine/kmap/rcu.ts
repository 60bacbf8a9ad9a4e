import type { Cpu } from './cpu';

/**
 * RCU as teardown sees it: a grace period waits for the read sides that were open when it began. On a kernel
 * without preemptible RCU (ours), a context switch counts as the end of a read side, whatever the reader thinks.
 */
export class Rcu {
  private serial = 0;
  /** Open read sides by CPU: the number each began with. */
  private readonly open = new Map<number, number>();

  rcu_read_lock(cpu: Cpu): void {
    if (cpu.rcuDepth++ === 0) this.open.set(cpu.id, ++this.serial);
  }

  rcu_read_unlock(cpu: Cpu): void {
    cpu.rcuDepth--;
    if (cpu.rcuDepth === 0) this.open.delete(cpu.id);
  }

  /** The CPU went through `schedule()`: no grace period waits for it any more. */
  quiescent(cpu: Cpu): void {
    this.open.delete(cpu.id);
  }

  /** `synchronize_rcu` that begins now: gives the condition it waits for. */
  gracePeriod(): () => boolean {
    const readers = [...this.open];
    return () => readers.every(([cpu, began]) => this.open.get(cpu) !== began);
  }

  get readers(): number {
    return this.open.size;
  }
}
