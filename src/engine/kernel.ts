import { phys } from '../model/address';
import type { Device, MachineSpec } from '../model/machine-spec';
import type { Recorder } from '../model/recording';
import type { Disk } from './block/queue';
import { BioTable, BvecTable } from './block/tables';
import { Clock } from './clock';
import { brd } from './drivers/brd';
import { pmem } from './drivers/pmem';
import { PhysicalBytes } from './memory/bytes';
import { PageAllocator } from './memory/page-allocator';
import { PhysicalMap } from './memory/physical-map';
import { postingOf, type Posting } from './posting';
import { Trace } from './trace';

export interface KernelOptions {
  /** False keeps counts and events but moves no bytes. */
  readonly copyBytes?: boolean;
  /** Pages that belong to the caller, so that no driver gets them. */
  readonly inUse?: Iterable<number>;
  /** Page allocations (from 1) that must fail. */
  readonly failAllocations?: Iterable<number>;
}

/** The state that the modelled kernel functions share: what C keeps in globals and in `current`. */
export class Kernel {
  readonly clock = new Clock();
  readonly bios = new BioTable();
  readonly bvecs = new BvecTable();
  readonly map: PhysicalMap;
  readonly bytes = new PhysicalBytes();
  readonly allocator: PageAllocator;
  readonly posting: Posting;
  readonly disks: readonly Disk[];
  readonly trace: Trace;
  /** `current->bio_list`, and whether a make_request_fn is running in this task. */
  readonly bio_list: number[] = [];
  submitting = false;
  /** The rule behind the last refusal or error. */
  refusal = '';
  /** Bytes moved by the CPU, whether or not they were really copied. */
  bytesCopied = 0;
  private readonly copyBytes: boolean;

  constructor(spec: MachineSpec, recorder: Recorder, options: KernelOptions = {}) {
    this.map = new PhysicalMap(spec);
    this.posting = postingOf(spec.kernel);
    this.copyBytes = options.copyBytes ?? true;
    this.allocator = new PageAllocator(this.map, options.inUse ?? [], new Set(options.failAllocations ?? []));
    this.trace = new Trace(recorder, this.clock, this.bios);
    this.disks = (spec.devices ?? []).map((device) => disk(device, recorder.addDevice(device.name)));
  }

  /** memcpy by the CPU, between physical addresses. */
  copy(by: Disk, bio: number, from: number, to: number, bytes: number): void {
    if (this.copyBytes) this.bytes.copy(from, to, bytes);
    this.bytesCopied += bytes;
    this.trace.memcpy(by.id, bio, from, to, bytes);
  }

  /** memset to 0. */
  zero(by: Disk, bio: number, to: number, bytes: number): void {
    if (this.copyBytes) this.bytes.zero(to, bytes);
    this.bytesCopied += bytes;
    this.trace.memset(by.id, bio, to, bytes);
  }
}

function disk(device: Device, id: number): Disk {
  const pfn = device.queue?.pfn ?? false;
  if (device.driver === 'brd') return brd(device.name, id, device.sectors, pfn);
  return pmem(device.name, id, phys(device.start), phys(device.end), pfn);
}
