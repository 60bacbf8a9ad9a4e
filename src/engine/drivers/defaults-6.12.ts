import { REQ_FLUSH, REQ_FUA } from '../block/flags';
import type { DriverName } from '../../model/device-spec';
import type { DmaDevice } from '../dma/dma-ops';
import type { DmaLayer } from '../dma/layer';
import { dma_max_mapping_size, dma_opt_mapping_size } from '../dma/mapping-size-6.12';
import type { QueueLimits } from '../block/limits';

/** BLK_DEF_MAX_SECTORS_CAP: 1280 KiB. Sectors of 512 bytes. */
const CAP = 2560;

/** What the drivers of a kernel set where 4.1's set something else. */
export interface DriverDefaults {
  readonly limits?: Partial<QueueLimits>;
  /** REQ_FLUSH and REQ_FUA. */
  readonly flush_flags?: number;
  /** What a driver asks of DMA when it chooses the longest request, bytes. */
  readonly mapping_size?: (dma: DmaLayer, device: DmaDevice) => number;
}

/**
 * What 6.12's drivers set, as sysfs printed it (captures/run612-pc/queue-limits.txt). Devices of other hardware differ; a
 * spec can say so.
 */
export const DRIVERS_612: Readonly<Partial<Record<DriverName, DriverDefaults>>> = {
  pmem: {
    limits: { max_hw_sectors: 0xffffffff, max_sectors: CAP, physical_block_size: 4096 },
    flush_flags: REQ_FLUSH | REQ_FUA,
  },
  brd: { limits: { max_hw_sectors: 254, max_sectors: 254, physical_block_size: 4096 } },
  null_blk: { limits: { max_hw_sectors: 254, max_sectors: 254 } },
  nvme: {
    limits: { max_segment_size: 0xffffffff, virt_boundary_mask: 4095 },
    // drivers/nvme/host/pci.c
    mapping_size: dma_opt_mapping_size,
  },
  // drivers/scsi/hosts.c
  sd: { mapping_size: dma_max_mapping_size },
  loop: { limits: { max_hw_sectors: 254, max_sectors: 254 } },
};
