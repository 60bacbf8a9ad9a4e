import type { TierPolicyName } from '../../../../model/cache-spec';
import { arc } from './arc';
import { lru } from './lru';
import { mq } from './mq';
import type { TierPolicy } from './policy';
import { smq } from './smq';

/** `capacity`: blocks that the tier may keep. */
export const tierPolicies: Readonly<Record<TierPolicyName, (capacity: number) => TierPolicy>> = {
  lru,
  mq,
  smq,
  arc,
};
