import type { Driver } from './driver';
import { bcache } from './bcache/bcache';
import { dmCache } from './dm-cache/dm-cache';
import { dmWritecache } from './dm-writecache/dm-writecache';
import { crypt } from './dm/crypt';
import { logWrites } from './dm/log-writes';
import { mirror } from './dm/mirror';
import type { UncommonTargets } from './dm/targets';
import { verity } from './dm/verity';
import { raid10 } from './md/raid10';
import { raid5 } from './md/raid5';
import { aoe } from './small/aoe';
import { dasd } from './small/dasd';
import { drbd } from './small/drbd';
import { floppy } from './small/floppy';
import { lloop } from './small/lloop';
import { axonram, dcssblk } from './small/memory-disk';
import { mmc } from './small/mmc';
import { nbd } from './small/nbd';
import { pktcdvd } from './small/pktcdvd';
import { ps3disk } from './small/ps3disk';
import { ps3vram } from './small/ps3vram';
import { rbd } from './small/rbd';
import { rsxx } from './small/rsxx';
import { scmBlk } from './small/scm-blk';
import { smp } from './small/smp';
import { targetFile } from './small/target-file';
import { umem } from './small/umem';
import { xpram } from './small/xpram';
import { zram } from './small/zram';
import { tier } from './tier/tier';

const drivers = {
  tier,
  bcache,
  'dm-cache': dmCache,
  'dm-writecache': dmWritecache,
  raid10,
  raid5,
  axonram,
  dcssblk,
  nbd,
  zram,
  aoe,
  rbd,
  floppy,
  umem,
  rsxx,
  ps3disk,
  ps3vram,
  xpram,
  scm_blk: scmBlk,
  lloop,
  target_file: targetFile,
  mmc,
  dasd,
  smp,
  drbd,
  pktcdvd,
} as const;

const targets: UncommonTargets = { crypt, verity, 'log-writes': logWrites, mirror };

export type UncommonDriver = keyof typeof drivers;

/** What most machines have none of. On the desktop a file of its own, which the first machine that needs it loads. */
export const uncommon = {
  drivers: drivers satisfies { [D in UncommonDriver]: Driver<D> },
  targets,
};
export type Uncommon = typeof uncommon;
