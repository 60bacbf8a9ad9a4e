import { explainDmaErrors, explanationText, nothingFoundText, RECOGNISED } from '../engine/dma/explain';
import { CliError, onlyArgument, readText, type Output } from './output';

/** `explain FILE`: the DMA-related messages of a kernel log. */
export async function explain(args: string[]): Promise<Output> {
  const path = onlyArgument(args, 'file');
  const found = explainDmaErrors(await readText(path));
  if (found.length === 0) throw new CliError(`${path}: ${nothingFoundText(RECOGNISED)}`);
  return { text: explanationText(found), json: found };
}
