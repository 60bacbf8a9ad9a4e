import { DISKS } from './disks';
import type { Model } from './machine';
import { PRODUCERS } from './producers';
import { CORE, DMA, STACKS } from './stacks';

/** What runs for each file of the series that has a model, by its path. */
export const MODELS: Readonly<Record<string, Model>> = {
  ...CORE,
  ...DMA,
  ...DISKS,
  ...STACKS,
  ...PRODUCERS,
};

export const isSimulated = (file: string): boolean => Object.hasOwn(MODELS, file);
