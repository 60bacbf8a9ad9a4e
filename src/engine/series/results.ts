import type { KernelChoice } from '../../model/flavour';
import type { Memory } from './machine';
import { MODELS, isSimulated } from './models';
import { resultOf, type Result } from './outcome';

export const simulatedFiles = (): string[] => Object.keys(MODELS);

/** What a run gives; `undefined` for a file without a model. */
export function seriesResult(file: string, kernel: KernelChoice, memory: Memory): Result | undefined {
  return isSimulated(file) ? resultOf(MODELS[file]!, file, kernel, memory) : undefined;
}
