import type { DmTarget } from '../../../model/target-spec';
import type { Find } from '../driver';
import { linearTarget, striped, type Target } from './target';

type Maker<T extends DmTarget['type']> = (spec: Extract<DmTarget, { type: T }>, find: Find) => Target;

/** Targets that come with the uncommon drivers. */
export type UncommonTargets = { readonly [T in Exclude<DmTarget['type'], 'linear' | 'striped'>]: Maker<T> };

const makers: { [T in DmTarget['type']]?: Maker<T> } = {
  linear: (spec, find) => linearTarget('linear', spec, find),
  striped,
};

export function addTargets(targets: UncommonTargets): void {
  Object.assign(makers, targets);
}

/** Of the targets that are there. */
export const targetTypes = (): string[] => Object.keys(makers);

export const hasTarget = (type: DmTarget['type']): boolean => makers[type] !== undefined;

/** Throws where nobody has added it: a bug of ours. */
export function makeTarget(spec: DmTarget, find: Find): Target {
  const make = makers[spec.type] as Maker<DmTarget['type']> | undefined;
  if (!make) throw new Error(`the target ${spec.type} was not added`);
  return make(spec, find);
}
