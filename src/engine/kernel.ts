import type { MachineSpec } from '../model/machine-spec';
import type { Recorder } from '../model/recording';
import type { BlockLayer } from './block/layer';
import type { BlockDevice, Disk } from './block/queue';
import { RequestPool } from './block/requests';
import { SgTable } from './block/sg-table';
import { type Bio, BioPool, BvecTable } from './block/tables';
import { Clock, FailingClock } from './clock';
import { DmaLayer } from './dma/layer';
import { makeDevices } from './drivers';
import { Media } from './drivers/media';
import type { BrokenOrder } from './drivers/tier/order';
import type { StackedLimit } from './drivers/stack';
import { blockLayerOf } from './flavours';
import type { KmapRange } from './kmap/ranges';
import { EventLoop } from './loop';
import { PhysicalBytes } from './memory/bytes';
import { PageAllocator } from './memory/page-allocator';
import { PhysicalMap } from './memory/physical-map';
import { PersistentMemory, type PersistenceDomain } from './persistence/persistent-memory';
import { VolatileCaches } from './persistence/volatile-cache';
import { postingOf, type Posting } from './posting';
import { Task } from './task';
import { Trace } from './trace';

/** What has to be known of disks in case the power fails. */
export interface PowerFailure {
  readonly caches: VolatileCaches;
}

export interface KernelOptions {
  /** False keeps counts and events but moves no bytes. */
  readonly copyBytes?: boolean;
  /** Pages that belong to the caller, so that no driver gets them. */
  readonly inUse?: Iterable<number>;
  /** Page allocations (from 1) that must fail. */
  readonly failAllocations?: Iterable<number>;
  /** Requests (from 1, over all disks) that their device must end with an error. */
  readonly failRequests?: Iterable<number>;
  /** The power fails at this event (from 1): everything stops there. */
  readonly powerFailsAt?: number;
  /** What memory and disks held before, by the disk's name. */
  readonly before?: {
    readonly memory: PhysicalBytes;
    readonly media: ReadonlyMap<string, PhysicalBytes>;
  };
  /** How stores to persistent memory become durable; what is usual for the kernel if absent. */
  readonly persistence?: PersistenceDomain;
  /** An ordering the tier gets wrong on purpose, to see that it is found out. */
  readonly brokenOrder?: BrokenOrder;
}

/** The state that the modelled kernel functions share: what C keeps in globals and in `current`. */
export class Kernel {
  readonly clock: Clock;
  readonly loop: EventLoop;
  readonly bios = new BioPool();
  readonly bvecs = new BvecTable();
  readonly requests = new RequestPool();
  /** The scatterlist of the request being mapped. */
  readonly sg = new SgTable();
  readonly map: PhysicalMap;
  readonly bytes: PhysicalBytes;
  /** What a power failure would do, where one is to come. */
  readonly powerFailure: PowerFailure | undefined;
  readonly persistent: PersistentMemory;
  readonly brokenOrder: BrokenOrder | undefined;
  /** What each disk keeps, by its name. */
  readonly disksMedia = new Map<string, PhysicalBytes>();
  readonly allocator: PageAllocator;
  readonly posting: Posting;
  /** How this kernel submits, splits and queues. */
  readonly block: BlockLayer;
  /** Disks in the order of the spec, then partitions. */
  readonly bdevs: readonly BlockDevice[];
  /** What each stacked disk took over from those below it. */
  readonly stackedLimits: StackedLimit[] = [];
  readonly trace: Trace;
  /** Device memory that drivers registered for kmap_atomic_pfn_t(), newest first. */
  kmapRanges: readonly KmapRange[] = [];
  /** Where the spec says nothing of DMA, devices see physical memory as it is, and nothing is mapped. */
  readonly dma: DmaLayer | undefined;
  /** The task that runs; while it sleeps, the thread or interrupt that does. */
  current = new Task('task');
  /** Contexts for what runs while tasks sleep: a thread may have to sleep too. */
  private readonly threads: Task[] = [];
  private asleep = 0;
  /** The rule behind the last refusal or error. */
  refusal = '';
  /** Bytes moved by the CPU, and by devices, whether or not they were really copied. */
  bytesCopied = 0;
  bytesByDma = 0;
  readonly copyBytes: boolean;
  readonly failRequests: ReadonlySet<number>;
  requestsIssued = 0;

  constructor(
    spec: MachineSpec,
    readonly recorder: Recorder,
    options: KernelOptions = {},
  ) {
    const { powerFailsAt, before } = options;
    this.clock = powerFailsAt === undefined ? new Clock() : new FailingClock(powerFailsAt);
    this.loop = new EventLoop(this.clock);
    this.bytes = before?.memory ?? new PhysicalBytes();
    for (const [name, bytes] of before?.media ?? []) this.disksMedia.set(name, bytes);
    const tracks = powerFailsAt !== undefined;
    const domain = options.persistence ?? (spec.kernel.flavour === '6.12' ? 'adr' : 'uncached');
    this.persistent = new PersistentMemory(this.bytes, domain, tracks);
    this.powerFailure = tracks ? { caches: new VolatileCaches() } : undefined;
    this.brokenOrder = options.brokenOrder;
    this.map = new PhysicalMap(spec);
    this.posting = postingOf(spec.kernel);
    this.block = blockLayerOf(spec.kernel);
    this.copyBytes = options.copyBytes ?? true;
    this.failRequests = new Set(options.failRequests ?? []);
    this.allocator = new PageAllocator(this.map, options.inUse ?? [], new Set(options.failAllocations ?? []));
    this.trace = new Trace(recorder, this.clock);
    this.dma = spec.dma && new DmaLayer(this, spec, spec.dma);
    this.bdevs = makeDevices(this, spec.devices ?? []);
  }

  /** A disk's bytes, as they were left if it was there before. */
  media(name: string, discards: 'zeroes' | 'keeps'): Media {
    const media = new Media(discards, this.disksMedia.get(name));
    this.disksMedia.set(name, media.bytes);
    return media;
  }

  disk(bdev: number): Disk {
    return this.bdevs[bdev]!.disk;
  }

  /** The task sleeps once: the next thread, interrupt or device has its turn. False: nothing is left to wait for. */
  sleep(): boolean {
    const task = this.current;
    this.current = this.threads[this.asleep] ??= new Task('kworker');
    this.asleep++;
    try {
      return this.loop.step();
    } finally {
      this.asleep--;
      this.current = task;
    }
  }

  /** memcpy by the CPU, between physical addresses. */
  copy(device: number, bio: Bio, from: number, to: number, bytes: number): void {
    if (this.copyBytes) this.bytes.copy(from, to, bytes);
    this.bytesCopied += bytes;
    this.trace.bio(this.trace.id.memcpy, device, bio, from, to, bytes, 0, 0);
  }

  /** memset to 0. */
  zero(device: number, bio: Bio, to: number, bytes: number): void {
    if (this.copyBytes) this.bytes.zero(to, bytes);
    this.bytesCopied += bytes;
    this.trace.bio(this.trace.id.memset, device, bio, 0, to, bytes, 0, 0);
  }
}
