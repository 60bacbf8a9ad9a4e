import { SgTable } from '../../../engine/block/sg-table';
import { iommu_num_pages } from '../../../engine/dma/iommu/pages';
import { UNMAP_TIMEOUT } from '../../../engine/dma/iommu/unmap-queue';
import type { DmaDevice, DmaDirection } from '../../../engine/dma/dma-ops';
import { compare, type Case, type Checker } from '../case';
import { iommuMachine, type IommuMachine } from './iommu-machine';
import { sgText } from './iommu-run';
import { lines } from './rows';

/** A DMA call as the hooks of the guest logged it; the entries of a list follow in lines of their own. */
const CALL = /([\d.]+): h_\w+: k2015 dma (map_sg|unmap_sg|alloc) (\S+) (.*)$/;
const ENTRY = /k2015 dma {3}sg\[\d+\] phys=([0-9a-f]+) len=(\d+) => dma=([0-9a-f]+) dma_len=(\d+)$/;

interface Entry {
  readonly phys: number;
  readonly length: number;
  readonly out: string;
}

/**
 * What drivers mapped while they did real I/O: real-*-iommu.txt. How much of its addresses a device used before, the log
 * does not say: the first call of each device shows where its search stands, and is no case.
 */
export const iommuTrace: Checker = function* (text, _path, beside) {
  const ops = beside('boot-dmesg.txt').includes('AMD-Vi') ? 'map_page/map_sg' : 'intel_map_page/intel_map_sg';
  const replay = new Replay(iommuMachine(ops, 0, beside));
  const rows = lines(text);
  for (const [at, row] of rows.entries()) {
    const call = CALL.exec(row);
    if (!call) continue;
    const [, seconds, what, device, rest] = call;
    replay.passTo(Number(seconds) * 1000);
    const name = `line ${at + 1}: ${what} ${device}`;
    if (what === 'map_sg') yield* replay.mapSg(name, device!, rest!, entriesAfter(rows, at));
    else if (what === 'unmap_sg') replay.unmapSg(rest!);
    // What it tells a controller about, a driver frees when it has its answer: of that there is no line.
    else yield* replay.alloc(name, device!, rest!, /block_rq_issue: 0,0 /.test(rows[at + 1] ?? ''));
  }
};

class Replay {
  private readonly devices = new Map<string, DmaDevice>();
  private readonly mapped = new Map<string, { device: DmaDevice; table: SgTable; dir: DmaDirection }>();
  /** When the unmaps are flushed that wait: milliseconds of the trace. */
  private flushAt = Infinity;
  private now = 0;

  constructor(private readonly machine: IommuMachine) {}

  passTo(milliseconds: number): void {
    if (milliseconds >= this.flushAt) {
      this.machine.wait();
      this.flushAt = Infinity;
    }
    this.now = milliseconds;
  }

  *mapSg(name: string, address: string, rest: string, entries: readonly Entry[]): Generator<Case> {
    const [, dir, ret] = /dir=(\d) => (\d+)$/.exec(rest)!;
    const first = parseInt(entries[0]!.out, 16);
    const pages = entries.reduce((sum, { phys, length }) => sum + iommu_num_pages(phys, length), 0);
    const known = this.devices.has(address);
    const device = this.device(address, first, pages);
    const table = new SgTable();
    for (const { phys, length } of entries) table.add(phys, length, 0);
    const direction = Number(dir) as DmaDirection;
    const got = this.machine.ops.map_sg(device, table, direction);
    this.mapped.set(first.toString(16), { device, table, dir: direction });
    const expected = `ret=${ret},out=${entries.map(({ out }) => out).join('|')}`;
    if (known) yield compare(name, expected, `ret=${got},out=${sgText(table)}`);
  }

  unmapSg(rest: string): void {
    const [, bus] = /dma0=([0-9a-f]+)/.exec(rest)!;
    const { device, table, dir } = this.mapped.get(bus!)!;
    this.machine.ops.unmap_sg(device, table, dir);
    this.unmapped();
  }

  *alloc(name: string, address: string, rest: string, freed: boolean): Generator<Case> {
    const [, size, phys, expected] = /size=(\d+) => virt_phys=([0-9a-f]+) dma=([0-9a-f]+)$/.exec(rest)!;
    const bytes = Number(size);
    const known = this.devices.has(address);
    const device = this.device(address, parseInt(expected!, 16), iommu_num_pages(0, bytes));
    const { bus } = this.machine.alloc_coherent(device, parseInt(phys!, 16), bytes);
    if (known) yield compare(name, expected!, bus.toString(16));
    if (!freed) return;
    this.machine.free_coherent(device, bus, bytes);
    this.unmapped();
  }

  private unmapped(): void {
    this.flushAt = Math.min(this.flushAt, this.now + UNMAP_TIMEOUT);
  }

  /** `bus`, `pages`: what a device that is new was given first. */
  private device(address: string, bus: number, pages: number): DmaDevice {
    const known = this.devices.get(address);
    if (known) return known;
    const device: DmaDevice = { name: address, dma_mask: Infinity, seg_boundary_mask: 0xffffffff };
    this.devices.set(address, device);
    this.machine.startAt(device, bus, pages);
    return device;
  }
}

function entriesAfter(rows: readonly string[], at: number): Entry[] {
  const found: Entry[] = [];
  for (let i = at + 1; ; i++) {
    const entry = ENTRY.exec(rows[i] ?? '');
    if (!entry) return found;
    const [, phys, length, dma, dma_len] = entry;
    found.push({ phys: parseInt(phys!, 16), length: Number(length), out: `${dma}/${dma_len}` });
  }
}
