import type { Kind } from './kind';
import { bitsOfMask, bytes, decimal, hex, hexadecimal } from './numbers';

/** What the arithmetic of dma_capable() says: the last byte against the mask. */
function overflow(address: bigint, size: bigint, mask: bigint): string {
  const last = size > 0n ? address + size - 1n : address;
  const sum = `${hex(address)} + ${size} - 1 = ${hex(last)}`;
  if (last <= mask) return `the last byte is ${sum}, which is within ${hex(mask)}`;
  const past = last - mask;
  const where = address > mask ? 'the whole buffer is beyond it' : `its last ${bytes(past)} are beyond it`;
  return `the last byte is ${sum} > ${hex(mask)}: ${where}`;
}

function reach(mask: bigint): string {
  const bits = bitsOfMask(mask);
  return bits === undefined
    ? `the device reaches addresses up to ${hex(mask)}`
    : `${bits} bits: the device reaches the first ${bytes(1n << BigInt(bits))}`;
}

const TRIES = [
  'If the hardware can do more, let the driver set a wider mask: dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64)).',
  'Give the kernel a way to help: swiotlb (on 4.1 it is set up when there is memory above 4 GiB, or with iommu=soft), or an IOMMU (intel_iommu=on, amd_iommu).',
  'Let the block layer bounce on 4.1: a queue with blk_queue_bounce_limit() copies pages above the limit.',
];

export const nommuOverflow: Kind = {
  id: 'nommu-overflow',
  looks: 'nommu_map_single: overflow ADDRESS+N of device mask MASK (also nommu_map_sg)',
  pattern:
    /nommu_(?<what>map_single|map_sg): overflow (?<address>[0-9a-f]{1,16})\+(?<size>\d{1,20}) of device mask (?<mask>[0-9a-f]{1,16})/i,
  tell(groups) {
    const [address, size, mask] = [
      hexadecimal(groups['address']),
      decimal(groups['size']),
      hexadecimal(groups['mask']),
    ];
    const sg = groups['what'] === 'map_sg';
    return {
      title: 'nommu: the device cannot reach this memory',
      printedBy: `check_addr() for nommu_${sg ? 'map_sg' : 'map_page'}(), arch/x86/kernel/pci-nommu.c (x86 before 5.0)`,
      meaning:
        'With nommu the bus address is the physical address. dma_capable() wants the last byte of the buffer within the mask of the device; it is not, and nommu has no other memory to offer. ' +
        (sg
          ? 'dma_map_sg() returns 0 for the whole list.'
          : 'The mapping function returns DMA_ERROR_CODE, which is 0 on x86 in 4.1; in v1 of the series dma_map_pfn() prints the same line. For masks below 32 bits nothing is printed: the mapping fails silently.'),
      numbers: [
        { says: `${groups['address']}+${size}`, means: overflow(address, size, mask) },
        { says: `mask ${groups['mask']}`, means: reach(mask) },
      ],
      causes: [
        'A device with a narrow DMA mask and memory above it, with neither swiotlb nor an IOMMU.',
        'Persistent memory above what the device reaches: its pages cannot be moved, so only a bounce or an IOMMU helps.',
        'A driver that never set its mask: the default is 32 bits.',
      ],
      tries: TRIES,
      sources: [
        '4.1: arch/x86/kernel/pci-nommu.c, check_addr(); arch/x86/include/asm/dma-mapping.h, dma_capable()',
        'run of 4.1.3: captures-2015/plain-4.1.3/dmesg-nommu.txt',
      ],
    };
  },
};

export const directOverflow: Kind = {
  id: 'direct-overflow',
  looks: 'DMA addr ADDRESS+N overflow (mask MASK, bus limit LIMIT). (also swiotlb addr)',
  pattern:
    /(?<what>DMA|swiotlb) addr (?<address>0x[0-9a-f]{1,16})\+(?<size>\d{1,20}) overflow \(mask (?<mask>[0-9a-f]{1,16}), bus limit (?<limit>[0-9a-f]{1,16})\)/i,
  tell(groups) {
    const [address, size, mask, limit] = [
      hexadecimal(groups['address']),
      decimal(groups['size']),
      hexadecimal(groups['mask']),
      hexadecimal(groups['limit']),
    ];
    const bounced = groups['what']?.toLowerCase() === 'swiotlb';
    const effective = limit !== 0n && limit < mask ? limit : mask;
    return {
      title: bounced
        ? 'swiotlb: even the bounce buffer is out of reach'
        : 'direct mapping: the device cannot reach this memory',
      printedBy: bounced
        ? 'swiotlb_map(), kernel/dma/swiotlb.c'
        : 'dma_direct_map_page() (dma_direct_map_resource() for MMIO), kernel/dma/direct.h and direct.c',
      meaning: bounced
        ? 'The buffer was copied into the swiotlb pool, but the pool itself lies beyond what the device reaches; the mapping fails with DMA_MAPPING_ERROR.'
        : 'dma_capable() refused the address, and swiotlb is not active; the mapping fails with DMA_MAPPING_ERROR. The warning comes once, the failure every time.',
      numbers: [
        { says: `${groups['address']}+${size}`, means: overflow(address, size, effective) },
        { says: `mask ${groups['mask']}`, means: reach(mask) },
        {
          says: `bus limit ${groups['limit']}`,
          means: limit === 0n ? 'the bus sets no limit of its own' : `the bus: ${reach(limit)}`,
        },
      ],
      causes: bounced
        ? ['A mask below 32 bits: the pool lies somewhere below 4 GiB, and not where such a device reaches.']
        : [
            'A narrow DMA mask (or bus), memory above it, and no swiotlb: swiotlb=noforce, or a pool that could not be allocated.',
            'Bouncing is not possible for this memory (peer-to-peer or MMIO).',
          ],
      tries: [TRIES[0]!, 'Remove swiotlb=noforce from the command line, or switch an IOMMU on.'],
      sources: [
        '6.12: kernel/dma/direct.h, dma_direct_map_page(); kernel/dma/swiotlb.c, swiotlb_map(); include/linux/dma-direct.h, dma_capable()',
      ],
    };
  },
};
