import type { DmTarget } from '../../../model/device-spec';
import type { Find } from '../driver';
import { crypt } from './crypt';
import { logWrites } from './log-writes';
import { mirror } from './mirror';
import { linearTarget, striped, type Target } from './target';
import { verity } from './verity';

export function makeTarget(spec: DmTarget, find: Find): Target {
  switch (spec.type) {
    case 'linear':
      return linearTarget('linear', spec, find);
    case 'striped':
      return striped(spec, find);
    case 'crypt':
      return crypt(spec, find);
    case 'verity':
      return verity(spec, find);
    case 'log-writes':
      return logWrites(spec, find);
    case 'mirror':
      return mirror(spec, find);
  }
}
