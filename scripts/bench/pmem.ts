import { bio_alloc, bio_put } from '../../src/engine/block/bio';
import { REQ_WRITE } from '../../src/engine/block/flags';
import { Kernel } from '../../src/engine/kernel';
import type { MachineSpec } from '../../src/model/machine-spec';
import { Recorder } from '../../src/model/recording';

const spec: MachineSpec = {
  name: 'bench',
  kernel: { flavour: '4.1-pfn', posting: 'v3' },
  memory: {
    ranges: [
      { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
      { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM', structPages: 'none' },
    ],
  },
  devices: [{ name: 'pmem0', driver: 'pmem', start: '0x40000000', end: '0x50000000' }],
};

/** Writes of 8 scattered pages to a disk whose driver copies them itself. */
export function pmemBench(options: { copyBytes: boolean; record: boolean }): (bios: number) => void {
  return (bios) => {
    const kernel = new Kernel(spec, new Recorder(options.record), { copyBytes: options.copyBytes });
    for (let n = 0; n < bios; n++) {
      const bio = bio_alloc(kernel, 0, REQ_WRITE, (n % 4096) * 64, 8);
      for (let i = 0; i < 8; i++)
        kernel.block.bio_add_page(kernel, bio, 0x1000 + ((n * 7 + i * 2) & 0xffff), 4096, 0);
      kernel.block.submit_bio(kernel, REQ_WRITE, bio);
      bio_put(kernel, bio);
    }
  };
}

/** The least the data path can cost here: the same bytes moved with Uint8Array.set, page by page. */
export function memcpyPeer(bios: number): void {
  const pages = Array.from({ length: 512 }, () => new Uint8Array(4096));
  for (let n = 0; n < bios; n++) {
    for (let i = 0; i < 8; i++) pages[(n * 8 + i) & 255]!.set(pages[256 + ((n * 7 + i * 2) & 255)]!, 0);
  }
}
