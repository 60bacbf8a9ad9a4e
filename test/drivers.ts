import { addDrivers } from '../src/engine/drivers';
import { caches } from '../src/engine/drivers/caches';

// The editor loads them when it opens a machine that has a cache.
addDrivers(caches);
