import { PAGE_SIZE } from '../../model/address';
import type { DmaBug, DmaOpsName, DmaSpec } from '../../model/dma-spec';
import type { MachineSpec } from '../../model/machine-spec';
import { REQ_WRITE } from '../block/flags';
import type { Disk } from '../block/queue';
import type { Request } from '../block/requests';
import { SgTable } from '../block/sg-table';
import type { Bio } from '../block/tables';
import { dmaChoiceOf } from '../flavours';
import type { Kernel } from '../kernel';
import { Oops } from '../oops';
import { DirectMap } from '../memory/direct-map';
import { dmaParameters, type DmaParameters } from './cmdline';
import { debugged } from './debug';
import { DmaDebug } from './debug/dma-debug';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDevice, type DmaDirection, type DmaOps } from './dma-ops';
import { unmapOf } from './driver-bugs';
import { makeOps, type MadeOps } from './make-ops';
import type { DmaChoice } from './select';

/** A request that its device is working on: where the device finds each entry. */
interface Mapped {
  readonly device: DmaDevice;
  readonly dir: DmaDirection;
  readonly sg: SgTable;
  /** Entries that the device gets: fewer than the list has where some were joined. */
  readonly entries: number;
}

/** The DMA ops of a machine, and what they have mapped for its requests. */
export class DmaLayer {
  readonly chosen: DmaChoice;
  readonly made: MadeOps;
  readonly parameters: DmaParameters;
  /** What a device must be able to send to reach all of RAM: one less than a power of two (`dma_direct_get_required_mask`). */
  readonly requiredMask: number;
  /** The ops that drivers call: under dma-debug where the kernel has it. */
  readonly ops: DmaOps;
  private readonly debug: DmaDebug | undefined;
  private readonly direct: DirectMap;
  private readonly mapped = new Map<Request, Mapped>();
  private readonly spare: SgTable[] = [];
  private readonly unmaps = new Map<number, ReturnType<typeof unmapOf>>();
  private readonly devices = new Map<number, DmaDevice>();
  /** Whose bytes are on their way: what a message or a copied byte is put down to. */
  private disk = 0;
  private bio: Bio | undefined;
  private message = '';

  constructor(
    private readonly kernel: Kernel,
    spec: MachineSpec,
    dma: DmaSpec,
  ) {
    this.direct = new DirectMap(kernel.map, kernel.bytes);
    const parameters = (this.parameters = dmaParameters(dma.cmdline ?? ''));
    const max_pfn = kernel.map.maxRamPfn + 1;
    this.requiredMask = 2 ** (Math.floor(Math.log2(kernel.map.maxRamPfn * PAGE_SIZE)) + 1) - 1;
    const hardware = dma.hardware ?? 'none';
    this.chosen = dmaChoiceOf(spec.kernel)({ hardware, max_pfn, parameters });
    this.made = makeOps(this.chosen.ops, spec, parameters, {
      map: kernel.map,
      copy: (from, to, bytes) => {
        this.bounce(from, to, bytes);
      },
      printk: (message) => {
        this.message = message;
        kernel.trace.printk(this.disk, this.bio, message);
      },
      memory: {
        get_zeroed_page: () => this.tablePage(),
        free_page: (at) => {
          kernel.allocator.free_page(at / PAGE_SIZE);
        },
      },
      mod_timer: (milliseconds, run) => {
        kernel.loop.after(milliseconds * 1e6, run, 0);
      },
    });
    this.debug = dma.debug ? this.watch() : undefined;
    this.ops = this.debug ? debugged(this.made.ops, this.debug) : this.made.ops;
    for (const { start, end } of this.made.reserved) kernel.allocator.reserve(start, end);
  }

  private tablePage(): number {
    const pfn = this.kernel.allocator.takePage();
    if (pfn === undefined) throw new Oops('Kernel panic: no page for a page table', 0n, 'get_zeroed_page');
    return pfn * PAGE_SIZE;
  }

  private watch(): DmaDebug {
    const say = (message: string) => {
      this.kernel.trace.printk(this.disk, this.bio, message);
    };
    return new DmaDebug({
      report: ({ name }, { message }) => {
        say(`${name}: ${message}`);
      },
      printk: say,
      all_errors: true,
      space: this.kernel.map.space,
    });
  }

  /** Drivers let go of their devices: what they still have mapped is reported. */
  release(): void {
    for (const device of this.devices.values()) this.debug?.dma_debug_device_change(device);
  }

  get name(): DmaOpsName {
    return this.chosen.ops;
  }

  /** Mappings that nobody has ended, for leak checks. */
  get live(): number {
    return this.mapped.size;
  }

  /** Where a device's access to a bus address ends up. Bytes. */
  physOf(name: string, bus: number): number | undefined {
    const device = this.named(name);
    return device && this.ops.reach ? this.ops.reach(device, bus) : bus;
  }

  named(name: string): DmaDevice | undefined {
    return [...this.devices.values()].find((device) => device.name === name);
  }

  /** `bug`: what its driver does wrong. */
  addDevice(disk: number, device: DmaDevice, bug?: DmaBug): void {
    this.devices.set(disk, device);
    this.unmaps.set(disk, unmapOf(bug));
  }

  /** Maps `kernel.sg` for a request. False: the device cannot have it, and `kernel.refusal` says why. */
  dma_map_sg(disk: Disk, rq: Request): boolean {
    const { kernel } = this;
    const { sg, trace } = kernel;
    const device = this.devices.get(disk.id);
    if (!device || sg.nents === 0) return true;
    this.disk = disk.id;
    this.bio = rq.bio;
    this.message = '';
    const dir = rq.cmd_flags & REQ_WRITE ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
    const nents = this.ops.map_sg(device, sg, dir);
    const serial = rq.serial;
    trace.bio(trace.id.dma_map_sg, disk.id, this.bio, rq.__sector, serial, sg.nents, nents, dir);
    if (nents === 0) {
      kernel.refusal = `dma_map_sg: ${this.name} could not map the ${sg.nents} entries for ${device.name}${this.message ? ` (${this.message})` : ''}`;
      return false;
    }
    const kept = this.spare.pop() ?? new SgTable();
    kept.clear();
    for (let i = 0; i < sg.nents; i++) {
      kept.add(sg.phys[i]!, sg.length[i]!, sg.dev[i]!);
      kept.dma_address[i] = sg.dma_address[i]!;
      kept.dma_length[i] = sg.dma_length[i]!;
      if (i < nents)
        trace.bio(
          trace.id.sg_dma_address,
          disk.id,
          this.bio,
          sg.dma_address[i]!,
          sg.phys[i]!,
          sg.dma_length[i]!,
          i,
          serial,
        );
    }
    this.mapped.set(rq, { device, dir, sg: kept, entries: nents });
    return true;
  }

  /** Ends what `dma_map_sg` began; nothing where nothing was mapped. */
  dma_unmap_sg(disk: Disk, rq: Request): void {
    const found = this.mapped.get(rq);
    if (!found) return;
    const { kernel } = this;
    const { trace } = kernel;
    this.mapped.delete(rq);
    this.disk = disk.id;
    this.bio = rq.bio;
    const { sg, dir, device } = found;
    trace.bio(trace.id.dma_unmap_sg, disk.id, this.bio, rq.__sector, rq.serial, sg.nents, 0, dir);
    this.unmaps.get(disk.id)!(this.ops, device, sg, dir);
    this.spare.push(sg);
  }

  /** Calls back with each physical run that a device meets at its bus addresses, in order. Bytes. */
  eachRun(rq: Request, run: (at: number, bytes: number) => void): void {
    const found = this.mapped.get(rq);
    if (!found) return;
    const { device, sg, entries } = found;
    const { ops } = this;
    for (let i = 0; i < entries; i++) {
      const bus = sg.dma_address[i]!;
      for (let done = 0; done < sg.dma_length[i]!;) {
        const left = sg.dma_length[i]! - done;
        if (!ops.reach) {
          run(bus, left);
          break;
        }
        const bytes = Math.min(left, PAGE_SIZE - ((bus + done) % PAGE_SIZE));
        const at = ops.reach(device, bus + done);
        if (at === undefined)
          throw new RangeError(`${device.name} has nothing at ${(bus + done).toString(16)}`);
        run(at, bytes);
        done += bytes;
      }
    }
  }

  /** The CPU moves bytes to or from the pool: through the direct map, which must reach both ends. */
  private bounce(from: number, to: number, bytes: number): void {
    const { kernel } = this;
    const { trace } = kernel;
    if (kernel.copyBytes) this.direct.memcpy(from, to, bytes);
    else for (const at of [from, to]) this.direct.touchRun(at, bytes, '__memcpy');
    if (bytes > 0) trace.bio(trace.id.swiotlb_bounce, this.disk, this.bio, from, to, bytes, 0, 0);
    kernel.bytesCopied += bytes;
  }
}
