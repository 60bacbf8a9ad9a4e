import type { KernelChoice } from '../../model/flavour';
import type { BioscopeDocument } from '../../model/machine-spec';
import { documentOf } from './machine';
import { MODELS, isSimulated } from './models';

export { isSimulated } from './models';

/** A document that shows what a file does with memory; `undefined` for one without a model. */
export function seriesDocument(file: string, kernel: KernelChoice): BioscopeDocument | undefined {
  return isSimulated(file) ? documentOf(MODELS[file]!, file, kernel) : undefined;
}
