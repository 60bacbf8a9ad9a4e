import { sha256 } from '@noble/hashes/sha2';
import type { DmTarget } from '../../../model/target-spec';
import { bio_endio_nodec } from '../../block/bio';
import { REQ_FLUSH, REQ_WRITE } from '../../block/flags';
import { BioWalk } from '../../block/iter';
import { blk_finish_plug, blk_start_plug } from '../../block/plug';
import type { Disk } from '../../block/queue';
import type { Bio } from '../../block/tables';
import { EIO } from '../../errno';
import type { Kernel } from '../../kernel';
import { PhysicalBytes } from '../../memory/bytes';
import type { Find, Found } from '../driver';
import { kmap } from '../reach';
import { finishPageIo, startPageIo, type PageIo } from './pages-io';
import { linearTarget, type Target } from './target';
import { HashTree } from './hash-tree';

const BLOCK = 4096;
/** The superblock of veritysetup; the tree is behind it. */
const HASH_START = 1;
/** `dm_verity_prefetch_cluster`: 256 KiB of hash blocks. */
const CLUSTER = 64;

/**
 * drivers/md/dm-verity.c, version 1 with sha256: what was read is hashed by a worker and compared with a tree on another device,
 * whose blocks are read, checked up to the root, and kept. The devices hold what `veritysetup format` left: data made of a seed,
 * and the tree over it.
 */
export function verity(spec: Extract<DmTarget, { type: 'verity' }>, find: Find): Target {
  const base = linearTarget('verity', spec, find);
  const device = base.devices[0]!;
  const data = find(spec.device);
  const hash = find(spec.hashDevice);
  const salt = Uint8Array.from((spec.salt ?? '').match(/../g) ?? [], (byte) => parseInt(byte, 16));
  const blocks = Math.floor(spec.sectors / 8);
  const tree = format(data, hash, device.start, blocks, spec.seed ?? 1, salt);
  /** Hash blocks that were read and checked, by their number on the device. */
  const buffers = new Map<number, Uint8Array>();
  const reading = new Map<number, { readonly io: PageIo; readonly page: number }>();
  const walk = new BioWalk();

  /** dm-bufio: reads a hash block that is not there yet. */
  const start_read = (kernel: Kernel, block: number): void => {
    if (buffers.has(block) || reading.has(block)) return;
    const page = kernel.allocator.takePage()!;
    reading.set(block, { io: startPageIo(kernel, hash.bdev, block * 8, page, BLOCK, 0), page });
  };
  const dm_bufio_read = (kernel: Kernel, block: number): Uint8Array | undefined => {
    const known = buffers.get(block);
    if (known) return known;
    start_read(kernel, block);
    const { io, page } = reading.get(block)!;
    const error = finishPageIo(kernel, io);
    // Another worker that waited for it was faster, and has put it away.
    if (!reading.delete(block)) return buffers.get(block);
    const bytes = kernel.bytes.read(page * BLOCK, BLOCK);
    kernel.allocator.free_page(page);
    kernel.bytes.drop(page);
    if (error !== 0) return undefined;
    buffers.set(block, bytes);
    return bytes;
  };
  const verity_prefetch_io = (kernel: Kernel, first: number): void => {
    const plug = blk_start_plug(kernel);
    const bottom = tree.blockOf(0, first) + HASH_START;
    const from = Math.floor(bottom / CLUSTER) * CLUSTER;
    const end = Math.min(from + CLUSTER, tree.size + HASH_START);
    for (let block = from; block < end; block++) start_read(kernel, block);
    blk_finish_plug(kernel, plug);
  };

  /** The digest the tree has for a data block; a text where the tree itself is damaged. */
  const wanted = (kernel: Kernel, block: number): Uint8Array | string => {
    let digest = tree.root;
    for (let level = tree.levels - 1; level >= 0; level--) {
      const at = tree.blockOf(level, block) + HASH_START;
      const bytes = dm_bufio_read(kernel, at);
      if (!bytes) return `metadata block ${at} cannot be read`;
      if (!same(digestOf(salt, bytes), digest)) {
        buffers.delete(at);
        return `metadata block ${at} is corrupted`;
      }
      digest = tree.digestIn(bytes, level, block);
    }
    return digest;
  };

  const verity_verify_io = (kernel: Kernel, disk: Disk, bio: Bio, block: number): number => {
    const { trace } = kernel;
    const bytes = new Uint8Array(bio.bi_size);
    let done = 0;
    walk.start(bio);
    let memory = 0;
    while (walk.nextPage(kernel)) {
      memory = kmap(kernel, walk.pfn, walk.dev, 'verity_verify_io') + walk.offset;
      bytes.set(kernel.bytes.read(memory, walk.len), done);
      done += walk.len;
    }
    for (let n = 0; n * BLOCK < bytes.length; n++) {
      const want = wanted(kernel, block + n);
      const found = digestOf(salt, bytes.subarray(n * BLOCK, (n + 1) * BLOCK));
      const said =
        typeof want === 'string' ? want : same(found, want) ? '' : `data block ${block + n} is corrupted`;
      const event = trace.id.verity_verify_io;
      trace.bio(event, disk.id, bio, memory, block + n, BLOCK, said === '' ? 0 : 1, 0, trace.note(said));
      if (said === '' || !kernel.copyBytes) continue;
      trace.printk(disk.id, bio, `device-mapper: verity: ${said}`);
      kernel.refusal = `verity_verify_io: ${said} on ${disk.name}`;
      return -EIO;
    }
    return 0;
  };

  return {
    ...base,
    takesDiscards: false,
    readOnly: true,
    io_hints(limits) {
      limits.logical_block_size = Math.max(limits.logical_block_size, BLOCK);
      limits.physical_block_size = Math.max(limits.physical_block_size, BLOCK);
      limits.io_min = Math.max(limits.io_min, BLOCK);
    },
    map(kernel, clone, disk) {
      if (clone.bi_size === 0 && clone.bi_rw & REQ_FLUSH) return 'remapped';
      const sector = clone.bi_sector - spec.start;
      if (sector % 8 !== 0 || clone.bi_size % BLOCK !== 0) {
        kernel.refusal = `verity_map: unaligned io: sector ${sector} + ${clone.bi_size >>> 9} on ${disk.name}`;
        return -EIO;
      }
      if (clone.bi_rw & REQ_WRITE) {
        kernel.refusal = `verity_map: ${disk.name} can only be read`;
        return -EIO;
      }
      const { bi_end_io, bi_private } = clone;
      const { bi_size, bi_idx, bi_bvec_done } = clone;
      clone.bi_end_io = (k, ended, error) => {
        const finish = (result: number) => {
          ended.bi_end_io = bi_end_io;
          ended.bi_private = bi_private;
          bio_endio_nodec(k, ended, result);
        };
        if (error !== 0) {
          finish(error);
          return;
        }
        k.loop.soon((bio) => {
          Object.assign(bio, { bi_size, bi_idx, bi_bvec_done });
          finish(verity_verify_io(k, disk, bio, sector / 8));
        }, ended);
      };
      kernel.loop.soon((first) => verity_prefetch_io(kernel, first), sector / 8);
      clone.bi_bdev = kernel.bdevs[device.bdev]!;
      clone.bi_sector = device.start + sector;
      kernel.block.generic_make_request(kernel, clone);
      return 'submitted';
    },
  };
}

const digestOf = (salt: Uint8Array, block: Uint8Array): Uint8Array =>
  sha256.create().update(salt).update(block).digest();

const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);

/** What `veritysetup format` left on the two devices before the machine was started. */
function format(
  data: Found,
  hash: Found,
  start: number,
  blocks: number,
  seed: number,
  salt: Uint8Array,
): HashTree {
  const bytes = new PhysicalBytes();
  bytes.fill(0, blocks * BLOCK, seed);
  const tree = new HashTree(
    blocks,
    (block) => digestOf(salt, block),
    (n) => bytes.read(n * BLOCK, BLOCK),
  );
  data.store?.(start * 512, bytes.read(0, blocks * BLOCK));
  tree.hashBlocks.forEach((block, n) => hash.store?.((n + HASH_START) * BLOCK, block));
  return tree;
}
