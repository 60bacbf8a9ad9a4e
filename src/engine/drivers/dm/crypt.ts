import type { DmTarget } from '../../../model/target-spec';
import { bio_alloc, bio_endio, bio_put } from '../../block/bio';
import { bio_clone_fast } from '../../block/clone';
import { REQ_DISCARD, REQ_FLUSH, REQ_WRITE } from '../../block/flags';
import { BioWalk } from '../../block/iter';
import { blk_finish_plug, blk_start_plug } from '../../block/plug';
import type { Bio } from '../../block/tables';
import { EIO, ENOMEM } from '../../errno';
import type { Kernel } from '../../kernel';
import type { Find } from '../driver';
import { kmap } from '../reach';
import { overSectors, sectorCipher } from './cipher';
import { linearTarget, type Target } from './target';

type Crypt = Extract<DmTarget, { type: 'crypt' }>;

/**
 * drivers/md/dm-crypt.c: what is read is decrypted where it lies, by a worker; what is written is encrypted into pages of the
 * target's own, which a thread sends below in the order of their sectors. An empty flush and a discard go below at once.
 */
export function crypt(spec: Crypt, find: Find): Target {
  const base = linearTarget('crypt', spec, find);
  const device = base.devices[0]!;
  const key = Uint8Array.from(spec.key.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  const cipher = sectorCipher(spec.cipher, key);
  const walk = new BioWalk();
  const pending: { readonly clone: Bio; readonly sector: number }[] = [];
  let woken = false;

  /** Decrypts a bio's pages in place, or encrypts them into `to`: a sector at a time through two scatterlists. */
  const crypt_convert = (kernel: Kernel, bio: Bio, sector: number, to: Bio | undefined): void => {
    const { trace } = kernel;
    const disk = bio.bi_bdev.id;
    const first = sector + (spec.ivOffset ?? 0);
    const pieces: { readonly at: number; readonly len: number }[] = [];
    let done = 0;
    walk.start(bio);
    while (walk.nextPage(kernel)) {
      const at = kmap(kernel, walk.pfn, walk.dev, 'crypt_convert_block') + walk.offset;
      trace.bio(trace.id.crypt_convert, disk, bio, at, sector + done / 512, walk.len, to ? 1 : 0, bio.bi_rw);
      pieces.push({ at, len: walk.len });
      done += walk.len;
    }
    kernel.bytesCopied += done;
    if (!kernel.copyBytes) return;
    const input = new Uint8Array(done);
    let from = 0;
    for (const { at, len } of pieces) {
      input.set(kernel.bytes.read(at, len), from);
      from += len;
    }
    const output = overSectors(input, first, to ? cipher.encrypt : cipher.decrypt);
    if (to) {
      writeInto(kernel, to, output);
      return;
    }
    from = 0;
    for (const { at, len } of pieces) {
      kernel.bytes.write(at, output.subarray(from, from + len));
      from += len;
    }
  };

  const kcryptd_io_read = (kernel: Kernel, base_bio: Bio, sector: number): void => {
    const clone = bio_clone_fast(kernel, base_bio);
    clone.bi_bdev = kernel.bdevs[device.bdev]!;
    clone.bi_sector = device.start + sector;
    clone.bi_end_io = (k, ended, error) => {
      bio_put(k, ended);
      if (error !== 0) {
        bio_endio(k, base_bio, error);
        return;
      }
      k.loop.soon(() => {
        crypt_convert(k, base_bio, sector, undefined);
        bio_endio(k, base_bio, 0);
      }, base_bio);
    };
    kernel.block.generic_make_request(kernel, clone);
  };

  const kcryptd_crypt_write_convert = (kernel: Kernel, base_bio: Bio, sector: number): void => {
    const clone = crypt_alloc_buffer(kernel, device.bdev, base_bio);
    if (!clone) {
      kernel.refusal = 'crypt_alloc_buffer: no page left to encrypt into';
      bio_endio(kernel, base_bio, -ENOMEM);
      return;
    }
    crypt_convert(kernel, base_bio, sector, clone);
    clone.bi_sector = device.start + sector;
    clone.bi_end_io = (k, ended, error) => {
      crypt_free_buffer_pages(k, ended);
      bio_put(k, ended);
      bio_endio(k, base_bio, error);
    };
    const after = pending.findIndex((other) => other.sector > sector);
    pending.splice(after < 0 ? pending.length : after, 0, { clone, sector });
    if (woken) return;
    woken = true;
    kernel.loop.soon(() => {
      woken = false;
      dmcrypt_write(kernel);
    }, base_bio);
  };

  const dmcrypt_write = (kernel: Kernel): void => {
    const plug = blk_start_plug(kernel);
    for (const { clone } of pending.splice(0)) kernel.block.generic_make_request(kernel, clone);
    blk_finish_plug(kernel, plug);
  };

  return {
    ...base,
    takesDiscards: false,
    map(kernel, clone) {
      if (clone.bi_rw & (REQ_FLUSH | REQ_DISCARD)) return 'remapped';
      const sector = clone.bi_sector - spec.start;
      // A clone that lost its page alignment of a sector is the caller's mistake.
      if (clone.bi_size % 512 !== 0) bio_endio(kernel, clone, -EIO);
      else if (clone.bi_rw & REQ_WRITE)
        kernel.loop.soon((late) => kcryptd_crypt_write_convert(kernel, late, sector), clone);
      else kcryptd_io_read(kernel, clone, sector);
      return 'submitted';
    },
    encode: (sector, bytes) => cipher.encrypt(sector - spec.start + (spec.ivOffset ?? 0), bytes),
  };
}

/** Pages for all the data, the last one perhaps in part. Undefined where there is no memory. */
function crypt_alloc_buffer(kernel: Kernel, bdev: number, base_bio: Bio): Bio | undefined {
  const { bvecs } = kernel;
  const size = base_bio.bi_size;
  const clone = bio_alloc(kernel, bdev, base_bio.bi_rw, 0, Math.ceil(size / 4096));
  for (let left = size; left > 0; left -= 4096) {
    const page = kernel.allocator.alloc_page();
    if (page === undefined) {
      crypt_free_buffer_pages(kernel, clone);
      bio_put(kernel, clone);
      return undefined;
    }
    const bv = clone.bi_io_vec + clone.bi_vcnt++;
    bvecs.pfn[bv] = page;
    bvecs.dev[bv] = 0;
    bvecs.offset[bv] = 0;
    bvecs.len[bv] = Math.min(left, 4096);
    clone.bi_size += bvecs.len[bv];
  }
  return clone;
}

function crypt_free_buffer_pages(kernel: Kernel, clone: Bio): void {
  for (let n = 0; n < clone.bi_vcnt; n++) {
    const page = kernel.bvecs.pfn[clone.bi_io_vec + n]!;
    kernel.allocator.free_page(page);
    kernel.bytes.drop(page);
  }
}

/** Puts bytes into a bio of whole pages. */
function writeInto(kernel: Kernel, bio: Bio, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; done += 4096) {
    const page = kernel.bvecs.pfn[bio.bi_io_vec + done / 4096]!;
    kernel.bytes.write(page * 4096, bytes.subarray(done, done + 4096));
  }
}
