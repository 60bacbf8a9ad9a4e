import { dmaParameters } from '../engine/dma/cmdline';
import type { DmaLayer } from '../engine/dma/layer';
import type { Pool } from '../engine/dma/make-ops';
import { IO_TLB_SIZE } from '../engine/dma/swiotlb/swiotlb-pool';
import { formatBytes, groupedHex } from '../model/address';
import type { MachineSpec } from '../model/machine-spec';
import { events, type Recording } from '../model/recording';
import type { PoolView } from '../protocol/dma-view';

type Mapping = PoolView['mappings'][number];

/** The pool at the moment that teaches most: when a mapping failed, or else when it was fullest. */
export function poolView(spec: MachineSpec, recording: Recording, dma: DmaLayer, pool: Pool): PoolView {
  const live = new Map<number, Mapping[]>();
  let best: Mapping[] = [];
  let moment = 'Nothing bounced in this run.';
  let failed = false;
  const used = (mappings: readonly Mapping[]) => mappings.reduce((sum, { slots }) => sum + slots, 0);
  for (const { index, name, device = '', a, b, c, d, e } of events(recording)) {
    if (name.name === 'dma_map_sg' && d === 0 && !failed) {
      failed = true;
      best = [...live.values()].flat();
      moment = `Step ${index}: a mapping of ${device} fails.`;
    }
    if (name.name === 'sg_dma_address') {
      const at = dma.physOf(device, a);
      if (at !== undefined && pool.holds(at)) {
        const owner = { owner: device, request: e, why: whyBounced(spec, dma, device, b, c) };
        const place = {
          slot: Math.floor((at - pool.start) / IO_TLB_SIZE),
          slots: Math.ceil(c / IO_TLB_SIZE),
        };
        const mapping = { ...place, bytes: c, orig: b, ...owner };
        live.set(e, [...(live.get(e) ?? []), mapping]);
      }
      const all = [...live.values()].flat();
      if (!failed && used(all) > used(best)) {
        best = all;
        moment = `Step ${index}: the fullest moment of this run.`;
      }
    }
    if (name.name === 'dma_unmap_sg') live.delete(b);
  }
  return { start: pool.start, nslabs: pool.nslabs, used: used(best), moment, mappings: best };
}

/** What made an entry bounce: the two numbers that were compared, or who ordered it. */
function whyBounced(spec: MachineSpec, dma: DmaLayer, device: string, phys: number, length: number): string {
  if (dmaParameters(spec.dma?.cmdline ?? '').swiotlb_force) return 'swiotlb=force: everything bounces';
  const mask = dma.named(device)?.dma_mask ?? Infinity;
  const last = phys + length - 1;
  if (last > mask)
    return `dma_capable: its last byte ${groupedHex(last)} is above the mask ${groupedHex(mask)}`;
  if (dma.name === 'xen-swiotlb')
    return `range_straddles_page_boundary: the machine frames of its ${formatBytes(length)} do not follow each other`;
  return 'dma_capable: it lies outside the window its device sees';
}
