import type { DmaBug } from '../../model/dma-spec';
import type { SgTable } from '../block/sg-table';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDevice, type DmaDirection, type DmaOps } from './dma-ops';

type Unmap = (ops: DmaOps, device: DmaDevice, sg: SgTable, dir: DmaDirection) => void;

const unmap: Unmap = (ops, device, sg, dir) => {
  ops.unmap_sg(device, sg, dir);
};

/** What a driver does when a request is done, where it does it wrong. */
const WRONG: Readonly<Record<DmaBug, Unmap>> = {
  leak: () => undefined,
  'unmap-twice': (...call) => {
    unmap(...call);
    unmap(...call);
  },
  'unmap-other-direction': (ops, device, sg, dir) => {
    unmap(ops, device, sg, dir === DMA_TO_DEVICE ? DMA_FROM_DEVICE : DMA_TO_DEVICE);
  },
  'unmap-fewer-entries': (ops, device, sg, dir) => {
    sg.nents--;
    unmap(ops, device, sg, dir);
  },
};

/** How a driver ends a mapping, with its mistake if it has one. */
export function unmapOf(bug: DmaBug | undefined): Unmap {
  return bug === undefined ? unmap : WRONG[bug];
}
