import type { Fact, Kind } from './kind';
import { hex, hexadecimal } from './numbers';

/** The bits the kernel (RW, I) and a posting for it (PR, TR) name, with the AMD I/O Virtualization specification. */
const TR = 0x100n;
const RW = 0x020n;
const PR = 0x010n;
const I = 0x008n;

function flagFacts(flags: bigint): Fact[] {
  const facts: Fact[] = [];
  const interrupt = (flags & I) !== 0n;
  const present = (flags & PR) !== 0n;
  const fact = (bit: bigint, name: string, set: string, clear: string) =>
    facts.push({
      says: `${name} (${hex(bit)}) ${flags & bit ? 'set' : 'clear'}`,
      means: flags & bit ? set : clear,
    });
  fact(I, 'I', 'an interrupt request', 'a memory request (DMA)');
  fact(
    PR,
    'PR',
    'a translation is present: the access was forbidden, not unmapped',
    'nothing is mapped at this address',
  );
  fact(
    RW,
    'RW',
    present ? 'the device wanted to write' : 'a write; the bit counts only where PR is set',
    present ? 'the device wanted to read' : 'counts only where PR is set: the direction is not known',
  );
  if (flags & TR) fact(TR, 'TR', 'a translation request (ATS), not an access', '');
  const rest = flags & ~(TR | RW | PR | I);
  if (rest !== 0n)
    facts.push({
      says: `${hex(rest)} set`,
      means: 'bits without a name in the kernel; see IO_PAGE_FAULT in the AMD specification',
    });
  if (interrupt)
    facts.push({
      says: 'I set',
      means: 'so the address is that of an interrupt message, and the cause is interrupt remapping',
    });
  return facts;
}

export const amdPageFault: Kind = {
  id: 'amd-vi-fault',
  looks: 'AMD-Vi: Event logged [IO_PAGE_FAULT device=BB:DD.F domain=N address=ADDRESS flags=N]',
  pattern:
    /(?:(?<before>[0-9a-f:.]{5,16}): )?(?:AMD-Vi: )?Event logged \[IO_PAGE_FAULT(?: device=(?<device>[0-9a-f:.]{5,16}))? domain=(?<domain>0x[0-9a-f]{1,8}) address=(?<address>0x[0-9a-f]{1,16}) flags=(?<flags>0x[0-9a-f]{1,4})/i,
  tell(groups) {
    const flags = hexadecimal(groups['flags']);
    const address = hexadecimal(groups['address']);
    const domain = hexadecimal(groups['domain']);
    const device = groups['device'] ?? groups['before'];
    const present = (flags & PR) !== 0n;
    return {
      title: flags & I ? 'AMD-Vi: an interrupt was blocked' : 'AMD-Vi: a DMA access was blocked',
      printedBy:
        'amd_iommu_report_page_fault(), drivers/iommu/amd/iommu.c (iommu_print_event() in drivers/iommu/amd_iommu.c in 4.1)',
      meaning:
        'The IOMMU found no page-table entry that allows the request of the device. Memory was not touched. The driver may not notice at once: timeouts and resets often follow.',
      numbers: [
        ...(device === undefined
          ? []
          : [{ says: device, means: 'the device (bus, device, function) the request came from' }]),
        {
          says: `domain=${groups['domain']}`,
          means:
            domain === 0n
              ? 'domain 0: the device is attached to none of its own'
              : `the page table ${domain} that the device uses`,
        },
        {
          says: `address=${groups['address']}`,
          means: `bus address ${hex(address)} (an IOVA, not a physical address)${address < 4096n ? '. Around 0: an address that was never set, or an error value (0 in 4.1) that was not checked' : ''}`,
        },
        { says: `flags=${groups['flags']}`, means: 'see the bits:' },
        ...flagFacts(flags),
      ],
      causes: [
        ...(present
          ? ['The buffer is mapped for the other direction only.']
          : [
              'The driver unmapped the buffer too early, or used an address that it never mapped.',
              'Bits of the address were lost or invented: a device that does fewer bits than its mask says.',
            ]),
        'The firmware lets the device use memory that its IVRS table does not list.',
      ],
      tries: [
        'CONFIG_DMA_API_DEBUG shows unmapping too early, too little or twice.',
        'amd_iommu=fullflush (4.1) or iommu.strict=1 (today): addresses are invalid at once after unmap, so a late access is seen near its cause.',
        'iommu=pt (no translation for the devices of the kernel) or amd_iommu=off, as a test; this gives up the protection.',
        'If the address has many ones at the top: a narrower DMA mask in the driver.',
      ],
      sources: [
        'kernel since 5.16: drivers/iommu/amd/amd_iommu_types.h, EVENT_FLAG_RW and EVENT_FLAG_I',
        'EVENT_FLAG_PR and EVENT_FLAG_TR: Lennert Buytenhek on iommu@, September 2021, after the AMD I/O Virtualization specification 3.00, 2.5.3',
        '4.1: drivers/iommu/amd_iommu.c, iommu_print_event(); not met in a run',
      ],
    };
  },
};
