import type { DomainWidth } from './dmar-domain';

/** What a remapping unit can do, from its capability register. */
export interface VtdHardware {
  /** Bits of address it takes at most. */
  readonly mgaw: number;
  /** Bit n: it walks tables of n + 2 levels. */
  readonly sagaw: number;
  /** Bit 0: pages of 2 MiB; bit 1: of 1 GiB. */
  readonly super_page_val: number;
  /** Whether a device may read no bytes where it may only write. */
  readonly zlr: boolean;
}

/** Reads the register, as `dmar: IOMMU 0: … cap d2008c22260206` prints it (4.1: include/linux/intel-iommu.h). */
export function vtdHardware(cap: bigint): VtdHardware {
  const bits = (shift: bigint, width: bigint) => Number((cap >> shift) & ((1n << width) - 1n));
  return {
    mgaw: bits(16n, 6n) + 1,
    sagaw: bits(8n, 5n),
    super_page_val: bits(34n, 4n),
    zlr: bits(22n, 1n) === 1,
  };
}

const DEFAULT_DOMAIN_ADDRESS_WIDTH = 48;

/** What a domain is on such a unit: the shallowest table that covers its width (`domain_init`). */
export function domainWidth(hardware: VtdHardware, sp_off: boolean): DomainWidth {
  const gaw = Math.min(DEFAULT_DOMAIN_ADDRESS_WIDTH, hardware.mgaw);
  let agaw = Math.ceil((gaw - 30) / 9);
  while (agaw < 5 && !((hardware.sagaw >> agaw) & 1)) agaw++;
  const iommu_superpage = sp_off ? 0 : 32 - Math.clz32(hardware.super_page_val);
  return { gaw, agaw, iommu_superpage };
}

/** The domain of the identity: as wide as any, whatever the unit can; its table stays empty (`md_domain_init`). */
export const IDENTITY_WIDTH: DomainWidth = {
  gaw: DEFAULT_DOMAIN_ADDRESS_WIDTH,
  agaw: 2,
  iommu_superpage: 0,
};
