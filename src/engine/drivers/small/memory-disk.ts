import { phys } from '../../../model/address';
import type { DeviceSpec } from '../../../model/device-spec';
import { bio_endio } from '../../block/bio';
import { blk_set_default_limits, type QueueLimits } from '../../block/limits';
import type { Disk, RequestQueue } from '../../block/queue';
import { BioWalk } from '../../block/iter';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { byPageAddress } from '../reach';
import { isWrite, notPaged, pastEnd, refuse } from './profile';

interface MemoryDisk<D extends 'axonram' | 'dcssblk'> {
  readonly name: D;
  readonly pageless: string;
  readonly limits: Partial<QueueLimits>;
  readonly where: string;
  readonly refuses: (kernel: Kernel, disk: Disk, bio: Bio) => string;
}

/** A disk that is a run of memory, copied by the CPU from and to page_address() of each vector. */
function memoryDisk<D extends 'axonram' | 'dcssblk'>(of: MemoryDisk<D>): Driver<D> {
  return {
    name: of.name,
    access: 'page_address',
    pageless: of.pageless,
    probe({ block, bytes }, device, id) {
      const spec = device as Extract<DeviceSpec, { driver: 'axonram' }>;
      const start = phys(spec.start);
      const walk = new BioWalk();
      const copy = (kernel: Kernel, disk: Disk, bio: Bio): void => {
        let media = start + bio.bi_sector * 512;
        walk.start(bio);
        while (walk.nextPage(kernel)) {
          const memory = byPageAddress(kernel, walk.pfn, walk.dev, of.where) + walk.offset;
          if (isWrite(bio)) kernel.copy(disk.id, bio, memory, media, walk.len);
          else kernel.copy(disk.id, bio, media, memory, walk.len);
          media += walk.len;
        }
      };
      const queue: RequestQueue = {
        limits: { ...blk_set_default_limits(), ...of.limits },
        flags: 0,
        flush_flags: 0,
        make_request_fn: (kernel, disk, bio) => {
          const refused = of.refuses(kernel, disk, bio);
          if (refused !== '') {
            refuse(kernel, disk, bio, refused);
            return;
          }
          copy(kernel, disk, bio);
          bio_endio(kernel, bio, 0);
        },
      };
      const capacity = (phys(spec.end) - start) / 512;
      return {
        name: spec.name,
        id,
        capacity,
        queue: withSpec(queue, spec.queue, block.drivers[of.name]),
        store: (at, data) => bytes.write(start + at, data),
      };
    },
  };
}

/** The memory of a Cell blade's Axon bridge (4.1 arch/powerpc/sysdev/axonram.c). */
export const axonram = memoryDisk({
  name: 'axonram',
  pageless: 'axon_ram_make_request() copies to page_address() of the vector: without a page it faults.',
  limits: {},
  where: 'axon_ram_make_request',
  refuses: (_kernel, disk, bio) => pastEnd(disk, bio, 'axon_ram_make_request'),
});

/** A segment that z/VM shares between its guests (4.1 drivers/s390/block/dcssblk.c). */
export const dcssblk = memoryDisk({
  name: 'dcssblk',
  pageless:
    'The address of a NULL page is aligned, so dcssblk_make_request() finds nothing wrong with it; the memcpy() after it faults.',
  limits: { logical_block_size: 4096, physical_block_size: 4096, io_min: 4096 },
  where: 'dcssblk_make_request',
  refuses: (kernel, disk, bio) =>
    pastEnd(disk, bio, 'dcssblk_make_request') || notPaged(kernel, disk, bio, 'dcssblk_make_request'),
});
