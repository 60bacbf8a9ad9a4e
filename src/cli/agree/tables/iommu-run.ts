import { SgTable } from '../../../engine/block/sg-table';
import { DMA_TO_DEVICE, type DmaDevice, type DmaDirection, type Mapping } from '../../../engine/dma/dma-ops';
import { DMA_ERROR_CODE } from '../../../engine/dma/nommu';
import type { Beside } from '../case';
import { iommuMachine, type IommuMachine } from './iommu-machine';
import { field, fields, numberField } from './rows';

type Row = ReadonlyMap<string, string>;

export interface Compared {
  readonly expected: string;
  readonly got: string;
}

/** Does what the test driver did, row by row. What it did without a row for it stands beside each kind of row. */
export class IommuRun {
  private machine!: IommuMachine;
  private device!: DmaDevice;
  /** What is mapped and has no row for its unmap, by bus address: bytes. */
  private readonly live = new Map<number, number>();
  /** Unmaps what the last row mapped, which the test driver did once it had read the table. */
  private unmapLast: () => void = () => undefined;
  /** Physical address that offsets count from. */
  private lo = 0;
  private sequence = -1;
  private cut = false;
  private mappedOfSize = 0;
  private bad = 0;
  private table = new SgTable();

  constructor(private readonly beside: Beside) {}

  row(kind: string, text: string): Compared | undefined {
    const row = fields(text);
    const [, tag = ''] = text.split(',');
    const result = text.slice(text.indexOf('=>') + 2);
    // Only the table is read while a mapping waits for its unmap.
    if (kind !== 'PTE' || tag.endsWith('unmapped') || tag.endsWith('after-unmap')) this.unmapWhatIsLeft();
    switch (kind) {
      case 'IOMDEV':
        this.start(tag, row);
        return undefined;
      case 'DMABUF':
        this.lo = numberField(row, 'lo');
        return undefined;
      case 'IOVASEQ':
        this.cut = Number(tag) !== this.sequence + 1;
        this.sequence = Number(tag);
        return undefined;
      case 'M':
        return {
          expected: result,
          got: this.keep(physOf(row, this.lo), numberField(row, 'size'), dirOf(row)),
        };
      case 'U':
        this.unmap(numberField(row, 'iova'), numberField(row, 'size'));
        return undefined;
      case 'P':
        return this.pair(tag, result);
      case 'MS':
      case 'MBIG':
        return { expected: result, got: this.mapOnce(physOf(row, 0), numberField(row, 'size'), dirOf(row)) };
      case 'W':
        this.machine.wait();
        return undefined;
      case 'SG':
      case 'SGOFF':
        return this.sg(row);
      case 'SGUN':
        return { expected: field(row, 'after_unmap_dma0'), got: entry(this.table, 0) };
      case 'COH':
        return this.coherent(Number(tag), numberField(row, 'size'), fields(result));
      case 'PTE':
        return this.pte(tag, text);
      case 'IOVAS':
        return this.iovas(tag, text);
      case 'BAD':
        return this.mapBad(result, Number(tag.split(' ')[1]));
      case 'BADERR':
        return { expected: text.slice(text.indexOf('(')), got: mappingErrors() };
      default:
        return this.fullSpace(kind, tag, row, result);
    }
  }

  /** What the kernel said so far. */
  get messages(): readonly string[] {
    return this.machine.messages;
  }

  /** Timers run, and what they do may fault. */
  wait(): void {
    this.machine.wait();
  }

  private start(address: string, row: Row): void {
    const mask = numberField(row, 'mask_now');
    this.device = {
      name: `0000:${address}`,
      dma_mask: mask >= Number.MAX_SAFE_INTEGER ? Infinity : mask,
      seg_boundary_mask: numberField(row, 'seg_boundary'),
      max_segment_size: numberField(row, 'max_seg'),
    };
    this.machine = iommuMachine(field(row, 'ops'), numberField(row, 'required_mask'), this.beside);
  }

  /** Where a sequence before was cut out, the first address says where the search stands. */
  private pair(tag: string, expected: string): Compared | undefined {
    const { machine, device } = this;
    const given = tag === '0' && this.cut && machine.resume;
    if (given) given(device, Number(expected));
    const got = this.mapOnce(this.lo, 4096, DMA_TO_DEVICE);
    return given ? undefined : { expected, got };
  }

  private map(phys: number, size: number, dir: DmaDirection): Mapping {
    return this.machine.ops.map_page(this.device, phys, size, dir);
  }

  private unmap(bus: number, size: number): void {
    this.live.delete(bus);
    this.machine.ops.unmap_page(this.device, bus, size, DMA_TO_DEVICE);
  }

  /** Maps what a later row unmaps, or the end of the sequence. */
  private keep(phys: number, size: number, dir: DmaDirection): string {
    const mapping = this.map(phys, size, dir);
    if (!mapping.error) this.live.set(mapping.bus, size);
    return shown(mapping);
  }

  private mapOnce(phys: number, size: number, dir: DmaDirection): string {
    const mapping = this.map(phys, size, dir);
    if (!mapping.error)
      this.unmapLast = () => {
        this.unmap(mapping.bus, size);
      };
    return shown(mapping);
  }

  private unmapWhatIsLeft(): void {
    const unmap = this.unmapLast;
    this.unmapLast = () => undefined;
    unmap();
  }

  private drain(): number {
    const { size } = this.live;
    for (const [bus, bytes] of this.live) this.unmap(bus, bytes);
    return size;
  }

  private sg(row: Row): Compared {
    const dir = Number(row.get('dir') ?? DMA_TO_DEVICE) as DmaDirection;
    const table = new SgTable();
    const phys = row.get('phys')?.split('|');
    for (const [i, one] of field(row, 'in').split('|').entries()) {
      const [place, length] = one.split('/');
      // An SGOFF row gives the offset into the entry's page, and what phys that is.
      const offset = /^page\+(\d+)$/.exec(place!)?.[1] ?? 0;
      table.add(parseInt(phys?.[i] ?? place!, 16), Number(length), 0, Math.floor(Number(offset) / 4096));
    }
    const ret = this.machine.ops.map_sg(this.device, table, dir);
    if (ret > 0)
      this.unmapLast = () => {
        this.machine.ops.unmap_sg(this.device, table, dir);
      };
    this.table = table;
    return {
      expected: `ret=${field(row, 'ret')},out=${field(row, 'out')}`,
      got: `ret=${ret},out=${sgText(table)}`,
    };
  }

  /** The pages are where the guest's allocator found them. Every second one is freed at once. */
  private coherent(step: number, size: number, row: Row): Compared {
    const { machine, device } = this;
    const { bus } = machine.alloc_coherent(device, numberField(row, 'phys'), size);
    if (step % 2 === 1)
      this.unmapLast = () => {
        machine.free_coherent(device, bus, size);
      };
    return { expected: field(row, 'dma'), got: `0x${bus.toString(16)}` };
  }

  /** Before it looked at a BAD mapping, the test driver unmapped half of the mapping, or by an address in the middle. */
  private pte(tag: string, text: string): Compared {
    if (tag === 'half-size+0') this.unmap(this.bad, 4096);
    if (tag === 'middle' && this.live.has(this.bad)) {
      this.live.delete(this.bad);
      this.unmap(this.bad + 8192, 4096);
    }
    const [, , iova, ...state] = text.split(',');
    const bus = Number(iova!.slice('iova='.length));
    const expected = state.join(',').replace(/\bid=\d+;|np_cache=\d;/g, '');
    return { expected: withoutPlaces(expected), got: withoutPlaces(this.machine.pte(this.device, bus)) };
  }

  private iovas(tag: string, text: string): Compared {
    const { machine, device } = this;
    const expected = text.split(',').slice(2).join(',');
    // The row before a sequence gives the state that one left which was cut out.
    if (tag === 'seq' && this.cut)
      machine.resume?.(device, parseInt(fields(expected.replaceAll(';', ',')).get('next_address') ?? '', 16));
    // Before it looked, the test driver unmapped the rest, waited for the flush, or both.
    if (/drained(?!-after)/.test(tag)) this.drain();
    if (/^(?:drained|end-sg|end-seq|coh)$|after-wait$/.test(tag)) machine.wait();
    if (tag === 'after second') this.unmap(this.bad, 8192);
    return { expected, got: machine.iovas(device) };
  }

  private mapBad(expected: string, size: number): Compared {
    // Before the second mapping, an address that never was mapped.
    if (this.bad !== 0) this.unmap(0x123000, 4096);
    const mapping = this.map(this.lo, size, DMA_TO_DEVICE);
    this.bad = mapping.bus;
    this.live.set(mapping.bus, size);
    return { expected, got: shown(mapping) };
  }

  /** Mappings of one size until none is left, then of the next; of many only the first ones have rows. */
  private fullSpace(kind: string, tag: string, row: Row, result: string): Compared | undefined {
    switch (kind) {
      case 'FULL': {
        const size = Number(tag.slice('size='.length));
        const nth = numberField(row, 'n');
        if (nth === 0) this.mappedOfSize = 0;
        for (; this.mappedOfSize < nth; this.mappedOfSize++) this.keep(this.lo, size, DMA_TO_DEVICE);
        const got = this.keep(this.lo, size, DMA_TO_DEVICE);
        if (!got.startsWith('ERR')) this.mappedOfSize++;
        return { expected: result, got };
      }
      case 'FULLN':
        return { expected: field(row, 'mapped'), got: String(this.mappedOfSize) };
      case 'FULLSG': {
        const table = new SgTable();
        for (let i = 0; i < numberField(row, 'nents'); i++) table.add(this.lo, 4096, 0);
        const ret = this.machine.ops.map_sg(this.device, table, DMA_TO_DEVICE);
        return {
          expected: `ret=${field(row, 'ret')},out=${field(row, 'out')}`,
          got: `ret=${ret},out=${sgText(table)}`,
        };
      }
      case 'FULLCOH': {
        const { bus, error } = this.machine.alloc_coherent(this.device, this.lo, numberField(row, 'size'));
        return {
          expected: `virt=${field(row, 'virt')},dma=${field(row, 'dma')}`,
          got: `virt=${error ? 'NULL' : 'set'},dma=0x${bus.toString(16)}`,
        };
      }
      case 'FULLDRAINED':
        return { expected: field(row, 'total'), got: String(this.drain()) };
      case 'FULLNEXT':
        if (tag === 'after_wait') this.machine.wait();
        return { expected: result, got: shown(this.map(this.lo, 4096, DMA_TO_DEVICE)) };
      default:
        return undefined;
    }
  }
}

function dirOf(row: Row): DmaDirection {
  return Number(row.get('dir') ?? DMA_TO_DEVICE) as DmaDirection;
}

/** `phys` and an offset to it, or only an offset into the buffer. */
function physOf(row: Row, lo: number): number {
  return Number(row.get('phys') ?? lo) + Number(row.get('offset') ?? row.get('off') ?? 0);
}

function shown({ bus, error }: Mapping): string {
  return error ? `ERR(0x${bus.toString(16)})` : `0x${bus.toString(16)}`;
}

function entry({ dma_address, dma_length }: SgTable, i: number): string {
  return `${dma_address[i]!.toString(16)}/${dma_length[i]!}`;
}

/** What a list became, as rows have it. */
export function sgText(table: SgTable): string {
  return Array.from({ length: table.nents }, (_, i) => entry(table, i)).join('|');
}

/** The entries of a walk but the last name tables: where those are is the guest's affair, their other bits are ours. */
function withoutPlaces(text: string): string {
  return text.replace(/=([0-9a-f]+)(?=;L\d)(?<=\]=[0-9a-f]+)/g, (_, value: string) => {
    return `=table+${(BigInt(`0x${value}`) & ~0xffff_ffff_ff000n).toString(16)}`;
  });
}

/** Which addresses `dma_mapping_error` takes for none. */
function mappingErrors(): string {
  const says = (bus: number) => (bus === DMA_ERROR_CODE ? 1 : 0);
  return `(0)=${says(0)},(1)=${says(1)},(~0)=${says(-1)}`;
}
