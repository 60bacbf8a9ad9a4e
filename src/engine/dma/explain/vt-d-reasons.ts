/** Fault reasons of the VT-d specification, "Translation Structure / Fault Conditions", in our words. */
const LEGACY: readonly string[] = [
  'set by software, not by hardware',
  'the root table has no entry for the bus of the device',
  'the context table has no entry for the device: no domain is attached to it',
  'the context entry for the device is invalid (address width or translation type the hardware does not do)',
  'the address is beyond the width that this domain (or the hardware) translates',
  'the page table does not allow writing there: not mapped at all, unmapped already, or mapped DMA_TO_DEVICE',
  'the page table does not allow reading there: not mapped at all, unmapped already, or mapped without reading',
  'a page-table entry points to a next table that the hardware could not read',
  'the root table itself could not be read',
  'the context table could not be read',
  'reserved bits are set in the root entry',
  'reserved bits are set in the context entry',
  'reserved bits are set in a page-table entry',
  'the context entry blocks translation requests of the device (ATS)',
];

const INTERRUPTS: readonly string[] = [
  'reserved fields are set in the interrupt request',
  'the interrupt index is beyond the table',
  'the entry of the interrupt-remapping table is not present',
  'the interrupt-remapping table could not be read',
  'reserved fields are set in the entry of the table',
  'an interrupt in the old (compatibility) format was blocked',
  'the interrupt came from another device than the entry names',
];

/** Scalable mode, by the structure the code is about: first code, last code, what. */
const SCALABLE: readonly (readonly [number, number, string])[] = [
  [0x30, 0x32, 'scalable mode: the root table address or its translation mode does not fit the request'],
  [0x38, 0x38, 'scalable mode: the root entry could not be read'],
  [0x39, 0x39, 'scalable mode: the root entry is not present'],
  [0x3a, 0x3a, 'scalable mode: reserved bits are set in the root entry'],
  [0x40, 0x40, 'scalable mode: the context entry could not be read'],
  [0x41, 0x41, 'scalable mode: the context entry is not present: no domain is attached to the device'],
  [0x42, 0x43, 'scalable mode: the context entry is invalid'],
  [
    0x44,
    0x48,
    'scalable mode: the context entry does not allow this kind of request (ATS, PASID, page requests)',
  ],
  [0x50, 0x52, 'scalable mode: the entry of the PASID directory is missing, invalid or unreadable'],
  [0x58, 0x5d, 'scalable mode: the entry of the PASID table is missing, invalid or unreadable'],
  [0x70, 0x70, 'scalable mode: a first-level page-table entry could not be read'],
  [0x71, 0x71, 'scalable mode: a first-level page-table entry is not present: not mapped'],
  [0x72, 0x77, 'scalable mode: a first-level page-table entry is invalid or forbids the access'],
  [0x78, 0x78, 'scalable mode: a second-level page-table entry could not be read'],
  [
    0x79,
    0x79,
    'scalable mode: the second-level page table does not allow it: not mapped, or not for this direction',
  ],
  [0x7a, 0x7c, 'scalable mode: a second-level page-table entry is invalid'],
  [0x80, 0x80, 'scalable mode: the address is not canonical'],
  [0x81, 0x82, 'scalable mode: the page does not allow this privilege or execution'],
  [0x83, 0x84, 'scalable mode: the address is beyond the width that is translated'],
  [0x85, 0x85, 'scalable mode: no permission to write there'],
  [0x86, 0x86, 'scalable mode: no permission to read there'],
  [0x87, 0x87, 'scalable mode: the address is in the interrupt range and invalid there'],
  [0x90, 0x90, 'scalable mode: an accessed or dirty bit could not be set'],
];

export function faultReason(code: number): string | undefined {
  return (
    LEGACY[code] ??
    INTERRUPTS[code - 0x20] ??
    SCALABLE.find(([first, last]) => code >= first && code <= last)?.[2]
  );
}

export type Blame = 'mapping' | 'attach' | 'width' | 'tables' | 'interrupt' | 'other';

/** Where to look, by code. */
export function blame(code: number): Blame {
  if ([0x05, 0x06, 0x71, 0x79, 0x85, 0x86].includes(code)) return 'mapping';
  if ([0x01, 0x02, 0x03, 0x0d, 0x39, 0x41].includes(code)) return 'attach';
  if ([0x04, 0x80, 0x83, 0x84].includes(code)) return 'width';
  if (code >= 0x20 && code <= 0x26) return 'interrupt';
  return faultReason(code) === undefined || code === 0 ? 'other' : 'tables';
}

/** Bits of the fault status register. */
export const STATUS_BITS: readonly (readonly [bigint, string])[] = [
  [1n, 'PFO: fault records were lost, more faults came than there are registers'],
  [2n, 'PPF: at least one fault is recorded; the next lines show it'],
  [4n, 'AFO: the advanced fault log overflowed'],
  [8n, 'APF: the advanced fault log holds a fault'],
  [16n, 'IQE: the invalidation queue met an invalid command'],
  [32n, 'ICE: a device answered an invalidation wrongly'],
  [64n, 'ITE: a device did not answer an invalidation in time'],
  [128n, 'PRO: the page request queue overflowed'],
];
