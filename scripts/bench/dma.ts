import { SgTable } from '../../src/engine/block/sg-table';
import { DMA_TO_DEVICE, type DmaDevice, type DmaOps } from '../../src/engine/dma/dma-ops';
import { nommu } from '../../src/engine/dma/nommu';
import { swiotlb } from '../../src/engine/dma/swiotlb/swiotlb';
import { SwiotlbPool } from '../../src/engine/dma/swiotlb/swiotlb-pool';

const ENTRIES = 8;
/** Lists that are mapped at once. */
const LIVE = 64;
const NSLABS = 32768;
/** Every bus address is a multiple of it: what is left fits 31 bits. Bytes. */
const SLOT = 2048;

/** Maps lists of eight entries and unmaps each when 64 newer ones are mapped, as scripts/bench/dma/dma.c does in C. */
export class DmaBench {
  private readonly ops: DmaOps;
  private readonly device: DmaDevice;
  private readonly lists = Array.from({ length: LIVE }, () => {
    const sg = new SgTable();
    for (let i = 0; i < ENTRIES; i++) sg.add(0, 0, 0);
    return sg;
  });

  constructor(name: 'nommu' | 'swiotlb') {
    const mute = () => undefined;
    const high = name === 'nommu';
    this.device = { name, dma_mask: high ? 2 ** 40 - 1 : 0x7fffffff, seg_boundary_mask: 0xffffffff };
    const pool = new SwiotlbPool(0x70000000, NSLABS);
    this.ops = high
      ? nommu(mute)
      : swiotlb({ pool, overflow_buffer: 0, force: false, copy: mute, printk: mute });
  }

  /** Gives a checksum of the bus addresses: the C peer's is the same, or it does not do the same. */
  run(lists: number): number {
    const { ops, device } = this;
    let sum = 0;
    for (let n = 0; n < lists; n++) {
      const sg = this.lists[n % LIVE]!;
      const { phys, length, dma_address } = sg;
      if (n >= LIVE) ops.unmap_sg(device, sg, DMA_TO_DEVICE);
      for (let i = 0; i < ENTRIES; i++) {
        const x = Math.imul(n * ENTRIES + i, 2654435761) >>> 0;
        // One entry of eight lies where the device reaches it.
        const pfn = i === 0 ? (x >>> 12) & 0x3ffff : (x >>> 12) + 0x10_0000;
        phys[i] = pfn * 4096;
        length[i] = 512 * (1 + (x & 15));
      }
      if (ops.map_sg(device, sg, DMA_TO_DEVICE) !== ENTRIES) throw new Error('the pool is full');
      for (let i = 0; i < ENTRIES; i++) sum = (Math.imul(sum, 31) + ((dma_address[i]! / SLOT) | 0)) | 0;
    }
    for (let n = Math.max(lists - LIVE, 0); n < lists; n++)
      ops.unmap_sg(device, this.lists[n % LIVE]!, DMA_TO_DEVICE);
    return sum >>> 0;
  }
}
