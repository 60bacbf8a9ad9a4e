import type { Fact, Kind, Told } from './kind';
import { bytes, decimal, hex, hexadecimal } from './numbers';
import { blame, faultReason, STATUS_BITS, type Blame } from './vt-d-reasons';

const FAULT_SOURCES = [
  'Intel VT-d specification: fault reasons, fault status register (FSTS_REG)',
  '4.1: drivers/iommu/dmar.c, dmar_fault() and dmar_fault_do_one(); 6.12: drivers/iommu/intel/dmar.c',
];

const CAUSES: Record<Blame, readonly string[]> = {
  mapping: [
    'The driver unmapped the buffer while the device still used it, or gave the device an address that it never mapped (a physical address instead of what dma_map_*() returned).',
    'The driver mapped it with the wrong direction (DMA_TO_DEVICE allows only reading).',
    'The firmware lets the device use memory (legacy USB, management controllers, graphics) and has no RMRR for it in the DMAR table.',
    'On 4.1: an sg offset of 4096 or more: the Intel driver of 4.1 then gives an address in the page table of the next entry.',
  ],
  attach: [
    'The requests come with another source id than that of the device: behind a PCIe-to-PCI bridge, or a device that uses the id of a function that does not exist (some SATA controllers).',
    'The device does DMA before a driver has it: left running by the firmware or by a kexec’d kernel.',
  ],
  width: [
    'The address is not one the kernel gave out: a device (or driver) that cuts or sign-extends addresses.',
    'A domain made for fewer bits than the device uses.',
  ],
  tables: [
    'Corrupted tables, or an access of the IOMMU to memory that failed: a kernel bug, or defective hardware.',
  ],
  interrupt: [
    'The device (or its firmware) sends an interrupt that was never set up, or that was set up for another device or before a kexec.',
  ],
  other: ['Unknown to Bioscope; see the VT-d specification of the hardware.'],
};

const TRIES: Record<Blame, readonly string[]> = {
  mapping: [
    'CONFIG_DMA_API_DEBUG shows unmapping too early, too little or twice.',
    'intel_iommu=strict (iommu.strict=1 today): an address is then invalid at once after unmap, so a late access is seen near its cause.',
    'intel_iommu=off or iommu=pt (identity mapping) to find out whether only the translation is in the way; this gives up the protection.',
    'If the device is graphics: intel_iommu=igfx_off.',
  ],
  attach: [
    'Look who has the source id: lspci -s BUS:DEV.FN, and the bridges above (lspci -t).',
    'Update the firmware; as a test: intel_iommu=off, or iommu=pt.',
  ],
  width: ['Compare the address with the DMA mask of the driver, and with what dma_map_*() returned.'],
  tables: ['Update kernel and firmware; report it with the lines before.'],
  interrupt: ['Update the firmware; as a test: intremap=off.'],
  other: ['Look the code up in the VT-d specification.'],
};

export const dmarStatus: Kind = {
  id: 'vt-d-status',
  looks: 'DMAR: DRHD: handling fault status reg N',
  pattern: /DRHD: handling fault status reg (?<status>[0-9a-f]{1,8})/i,
  tell(groups) {
    const status = hexadecimal(groups['status']);
    const bits = STATUS_BITS.filter(([bit]) => (status & bit) !== 0n);
    return {
      title: 'VT-d: an IOMMU reports faults',
      printedBy: 'dmar_fault(), drivers/iommu/dmar.c (drivers/iommu/intel/dmar.c since 5.8)',
      meaning:
        'The interrupt handler of an IOMMU (a DRHD) read its fault status register. What happened stands in the "[DMA Read]" or "[DMA Write]" lines that follow, unless the rate limit dropped them.',
      numbers: [
        ...bits.map(([bit, means]): Fact => ({ says: `bit ${hex(bit)}`, means })),
        ...(bits.length === 0 ? [{ says: hex(status), means: 'none of the known bits is set' }] : []),
        {
          says: `bits 8–15: ${(status >> 8n) & 255n}`,
          means: 'the fault record the handler starts with; it grows with each fault and wraps around',
        },
      ],
      causes: ['See the fault lines after it.'],
      tries: ['If they are missing: raise the console log level, or look at dmesg of the first fault.'],
      sources: FAULT_SOURCES,
    };
  },
};

const REASON = /\[fault reason (?<reason>0x[0-9a-f]{1,4}|\d{1,3})\]\s{0,8}(?<text>[^[\]]{0,100})/i;

export const dmarFault: Kind = {
  id: 'vt-d-fault',
  looks: '[DMA Write] Request device [BB:DD.F] fault addr ADDRESS [fault reason NN] … (old and new forms)',
  pattern:
    /\[(?<what>DMA Read|DMA Write|INTR-REMAP)(?: (?<no>NO_PASID)| PASID (?<inner>0x[0-9a-f]{1,8}))?\] Request device \[(?<device>[0-9a-fx:.]{1,24})\](?: PASID (?<outer>[0-9a-f]{1,8}))?(?: fault (?<kind>addr|index) (?<address>(?:0x)?[0-9a-f]{1,16}))?/i,
  tell(groups, after, line) {
    // In older kernels, and in mails, the address or the reason stands on the next line.
    const near = [line, ...untilNextFault(after)];
    const found = near.map((text) => REASON.exec(text)).find((match) => match !== null)?.groups;
    const address =
      groups['address'] ?? /fault (?:addr|index) ((?:0x)?[0-9a-f]{1,16})/i.exec(near.join('\n'))?.[1];
    const digits = found?.['reason'];
    const code = digits === undefined ? undefined : Number(digits);
    const where = code === undefined ? 'other' : blame(code);
    return fault(groups, address, { digits, code, where, text: found?.['text']?.trim() });
  },
};

function untilNextFault(after: readonly string[]): readonly string[] {
  const next = after.findIndex((line) => line.includes('Request device') || line.includes('DRHD:'));
  return after.slice(0, next < 0 ? 2 : Math.min(next, 2));
}

interface Reason {
  readonly digits: string | undefined;
  readonly code: number | undefined;
  readonly where: Blame;
  readonly text: string | undefined;
}

function fault(groups: Parameters<Kind['tell']>[0], address: string | undefined, reason: Reason): Told {
  const interrupt = groups['what']?.toUpperCase() === 'INTR-REMAP';
  const reads = /read/i.test(groups['what'] ?? '');
  const pasid = groups['inner'] ?? groups['outer'];
  const numbers: Fact[] = [
    {
      says: `[${groups['what']}]`,
      means: interrupt
        ? 'an interrupt request was refused'
        : `the device wanted to ${reads ? 'read from' : 'write to'} memory`,
    },
    {
      says: `[${groups['device']}]`,
      means:
        'the source id of the request: bus, device and function, as in lspci; a bridge may stand for devices behind it',
    },
  ];
  if (pasid !== undefined)
    numbers.push({
      says: `PASID ${pasid}`,
      means: /^f{8}$/i.test(pasid) ? 'no process address space id' : 'the address space within the device',
    });
  if (groups['no'] !== undefined) numbers.push({ says: 'NO_PASID', means: 'no process address space id' });
  if (address !== undefined)
    numbers.push({
      says: `fault ${interrupt ? 'index' : 'addr'} ${address}`,
      means: interrupt
        ? `entry ${hexadecimal(address)} of the interrupt-remapping table`
        : `the page at bus address ${hex(hexadecimal(address))} (an IOVA, not a physical address); the low 12 bits are not recorded${hexadecimal(address) === 0n ? '. Address 0 hints at an address that was never set, or an error value (0 in 4.1) that was not checked' : ''}`,
    });
  if (reason.code !== undefined)
    numbers.push({
      says: `[fault reason ${reason.digits}]${reason.text ? ` ${reason.text}` : ''}`,
      means: `${faultReason(reason.code) ?? 'a code that Bioscope does not know'}${reason.digits?.startsWith('0x') ? '' : ` (older kernels print it in decimal: ${reason.code} is ${hex(BigInt(reason.code))})`}`,
    });
  return {
    title: interrupt
      ? 'VT-d: an interrupt was blocked'
      : `VT-d: a DMA ${reads ? 'read' : 'write'} was blocked`,
    printedBy: 'dmar_fault_do_one(), drivers/iommu/dmar.c (drivers/iommu/intel/dmar.c since 5.8)',
    meaning:
      'The IOMMU refused a request of the device and recorded it. Memory was not touched; the device got an error or no data. The driver may not notice at once: timeouts and resets often follow.',
    numbers,
    causes:
      reason.code === undefined
        ? ['The reason is not in the text: paste the line after it, too.']
        : CAUSES[reason.where],
    tries: TRIES[reason.where],
    sources: [
      ...FAULT_SOURCES,
      ...(reason.where === 'mapping'
        ? ['the offset bug: run of 4.1.3 with VT-d, page tables read back (the rows are not kept here)']
        : []),
    ],
  };
}

export const iovaFailed: Kind = {
  id: 'vt-d-iova',
  looks: 'Allocating N-page iova for D failed',
  pattern: /Allocating (?<pages>\d{1,12})-page iova for (?<device>\S{1,80}) failed/,
  tell(groups) {
    const pages = decimal(groups['pages']);
    const rounded = pages > 1n ? 1n << BigInt((pages - 1n).toString(2).length) : pages;
    return {
      title: 'VT-d: no free bus addresses',
      printedBy: 'intel_alloc_iova(), drivers/iommu/intel-iommu.c (before 5.11)',
      meaning:
        'Every mapping needs a range of bus addresses (an IOVA) below the DMA mask of the device. No range that long was free; dma_map_page() returns 0 (an error only for who checks dma_mapping_error()), dma_map_sg() returns 0. One list of dma_map_sg() gets one range for all of its entries.',
      numbers: [
        {
          says: `${pages}-page`,
          means: `${bytes(pages * 4096n)}${rounded === pages ? '' : `; the allocator rounds up to a power of two: ${rounded} pages, aligned to as many`}`,
        },
        { says: groups['device'] ?? '', means: 'the device the mapping is for' },
      ],
      causes: [
        'Mappings that are never unmapped.',
        'A narrow mask (24 or 31 bits) and many or long mappings at once; rounding up doubles what they take at worst.',
        'Deferred flushing: an unmapped range is free again only after 10 ms or 250 unmaps, so a map right after unmapping everything can still fail.',
      ],
      tries: [
        'intel_iommu=strict frees ranges at once, at the price of a flush for each unmap.',
        'A wider DMA mask in the driver, if the hardware can do it.',
        'CONFIG_DMA_API_DEBUG, and /sys/kernel/debug/dma-api/num_free_entries over time: does it only fall?',
      ],
      sources: [
        '4.1: drivers/iommu/intel-iommu.c, intel_alloc_iova(); drivers/iommu/iova.c',
        'run of 4.1.3: captures-2015/iommu-4.1.3/intel-on/messages.txt; sequences of maps and unmaps (the rows are not kept here)',
      ],
    };
  },
};

export const mapRequestFailed: Kind = {
  id: 'vt-d-request',
  looks: 'Device D request: N@ADDRESS dir N --- failed',
  pattern:
    /Device (?<device>\S{1,80}) request: (?<size>[0-9a-f]{1,16})@(?<address>[0-9a-f]{1,16}) dir (?<dir>\d) --- failed/i,
  tell(groups) {
    const direction = ['DMA_BIDIRECTIONAL', 'DMA_TO_DEVICE', 'DMA_FROM_DEVICE', 'DMA_NONE'];
    return {
      title: 'VT-d: dma_map_page() failed',
      printedBy: '__intel_map_single(), drivers/iommu/intel-iommu.c (before 5.11)',
      meaning:
        'The mapping could not be made, mostly because there was no IOVA (the line before says so). The function returns 0.',
      numbers: [
        {
          says: `${groups['size']}@`,
          means: `${hexadecimal(groups['size'])} pages (hexadecimal; pages in 4.1, as the run shows)`,
        },
        {
          says: `@${groups['address']}`,
          means: `the physical address of the buffer, ${hex(hexadecimal(groups['address']))}`,
        },
        { says: `dir ${groups['dir']}`, means: direction[Number(groups['dir'])] ?? 'no known direction' },
      ],
      causes: ['See "Allocating N-page iova … failed".'],
      tries: ['In the driver: check dma_mapping_error(); 0 is the error address here.'],
      sources: ['run of 4.1.3: captures-2015/iommu-4.1.3/intel-on/messages.txt'],
    };
  },
};

export const domainFailed: Kind = {
  id: 'vt-d-domain',
  looks: 'Allocating domain for D failed',
  pattern: /Allocating domain for (?<device>\S{1,80}) failed/,
  tell(groups) {
    return {
      title: 'VT-d: the device gets no domain',
      printedBy: '__get_valid_domain_for_dev(), drivers/iommu/intel-iommu.c (before 5.11)',
      meaning:
        'A device that does DMA needs a domain: a page table and a space of bus addresses. None could be made at its first mapping, so that mapping fails, and so will the next ones.',
      numbers: [{ says: groups['device'] ?? '', means: 'the device without a domain' }],
      causes: [
        'No DRHD of the DMAR table covers the device: faulty firmware, or a device that is no PCI device.',
        'No memory for the page table, or no free domain id in this IOMMU.',
      ],
      tries: [
        'Look for earlier DMAR lines about the device or the table.',
        'Update the firmware; as a test: intel_iommu=off.',
      ],
      sources: ['4.1: drivers/iommu/intel-iommu.c, __get_valid_domain_for_dev(); not met in a run'],
    };
  },
};
