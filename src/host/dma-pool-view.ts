import { dmaParameters } from '../engine/dma/cmdline';
import type { DmaLayer } from '../engine/dma/layer';
import type { Pool } from '../engine/dma/make-ops';
import { IO_TLB_SIZE } from '../engine/dma/swiotlb/swiotlb-pool';
import { formatBytes, groupedHex } from '../model/address';
import type { MachineSpec } from '../model/machine-spec';
import { eventAt, type Recording } from '../model/recording';
import type { PoolView } from '../protocol/dma-view';

type Mapping = PoolView['mappings'][number];

/** The pool through the run. Most teaches the moment when a mapping failed, or else when the pool was fullest. */
export function poolView(spec: MachineSpec, recording: Recording, dma: DmaLayer, pool: Pool): PoolView {
  const mappings: Mapping[] = [];
  const live = new Map<number, Mapping[]>();
  let used = 0;
  let most = 0;
  let at = recording.length;
  let moment = 'Nothing bounced in this run.';
  let failed = false;
  const { columns, names, length } = recording;
  const concerns = names.map(({ name }) => NAMES.has(name));
  for (let i = 0; i < length; i++) {
    if (!concerns[columns.name[i]!]) continue;
    const { index, name, device = '', a, b, c, d, e } = eventAt(recording, i);
    if (name.name === 'dma_map_sg' && d === 0 && !failed) {
      failed = true;
      at = index + 1;
      most = used;
      moment = `Step ${index + 1}: a mapping of ${device} fails.`;
    }
    if (name.name === 'sg_dma_address') {
      const phys = dma.physOf(device, a);
      if (phys === undefined || !pool.holds(phys)) continue;
      const owner = { owner: device, request: e, why: whyBounced(spec, dma, device, b, c) };
      const slots = Math.ceil(c / IO_TLB_SIZE);
      const slot = Math.floor((phys - pool.start) / IO_TLB_SIZE);
      const mapping = { slot, slots, bytes: c, orig: b, ...owner, since: index + 1, until: NEVER };
      mappings.push(mapping);
      live.set(e, [...(live.get(e) ?? []), mapping]);
      used += slots;
      if (failed || used <= most) continue;
      most = used;
      at = index + 1;
      moment = `Step ${index + 1}: the fullest moment of this run.`;
    }
    if (name.name === 'dma_unmap_sg') {
      for (const mapping of live.get(b) ?? []) {
        mapping.until = index;
        used -= mapping.slots;
      }
      live.delete(b);
    }
  }
  return { start: pool.start, nslabs: pool.nslabs, moment, at, used: most, mappings };
}

const NAMES: ReadonlySet<string> = new Set(['dma_map_sg', 'sg_dma_address', 'dma_unmap_sg']);

/** No run has so many events. */
const NEVER = 2 ** 32;

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
