import type { KernelChoice } from '../model/flavour';
import { layer41 } from './block/layer-4.1';
import { layer612 } from './block/layer-6.12';
import type { BlockLayer } from './block/layer';

/** The block layer of a kernel. Those of the series differ from 4.1's only in their posting. */
export function blockLayerOf(kernel: KernelChoice): BlockLayer {
  return kernel.flavour === '6.12' ? layer612 : layer41;
}
