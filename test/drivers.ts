import { addDrivers } from '../src/engine/drivers';
import { uncommon } from '../src/engine/drivers/uncommon';

// The editor loads them when it opens a machine that needs one.
addDrivers(uncommon);
