import type { Driver } from './driver';
import { bcache } from './bcache/bcache';
import { dmCache } from './dm-cache/dm-cache';
import { dmWritecache } from './dm-writecache/dm-writecache';
import { tier } from './tier/tier';

export type CacheDriver = 'tier' | 'bcache' | 'dm-cache' | 'dm-writecache';

/** Fast disks in front of slow ones. On the desktop a file of its own, which the first machine with a cache loads. */
export const caches = {
  tier,
  bcache,
  'dm-cache': dmCache,
  'dm-writecache': dmWritecache,
} as const satisfies {
  [D in CacheDriver]: Driver<D>;
};
