import type { FlaggedLayout } from '../flagged';
import type { PfnLayout } from '../layout';
import { v1 } from '../v1';
import { v2 } from '../v2';
import { v3 } from '../v3';
import { v45, v45rc1 } from '../v45';
import { v5, v5off } from '../v5';
import { v5b } from '../v5b';
import { v5rfc } from '../v5rfc';
import { pfn_tHelpers, rc1Helpers, v5Helpers, v5bHelpers } from './flagged';
import type { Helper } from './helper';
import { v5SgHelpers } from './sg-v5';
import { unionHelpers } from './union';
import { v1Helpers, v1SgHelpers } from './v1';

export { subjectOf, type Helper } from './helper';
export { plainHelpers } from './plain';

const withSg = (layout: FlaggedLayout) => [...v5Helpers(layout), ...v5SgHelpers(layout)];

/** v3's scatterlist is taken from v1: the diffstat sizes match, the text was not found. */
const v3SgHelpers = v1SgHelpers.map((helper): Helper => ({ ...helper, reconstructed: true }));

const REGISTRY = new Map<PfnLayout, readonly Helper[]>([
  [v1, [...v1Helpers, ...v1SgHelpers]],
  [v2, unionHelpers(v2)],
  [v3, [...unionHelpers(v3), ...v3SgHelpers]],
  [v5, withSg(v5)],
  [v5off, withSg(v5off)],
  [v5rfc, v5Helpers(v5rfc)],
  [v5b, v5bHelpers(v5b)],
  [v45rc1, rc1Helpers(v45rc1)],
  [v45, pfn_tHelpers(v45)],
]);

/** Every helper of a version, with what it gives for a subject. */
export function helpersOf(layout: PfnLayout): readonly Helper[] {
  return REGISTRY.get(layout) ?? [];
}
