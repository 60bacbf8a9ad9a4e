import { dmaParameters } from '../engine/dma/cmdline';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE, dmaDevice, type DmaDevice } from '../engine/dma/dma-ops';
import type { DmaLayer } from '../engine/dma/layer';
import { entryValue } from '../engine/dma/iommu/page-table';
import { entryReadings } from '../engine/dma/scatterlist/readings';
import { SG_CHAIN, SgChunks } from '../engine/dma/scatterlist/scatterlist';
import { sideBySide, type SideBySide, type SideBySideEntry } from '../engine/dma/side-by-side';
import type { PhysicalMap } from '../engine/memory/physical-map';
import { formatBytes, groupedHex, hex, PAGE_SIZE } from '../model/address';
import { bioFamily } from '../model/bio-family';
import type { MachineSpec } from '../model/machine-spec';
import { events, type RecordedEvent, type Recording } from '../model/recording';
import type { ByOpsView, DmaView, RequestView, WalkView } from '../protocol/dma-view';
import { poolView } from './dma-pool-view';

/** What a view of DMA is made of. */
export interface DmaContext {
  readonly spec: MachineSpec;
  readonly map: PhysicalMap;
  readonly recording: Recording | undefined;
  readonly dma: DmaLayer | undefined;
}

/** Requests of one I/O that are shown: a long I/O has many that are alike. */
const REQUESTS = 8;

/** A request as its driver mapped it. */
interface MappedRequest {
  readonly number: number;
  readonly device: string;
  readonly write: boolean;
  readonly sector: number;
  readonly entries: SideBySideEntry[];
}

/** How the requests of an I/O - by its bio's number in the Recording - reach their devices, by each implementation. */
export function dmaView(context: DmaContext, bio: number | undefined): DmaView {
  const { spec, recording, dma } = context;
  const requests = recording && bio !== undefined && bio >= 0 ? requestsOf(context, recording, bio) : [];
  return {
    ops: dma?.name ?? '',
    because: [...(dma?.chosen.because ?? [])],
    requests: requests.slice(0, REQUESTS).map((request) => requestView(context, request)),
    none: requests.length > 0 ? '' : 'No request of this I/O reaches a device that does DMA.',
    ...(dma?.made.pool && recording ? { pool: poolView(spec, recording, dma, dma.made.pool) } : {}),
  };
}

function requestsOf({ spec, map }: DmaContext, recording: Recording, bio: number): MappedRequest[] {
  const family = bioFamily(recording, bio);
  const wanted = new Set(family.segments.map(({ request }) => request));
  const doesDma = new Set(
    (spec.devices ?? []).filter((d) => d.driver === 'nvme' || d.driver === 'sd').map(({ name }) => name),
  );
  const found = new Map<number, MappedRequest>();
  for (const event of events(recording)) {
    const { name } = event.name;
    const number = event.b;
    if (!wanted.has(number)) continue;
    if (name === 'blk_rq_map_sg' && doesDma.has(event.device ?? '')) found.set(number, begin(event));
    if (name === 'sg_set_page')
      found.get(number)?.entries.push({
        phys: event.a,
        length: event.c,
        pageless: !map.hasPage(Math.floor(event.a / PAGE_SIZE)),
      });
  }
  return [...found.values()].filter(({ entries }) => entries.length > 0);
}

/** REQ_WRITE is the lowest flag. */
function begin({ a: sector, b: number, device = '', e: flags }: RecordedEvent): MappedRequest {
  return { number, device, write: (flags & 1) !== 0, sector, entries: [] };
}

function requestView({ spec, map, dma }: DmaContext, request: MappedRequest): RequestView {
  const { device, write, sector, entries, number } = request;
  const found = spec.devices?.find(({ name }) => name === device);
  const mask = found && 'dmaMask' in found ? found.dmaMask : undefined;
  const bytes = entries.reduce((sum, { length }) => sum + length, 0);
  const readEntry = Math.max(
    entries.findIndex(({ pageless }) => pageless),
    0,
  );
  const target = dma?.named(device) ?? dmaDevice(device, mask);
  return {
    title: `request ${number}: ${write ? 'write' : 'read'} ${formatBytes(bytes)}, ${device} sector ${sector}`,
    device,
    reach: reachOf(device, target),
    entries: entries.map((entry) => ({ ...entry })),
    chunks: chunksOf(entries.length),
    readEntry,
    readings: entryReadings(spec.kernel, map, entries[readEntry]!),
    byOps: sideBySide(spec, target, entries, write ? DMA_TO_DEVICE : DMA_FROM_DEVICE).map((one) =>
      byOpsView(one, entries.length, isOwn(one, spec, dma)),
    ),
  };
}

function reachOf(device: string, { dma_mask }: DmaDevice): string {
  return dma_mask === Infinity
    ? `${device} can send any address: its mask has 64 bits`
    : `${device} can send addresses up to ${groupedHex(dma_mask)}, its DMA mask`;
}

/** The machine's own: of the same name; of two of one name the forced one where the command line forces. */
function isOwn({ candidate }: SideBySide, { dma: said }: MachineSpec, dma: DmaLayer | undefined): boolean {
  if (candidate.ops !== dma?.name) return false;
  const forced = dmaParameters(said?.cmdline ?? '').swiotlb_force;
  return candidate.forced === undefined || candidate.forced === forced;
}

function chunksOf(entries: number): RequestView['chunks'] {
  return SgChunks.alloc(entries).table.chunks.map((chunk) => {
    const link = ((chunk.at(-1)?.link ?? 0) & SG_CHAIN) !== 0;
    return { data: link ? chunk.length - 1 : chunk.length, link };
  });
}

function byOpsView(one: SideBySide, given: number, own: boolean): ByOpsView {
  const { candidate, seen, messages, fault, walks } = one;
  return {
    name: candidate.name,
    about: candidate.about,
    own,
    ok: fault === '' && seen.length > 0,
    outcome: outcomeOf(one, given),
    seen: seen.map((entry) => ({ ...entry })),
    messages: [...messages],
    mapPfn: mapPfnText(one.mapPfn),
    walks: walks.filter(({ walk }) => walk.steps.length > 0).map(walkView),
  };
}

function mapPfnText(first: SideBySide['mapPfn']): string {
  switch (first.how) {
    case 'no-build':
      return 'this kernel has no dma_map_pfn()';
    case 'fault':
      return first.fault;
    case 'mapped':
      return first.error ? `an error, ${hex(first.bus)}` : hex(first.bus);
  }
}

function walkView({ bus, walk }: SideBySide['walks'][number]): WalkView {
  const last = walk.steps.length - 1;
  return {
    bus,
    steps: walk.steps.map((step, n) => ({
      level: `level ${step.level}`,
      index: String(step.index),
      entry: `0x${entryValue(step).toString(16).padStart(16, '0')}`,
      says: n < last ? `${step.says} at ${hex(pageOf(step.lo))}` : pageText(step.says, walk.phys),
    })),
  };
}

function pageText(says: string, phys: number | undefined): string {
  return phys === undefined ? says : `page at ${hex(pageOf(phys))}: ${says}`;
}

function pageOf(address: number): number {
  return address - (address % PAGE_SIZE);
}

function outcomeOf({ seen, copied, fault, messages }: SideBySide, given: number): string {
  if (fault !== '') return fault;
  if (seen.length === 0)
    return `not mapped: dma_map_sg() gives 0${messages.length > 0 ? ` (${messages.at(-1)})` : ''}`;
  const count = seen.length === given ? countText(given) : `${countText(given)} became ${seen.length}`;
  const bounced = seen.filter(({ how }) => how === 'bounced').length;
  const translated = seen.filter(({ how }) => how === 'translated').length;
  const parts = [
    count,
    ...(bounced > 0 ? [`${bounced} bounced${copied > 0 ? `, ${formatBytes(copied)} copied` : ''}`] : []),
    ...(translated > 0 ? [`${translated} translated`] : []),
  ];
  return parts.join(' · ');
}

function countText(entries: number): string {
  return entries === 1 ? '1 entry' : `${entries} entries`;
}
