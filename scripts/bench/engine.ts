import { bio_alloc, bio_put } from '../../src/engine/block/bio';
import { QUEUE_FLAG_NO_SG_MERGE, REQ_WRITE } from '../../src/engine/block/flags';
import { blk_set_default_limits } from '../../src/engine/block/limits';
import { blk_finish_plug, blk_start_plug } from '../../src/engine/block/plug';
import { Media } from '../../src/engine/drivers/media';
import { endRequest, requestDisk } from '../../src/engine/drivers/request-disk';
import { Kernel } from '../../src/engine/kernel';
import type { MachineSpec } from '../../src/model/machine-spec';
import { Recorder, type Recording } from '../../src/model/recording';

export { memcpyPeer, pmemBench } from './pmem';

const PAGES = 8;
const BATCH = 16;
const CAPACITY = 2 ** 20;
/** Events that stay: the C peer keeps as many. */
const KEEP = 2 ** 20;

/** `mq`: a multi-queue disk that is done at once. `sq`: a SCSI disk with its scheduler, its head and its interrupts. */
export type Path = 'mq' | 'sq';

const spec: MachineSpec = {
  name: 'bench',
  kernel: { flavour: '4.1' },
  memory: { ranges: [{ start: '0x100000', end: '0xa0000000', kind: 'ram', name: 'System RAM' }] },
  devices: [{ name: 'sda', driver: 'sd', sectors: CAPACITY }],
};

/** null_blk, but for a driver that maps its requests before it ends them, as the C peer's does. */
function putMappingDisk(kernel: Kernel): void {
  const media = new Media('keeps');
  const disk = requestDisk(kernel, {
    driver: 'null_blk',
    name: 'nullb0',
    id: 0,
    capacity: CAPACITY,
    limits: blk_set_default_limits(),
    flags: QUEUE_FLAG_NO_SG_MERGE,
    flush_flags: 0,
    spec: undefined,
    depth: 64,
    nr_requests: 64,
    queue_rq(k, to, rq) {
      media.transfer(k, to, rq);
      endRequest(k, to, rq, 0);
    },
  });
  const bdev = { name: disk.name, id: 0, disk, start_sect: 0, nr_sects: CAPACITY };
  Object.assign(kernel, { bdevs: [bdev] });
}

/** One run of the path that scripts/bench/engine/ does in C: each bio from its allocation to its end. */
export class EngineBench {
  private readonly recorder = new Recorder(true, { keep: KEEP });
  private readonly kernel = new Kernel(spec, this.recorder, { copyBytes: false });

  constructor(path: Path) {
    if (path === 'mq') putMappingDisk(this.kernel);
  }

  /** Writes of 8 scattered pages, sixteen to a plug. */
  run(bios: number): void {
    const { kernel } = this;
    for (let n = 0; n < bios; n += BATCH) {
      const plug = blk_start_plug(kernel);
      for (let i = n; i < n + BATCH; i++) this.write(i);
      blk_finish_plug(kernel, plug);
      kernel.loop.drain();
    }
  }

  private write(n: number): void {
    const { kernel } = this;
    const bio = bio_alloc(kernel, 0, 0, ((n * 7919) % 4096) * 128, PAGES);
    for (let i = 0; i < PAGES; i++) {
      const pfn = 0x80000 + ((n * 7 + i * 2) & 0xffff);
      if (kernel.block.bio_add_page(kernel, bio, pfn, 4096, 0) === 0) throw new Error(kernel.refusal);
    }
    bio.bi_end_io = bio_put;
    kernel.block.submit_bio(kernel, REQ_WRITE, bio);
  }

  /** How many events there were, and a checksum of those that stayed: the C peer's are the same, or it does not do the same. */
  log(): { events: number; checksum: number } {
    const recording = this.recorder.finish({ timeUnit: 'step', source: 'bench', reconstructed: false });
    return { events: recording.dropped + recording.length, checksum: checksum(recording) };
  }
}

/** The names of the path in the order in which the C peer numbers them. */
const PATH = [
  'bio_add_page',
  'submit_bio',
  'generic_make_request_checks',
  'block_bio_queue',
  'block_bio_complete',
  'block_bio_backmerge',
  'block_bio_frontmerge',
  'block_getrq',
  'block_sleeprq',
  'block_plug',
  'block_unplug',
  'block_rq_insert',
  'block_rq_issue',
  'block_rq_complete',
  'blk_rq_merge_ok',
  'blk_rq_map_sg',
  'sg_set_page',
  'printk',
  'bio_endio',
];

/** FNV-1a over every field of every event, as 32-bit words. */
function checksum({ names, columns, length }: Recording): number {
  const ids = names.map(({ name }) => PATH.indexOf(name));
  const { time, device, object, a, b, c, d, e, note } = columns;
  let sum = 2166136261;
  const add = (field: number) => {
    sum = Math.imul(sum ^ field, 16777619);
  };
  for (let i = 0; i < length; i++) {
    for (const column of [time, device, object, a, b, c, d, e, note]) add(column[i]!);
    add(ids[columns.name[i]!]!);
  }
  return sum >>> 0;
}
