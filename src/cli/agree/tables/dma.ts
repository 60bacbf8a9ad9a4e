import { SgTable } from '../../../engine/block/sg-table';
import type { DmaDevice, DmaDirection, DmaOps, Mapping } from '../../../engine/dma/dma-ops';
import { nommu } from '../../../engine/dma/nommu';
import { swiotlb } from '../../../engine/dma/swiotlb/swiotlb';
import { FULL, IO_TLB_SIZE, SwiotlbPool } from '../../../engine/dma/swiotlb/swiotlb-pool';
import { compare, type Checker } from '../case';
import { field, fields, lines, numberField } from './rows';

/** dma-*.csv: single pages and lists mapped and unmapped, the pool slot by slot over long sequences, and full. */
export const dma: Checker = function* (text, path) {
  const run = new DmaRun();
  let sequence = '';
  for (const row of lines(text)) {
    const [kind, step] = row.split(',');
    const done = run.row(kind!, fields(row), row);
    if (kind === 'SLOTSEQ') sequence = ` of SLOTSEQ,${step}`;
    const name = kind === 'DMAPFN' ? row.slice(0, row.indexOf('=>')) : `${kind},${step}`;
    if (done) yield compare(`${path} ${name}${sequence}`, done.expected, done.got);
  }
};

interface Compared {
  readonly expected: string;
  readonly got: string;
}

class DmaRun {
  private ops: DmaOps = nommu(() => undefined);
  private pool = new SwiotlbPool(0, 0);
  private overflow = 0;
  private force = false;
  private boundary = 0xffffffff;

  row(kind: string, row: ReadonlyMap<string, string>, text: string): Compared | undefined {
    const result = text.slice(text.indexOf('=>') + 2);
    switch (kind) {
      case 'DMABUF':
        this.force = numberField(row, 'force') === 1;
        return undefined;
      case 'TLB':
        return this.tlb(text.split(',')[1]!, row);
      case 'SLOTSEQ':
        this.boundary = numberField(row, 'boundary');
        return undefined;
      case 'DMAPAGE':
        return this.page(row, result);
      case 'DMAPFN':
        return this.pfn(row, result);
      case 'DMASG':
        return this.sg(row);
      case 'M': {
        const slot = this.pool.swiotlb_tbl_map_single(0, numberField(row, 'size'), this.boundary);
        return {
          expected: text.slice(text.indexOf('=>')),
          got: slot === FULL ? '=>FULL(0xffffffffffffffff)' : `=>slot=${slot}`,
        };
      }
      case 'U':
        this.pool.swiotlb_tbl_unmap_single(numberField(row, 'slot'), numberField(row, 'size'));
        return undefined;
      case 'FULL': {
        let allocations = 0;
        while (this.pool.swiotlb_tbl_map_single(0, 256 * 1024, 0xffffffff) !== FULL) allocations++;
        return { expected: field(row, 'allocations'), got: String(allocations) };
      }
      case 'FULLPAGE':
        return this.page(row, result);
      case 'FULLSG': {
        const sg = table([0x50000, 0x100000, 0x50000].map((phys) => [phys, 4096]));
        const ret = this.ops.map_sg(this.device('0xffffff'), sg, 1);
        const expected = text.slice(text.indexOf('ret='));
        return { expected, got: `ret=${ret},dma_len0=${sg.dma_length[0]!}` };
      }
      default:
        return undefined;
    }
  }

  private device(mask: string): DmaDevice {
    return { name: 'device', dma_mask: Number(mask), seg_boundary_mask: 0xffffffff };
  }

  /** A pool as the row shows it. The first one is the pool that is simulated from here on. */
  private tlb(tag: string, row: ReadonlyMap<string, string>): Compared | undefined {
    const nslabs = numberField(row, 'nslabs');
    const index = numberField(row, 'index');
    if (nslabs === 0) return undefined;
    if (tag === 'start') {
      this.overflow = numberField(row, 'overflow');
      this.pool = new SwiotlbPool(numberField(row, 'start'), nslabs);
      this.pool.index = index;
      this.ops = swiotlb({
        pool: this.pool,
        overflow_buffer: this.overflow,
        force: this.force,
        copy: () => undefined,
        printk: () => undefined,
      });
    }
    // What still was mapped at the end of a sequence is unmapped without a row for each.
    if (tag === 'seq-drained') this.drain();
    return {
      expected: `index=${index},list=${field(row, 'list').trim()}`,
      got: `index=${this.pool.index},list=${runs(this.pool)}`,
    };
  }

  private drain(): void {
    const { list } = this.pool;
    for (let slot = 0; slot < list.length; slot++)
      if (list[slot] === 0) this.pool.swiotlb_tbl_unmap_single(slot, IO_TLB_SIZE);
  }

  private page(row: ReadonlyMap<string, string>, result: string): Compared {
    const device = this.device(row.get('mask') ?? '0xffffffff');
    const size = numberField(row, 'size');
    const dir = Number(row.get('dir') ?? 1) as DmaDirection;
    const mapping = this.ops.map_page(device, Number(row.get('phys') ?? 0x100000), size, dir);
    const got = this.text(mapping);
    if (!mapping.error) this.ops.unmap_page(device, mapping.bus, size, dir);
    return { expected: result, got };
  }

  /** v1's `dma_map_pfn` of nommu: the same arithmetic and the same check of the mask. */
  private pfn(row: ReadonlyMap<string, string>, result: string): Compared {
    const phys = parseInt(field(row, 'pfn'), 16) * 4096 + numberField(row, 'off');
    const mapping = this.ops.map_page(this.device(field(row, 'mask')), phys, numberField(row, 'size'), 1);
    return { expected: result, got: this.text(mapping) };
  }

  private text({ bus, error }: Mapping): string {
    if (error)
      return `ERR(0x${bus.toString(16)})${bus !== 0 && bus === this.overflow ? '=overflow_buffer' : ''}`;
    return this.place(bus);
  }

  private place(bus: number): string {
    if (!this.pool.holds(bus)) return `DIRECT 0x${bus.toString(16)}`;
    const into = bus - this.pool.start;
    return `SLOT ${Math.floor(into / IO_TLB_SIZE)}+0x${(into % IO_TLB_SIZE).toString(16)}`;
  }

  private sg(row: ReadonlyMap<string, string>): Compared {
    const device = this.device(field(row, 'mask'));
    const dir = numberField(row, 'dir') as DmaDirection;
    const entries = field(row, 'in').split('|');
    const sg = table(
      entries.map((one) => {
        const [phys, length] = one.split('/');
        return [parseInt(phys!, 16), Number(length)];
      }),
    );
    const ret = this.ops.map_sg(device, sg, dir);
    const out = Array.from(
      { length: ret },
      (_, i) => `${this.place(sg.dma_address[i]!)}/${sg.dma_length[i]!}`,
    );
    if (ret > 0) this.ops.unmap_sg(device, sg, dir);
    return {
      expected: `ret=${field(row, 'ret')},out=${field(row, 'out')}`,
      got: `ret=${ret},out=${ret === 0 ? `dma_len0=${sg.dma_length[0]!}` : out.join('|')}`,
    };
  }
}

function table(entries: readonly (readonly [phys: number, length: number])[]): SgTable {
  const sg = new SgTable();
  for (const [phys, length] of entries) sg.add(phys, length, 0);
  return sg;
}

/** Runs of free slots up to the end of their group, and of used ones (`X`). */
function runs({ list }: SwiotlbPool): string {
  const found: string[] = [];
  for (let i = 0; i < list.length;) {
    const free = list[i]!;
    let end = i + free;
    if (free === 0) for (end = i; end < list.length && list[end] === 0; end++);
    found.push(`${i}+${end - i}${free === 0 ? 'X' : ''}`);
    i = end;
  }
  return found.join(' ');
}
