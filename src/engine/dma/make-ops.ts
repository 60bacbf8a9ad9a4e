import { phys } from '../../model/address';
import type { DmaOpsName } from '../../model/dma-spec';
import type { MachineSpec } from '../../model/machine-spec';
import type { PhysicalMap } from '../memory/physical-map';
import type { BounceOptions } from './swiotlb/bounce';
import type { DmaParameters } from './cmdline';
import type { DmaDevice, DmaOps } from './dma-ops';
import { dmaDirect } from './direct-6.12';
import { dmaIommu } from './iommu/dma-iommu-6.12';
import { gart } from './iommu/gart';
import { GartAperture } from './iommu/gart-aperture';
import { amd_iommu } from './iommu/amd-vi';
import type { TableMemory, Walk } from './iommu/page-table';
import { intel_iommu } from './iommu/vt-d';
import { vtdHardware } from './iommu/vt-d-hardware';
import { exampleMachineFrames } from './swiotlb/machine-frames';
import { IovaDomain612 } from './iommu/iova-6.12';
import { MAX_DMA32_PFN } from './select';
import { Swiotlb612 } from './swiotlb/swiotlb-6.12';
import { SwiotlbPool612 } from './swiotlb/swiotlb-pool-6.12';
import { nommu } from './nommu';
import { poolFor } from './swiotlb/pool-place';
import { sta2x11 } from './swiotlb/sta2x11';
import { swiotlb } from './swiotlb/swiotlb';
import type { SwiotlbPool } from './swiotlb/swiotlb-pool';
import { xenSwiotlb } from './swiotlb/xen-swiotlb';

/** A bounce pool, as far as a picture shows it. */
export type Pool = Pick<SwiotlbPool, 'start' | 'nslabs' | 'used' | 'holds'>;

/** Ops, with what a picture of them shows. */
export interface MadeOps {
  readonly ops: DmaOps;
  readonly pool?: Pool;
  /** What a device's access reads on its way through a page table. */
  readonly walk?: (device: DmaDevice, bus: number) => Walk | undefined;
  /** Memory that is theirs from boot on. Bytes. */
  readonly reserved: readonly { readonly start: number; readonly end: number }[];
}

/** The kernel around the ops. */
export interface DmaWorld extends Omit<BounceOptions, 'pool'> {
  readonly map: PhysicalMap;
  /** Where pages of page tables come from. */
  readonly memory: TableMemory;
  readonly mod_timer: (milliseconds: number, run: () => void) => void;
}

/** A unit as QEMU's: 39 bits of address, tables of three levels, pages of 2 MiB (captures: iommu-4.1.3/intel-on). */
const VTD_CAPABILITIES = 0xd2008c22260206n;

/** 64 MiB behind the memory, with nobody else in it: where a BIOS puts one, as an example. */
const EXAMPLE_APERTURE = { aper_base: 0xf4000000, aper_order: 1, agp: false };

type Maker = (spec: MachineSpec, parameters: DmaParameters, world: DmaWorld) => MadeOps;

const MAKERS: Readonly<Partial<Record<DmaOpsName, Maker>>> = {
  swiotlb: (spec, parameters, world) => {
    const { options, reserved } = poolFor('low', spec, parameters, world);
    return { ops: swiotlb(options), pool: options.pool, reserved };
  },
  'xen-swiotlb': (spec, parameters, world) => {
    const { options, reserved } = poolFor('low', spec, parameters, world);
    const frames = exampleMachineFrames(options.pool);
    return { ops: xenSwiotlb({ ...options, ...frames }), pool: options.pool, reserved };
  },
  sta2x11: (spec, parameters, world) => {
    const { options, reserved } = poolFor('zone-dma', spec, parameters, world);
    const ambaBase = phys(spec.dma?.ambaBase ?? '0x80000000');
    return { ops: sta2x11({ ...options, ambaBase }), pool: options.pool, reserved };
  },
  gart: (_spec, parameters, { memory, printk }) => {
    const aperture = new GartAperture({
      ...EXAMPLE_APERTURE,
      fullflush: parameters.gart_fullflush,
      scratch: memory.get_zeroed_page(),
      printk,
    });
    const { force_iommu, iommu_merge, panic_on_overflow } = parameters;
    const made = gart({ aperture, force_iommu, iommu_merge, panic_on_overflow, printk });
    const walk = (_device: DmaDevice, bus: number) => aperture.walk(bus);
    return { ops: { ...made, reach: (_device, bus) => aperture.walk(bus).phys }, walk, reserved: [] };
  },
  intel: (_spec, parameters, { map, memory, mod_timer, printk }) => {
    const iommu = intel_iommu({
      hardware: vtdHardware(VTD_CAPABILITIES),
      strict: parameters.strict,
      forcedac: parameters.forcedac,
      sp_off: !parameters.superpages,
      passthrough: parameters.pass_through,
      required_mask: 2 ** Math.ceil(Math.log2((map.maxRamPfn + 1) * 4096)) - 1,
      reserved: map.extents.filter(({ kind }) => kind === 'device'),
      memory,
      mod_timer,
      printk,
    });
    const walk = (device: DmaDevice, bus: number) => iommu.find_domain(device)?.walk(bus);
    const ops = { ...iommu, reach: (device: DmaDevice, bus: number) => walk(device, bus)?.phys };
    return { ops, walk, reserved: [] };
  },
  'amd-vi': (_spec, { fullflush }, { memory, printk }) => {
    const iommu = amd_iommu({ fullflush, memory, printk });
    const walk = (device: DmaDevice, bus: number) => iommu.domain_for_device(device).walk(bus);
    const ops = { ...iommu, reach: (device: DmaDevice, bus: number) => walk(device, bus).phys };
    return { ops, walk, reserved: [] };
  },
  'dma-direct': (spec, parameters, world) => {
    const { map, printk, copy } = world;
    if (map.maxRamPfn < MAX_DMA32_PFN && !parameters.swiotlb_force)
      return { ops: dmaDirect({ printk }), reserved: [] };
    const { options, reserved } = poolFor('low', spec, parameters, world);
    const pool = new SwiotlbPool612(options.pool.start, options.pool.nslabs);
    const swiotlb = new Swiotlb612({ pool, copy, printk });
    return { ops: dmaDirect({ swiotlb, force: parameters.swiotlb_force, printk }), pool, reserved };
  },
  'dma-iommu': (_spec, _parameters, { printk }) => ({
    ops: dmaIommu({ iovad: new IovaDomain612(), aperture_end: 2 ** 39 - 1, printk }),
    reserved: [],
  }),
};

/** Makes the DMA ops of a machine; what has no maker of its own takes memory as it is. */
export function makeOps(
  name: DmaOpsName,
  spec: MachineSpec,
  parameters: DmaParameters,
  world: DmaWorld,
): MadeOps {
  const make = MAKERS[name];
  return make ? make(spec, parameters, world) : { ops: nommu(world.printk), reserved: [] };
}
