import type { KernelChoice } from '../../model/flavour';
import type { BioscopeDocument } from '../../model/machine-spec';
import { DISKS } from './disks';
import { documentOf, type Memory, type Model } from './machine';
import { resultOf, type Result } from './outcome';

export type { Memory } from './machine';

/** What runs for each file of the series that has a model, by its path. */
const MODELS: Readonly<Record<string, Model>> = { ...DISKS };

export const simulatedFiles = (): string[] => Object.keys(MODELS);

export const isSimulated = (file: string): boolean => Object.hasOwn(MODELS, file);

/** A document that shows what a file does with memory; `undefined` for one without a model. */
export function seriesDocument(file: string, kernel: KernelChoice): BioscopeDocument | undefined {
  return isSimulated(file) ? documentOf(MODELS[file]!, file, kernel) : undefined;
}

/** What a run gives; `undefined` for a file without a model. */
export function seriesResult(file: string, kernel: KernelChoice, memory: Memory): Result | undefined {
  return isSimulated(file) ? resultOf(MODELS[file]!, file, kernel, memory) : undefined;
}
