import { describe, expect, it } from 'vitest';
import { DaxMapping } from '../../../../src/engine/dax/dax-fault';
import { DaxFile } from '../../../../src/engine/dax/dax-file';
import {
  dax_clear_blocks,
  dax_do_io,
  dax_zero_page_range,
  type DaxStep,
} from '../../../../src/engine/dax/dax-io';
import {
  bdev_direct_access,
  bdev_direct_access_pfn,
  dax_direct_access,
  type DaxBdev,
} from '../../../../src/engine/dax/direct-access';
import { DAX_BUGS, DAX_ERAS, dax_map_bh } from '../../../../src/engine/dax/map-bh';
import {
  axonramProvider,
  brdProvider,
  dcssblkProvider,
  pmemProvider,
  type DaxProvider,
} from '../../../../src/engine/dax/providers';

const MIB = 1n << 20n;
const bdev = (provider: DaxProvider | undefined, sectors = 2048n): DaxBdev => ({
  name: 'disk',
  start_sect: 0n,
  nr_sects: sectors,
  provider,
});
const pmem = () => bdev(pmemProvider(0x40000000n, MIB, 0xffffc90020000000n));

describe('who gives a DAX file system its memory', () => {
  it('pmem: one piece up to the end, no struct page, an address only without the series', () => {
    const whole = bdev_direct_access(pmem(), 8n, MIB - 4096n);
    expect(whole).toMatchObject({ avail: MIB - 4096n, pfn: 0x40001n, dev: true, kaddr: 0xffffc90020001000n });
    expect(bdev_direct_access_pfn(pmem(), 8n, 4096n).kaddr).toBeUndefined();
    expect(bdev_direct_access_pfn(pmem(), 8n, 4096n).pfn).toBe(0x40001n);
  });

  it('brd: a page at a time, from RAM; no page left is -ENOSPC, no device -ENODEV', () => {
    const pages = new Map([[0n, 0x123n]]);
    const provider = brdProvider((sector) => pages.get(sector / 8n), 0xffff880000000000n);
    expect(bdev_direct_access(bdev(provider), 0n, 65536n)).toMatchObject({
      avail: 4096n,
      pfn: 0x123n,
      dev: false,
    });
    expect(bdev_direct_access(bdev(provider), 8n, 4096n).avail).toBe(-28n);
    const gone = brdProvider(
      () => undefined,
      0n,
      () => false,
    );
    expect(bdev_direct_access(bdev(gone), 0n, 4096n).avail).toBe(-19n);
  });

  it('axonram: a pfn made of a physical address as if it were virtual; dcssblk: the right one, a byte short', () => {
    const axon = axonramProvider(0x80000000n, MIB, 0xc000000000000000n);
    expect(bdev_direct_access(bdev(axon), 0n, 4096n).pfn).not.toBe(0x80000n);
    const dcss = dcssblkProvider(0x20000000n, 0x20000000n + MIB - 1n);
    expect(bdev_direct_access(bdev(dcss), 0n, MIB)).toMatchObject({ avail: MIB - 1n, pfn: 0x20000n });
    expect(bdev_direct_access(bdev(dcssblkProvider(0n, 0n, () => false)), 0n, 512n).avail).toBe(-19n);
  });

  it('today: pages, and a device that can be gone or have bad memory', () => {
    const provider = pmemProvider(0x40000000n, MIB, 0n);
    const device = { name: 'dax0', alive: true, pages: 256n, provider, poisoned: new Set([3n]) };
    expect(dax_direct_access(device, 4n, 10n).avail).toBe(10n);
    expect(dax_direct_access(device, 2n, 4n).avail).toBe(-133n);
    expect(dax_direct_access(device, 2n, 4n, 'DAX_RECOVERY_WRITE').avail).toBe(1n);
    expect(dax_direct_access(device, 256n, 1n).avail).toBe(-34n);
    expect(dax_direct_access(device, 0n, -1n).avail).toBe(-22n);
    expect(dax_direct_access({ ...device, alive: false }, 0n, 1n).avail).toBe(-6n);
    expect(dax_direct_access(undefined, 0n, 1n).avail).toBe(-95n);
  });
});

describe('file I/O', () => {
  it.each(DAX_ERAS)('%s: every kmap that is opened is closed, one at a time', (era) => {
    const steps: DaxStep[] = [];
    const file = new DaxFile(0, (block) => (block % 2) * 800 + block * 8);
    expect(dax_do_io(pmem(), file, true, 100, 30_000, steps, era)).toBe(30_000);
    expect(dax_do_io(pmem(), file, false, 0, 40_000, steps, era)).toBe(30_100);
    dax_zero_page_range(pmem(), file, 4096, 100, steps, era);
    dax_clear_blocks(pmem(), 16, 8192, steps, era);
    let open = 0;
    for (const { call } of steps) {
      if (call === 'kmap_atomic_pfn_t') open++;
      if (call === 'kunmap_atomic_pfn_t') open--;
      expect(open).toBeGreaterThanOrEqual(0);
      expect(open).toBeLessThanOrEqual(1);
    }
    expect(open).toBe(0);
    expect(steps.some(({ call }) => call === 'kmap_atomic_pfn_t')).toBe(era !== '4.1' && era !== '6.12');
  });

  it('clears what a write to a new block leaves, and reads a hole without asking the device', () => {
    const steps: DaxStep[] = [];
    const file = new DaxFile(100_000, (block) => block * 8);
    dax_do_io(pmem(), file, true, 5000, 100, steps);
    expect(steps).toContainEqual({ call: 'dax_new_buf', head: 904, tail: 3092 });
    const reads: DaxStep[] = [];
    dax_do_io(pmem(), file, false, 40_960, 8192, reads);
    expect(reads.map(({ call }) => call)).toEqual(['zero', 'dax_do_io']);
  });

  it('a device that is gone gives its error, and bytes that were done before it', () => {
    const gone = bdev(pmem().provider, 0n);
    const file = new DaxFile(8192, (block) => block * 8);
    file.set(0, 0);
    file.set(1, 8);
    expect(dax_do_io(gone, file, false, 0, 4096, [])).toBe(-34);
    const half = bdev(pmem().provider, 8n);
    file.set(1, 800);
    expect(dax_do_io(half, file, false, 0, 8192, [])).toBe(4096);
  });

  it('v5 as it was mailed takes every success for an error; a range off the list gives -EIO', () => {
    expect(DAX_BUGS.v5).toContain('if (rc)');
    const posted = dax_map_bh(pmem(), 0, 4096, [], 'v5', { asPosted: true });
    expect(posted).toEqual({ ret: 4096, open: false });
    expect(dax_map_bh(pmem(), 0, 4096, [], 'v5', { kmap: { registered: false } }).ret).toBe(-5);
    expect(dax_map_bh(pmem(), 0, 4096, [], '4.1', { kmap: { registered: false } }).ret).toBe(4096);
  });
});

describe('mapped files', () => {
  it('a store faults, is inserted, and is told of; a load of a hole gets zeros; past the end a signal', () => {
    const file = new DaxFile(8192, (block) => block * 8);
    const mapping = new DaxMapping(pmem(), file);
    const steps: DaxStep[] = [];
    expect(mapping.touch(0, 'read', steps)).toBe('hole');
    expect(mapping.touch(0, 'write', steps)).toBe('NOPAGE');
    expect(mapping.touch(2, 'read', steps)).toBe('SIGBUS');
    expect(steps.map(({ call }) => call)).toEqual([
      'dax_fault',
      'do_dax_fault',
      'dax_load_hole',
      'dax_fault',
      'do_dax_fault',
      'bdev_direct_access',
      'clear_page',
      'vm_insert_mixed',
      'dax_pfn_mkwrite',
      'dax_fault',
      'do_dax_fault',
    ]);
    const before = steps.length;
    expect(mapping.touch(0, 'write', steps)).toBe('NOPAGE');
    expect(steps).toHaveLength(before);
  });
});
