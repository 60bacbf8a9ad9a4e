import type { Kind } from './kind';
import { bytes, ceilDiv, count, decimal } from './numbers';

const EMERGENCY = 32n * 4096n;
const SOURCE = 'arch/x86/kernel/amd_gart_64.c';
const TRIES = [
  'Enlarge the aperture: "AGP aperture" or "IOMMU" size in the firmware, or iommu=memaper=3 (32 MiB << 3 = 256 MiB) on the command line.',
  'Use it only where it is needed: remove iommu=force, and give devices a 64-bit mask.',
  'Use swiotlb instead: iommu=soft.',
];

export const gartFull: Kind = {
  id: 'gart-full',
  looks: 'PCI-DMA: Out of IOMMU space for N bytes [at device D]',
  pattern:
    /(?:(?<before>\S{1,80}): )?PCI-DMA: Out of IOMMU space for (?<size>\d{1,20}) bytes(?: at device (?<device>\S{1,80}))?/,
  tell(groups) {
    const size = decimal(groups['size']);
    const device = groups['device'] ?? groups['before'];
    return {
      title: 'GART: no room in the aperture',
      printedBy: `iommu_full(), ${SOURCE}`,
      meaning:
        'The GART of old AMD northbridges maps scattered pages into one window, the aperture (32 MiB << 0…7, half of it for DMA when AGP uses it too). There were not enough free 4 KiB entries side by side. ' +
        'In 4.1 the driver gets the address of 32 emergency pages (128 KiB) at the start of the window, which is not its data, and the kernel panics if the mapping is longer than those; dma_map_sg() first tries again entry by entry. Later kernels return DMA_MAPPING_ERROR.',
      numbers: [
        {
          says: `${size} bytes`,
          means:
            `${bytes(size)}: ${count(ceilDiv(size, 4096n), 'entry', 'entries')} of 4 KiB, if it starts on a page` +
            (size > EMERGENCY ? '; more than the 128 KiB of emergency pages: 4.1 panics' : ''),
        },
        ...(device === undefined ? [] : [{ says: device, means: 'the device the mapping is for' }]),
      ],
      causes: [
        'A small aperture (the kernel warns below 64 MiB) and many mappings at once.',
        'iommu=force, which sends also what the device could reach itself through the aperture.',
        'Memory above 1 TiB: an entry holds 40 bits of physical address, so such a mapping never succeeds (persistent memory may lie there).',
        'Mappings that are never unmapped.',
      ],
      tries: TRIES,
      sources: [
        `4.1: ${SOURCE}, iommu_full(), dma_map_area(), gart_map_sg()`,
        'not run: no machine or emulator with a GART was at hand',
      ],
    };
  },
};

export const gartPanic: Kind = {
  id: 'gart-panic',
  looks: 'PCI-DMA: Memory would be corrupted',
  pattern: /PCI-DMA: (?<what>Memory would be corrupted|Random memory would be DMAed)/,
  tell(groups) {
    const written = groups['what'] === 'Memory would be corrupted';
    return {
      title: 'GART: panic, more than the emergency pages',
      printedBy: `iommu_full(), ${SOURCE} (panic; 4.1, gone in later kernels)`,
      meaning:
        'A mapping of more than 128 KiB found no room in the aperture. The emergency pages that would be used instead are shorter, and the device would work on what lies behind them.',
      numbers: [
        {
          says: groups['what'] ?? '',
          means: written
            ? 'the device would have written there (DMA_FROM_DEVICE or DMA_BIDIRECTIONAL)'
            : 'the device would have read there (DMA_TO_DEVICE)',
        },
      ],
      causes: ['See "PCI-DMA: Out of IOMMU space", which stands in the lines before.'],
      tries: TRIES,
      sources: [`4.1: ${SOURCE}, iommu_full()`],
    };
  },
};

export const gartMissing: Kind = {
  id: 'gart-missing',
  looks: 'More than 4GB of memory but GART IOMMU not available.',
  pattern: /More than 4GB of memory but GART IOMMU not available|PCI-DMA: More than 4GB of RAM and no IOMMU/,
  tell(_groups, _after, line) {
    const gatt = line.includes('no IOMMU');
    return {
      title: 'GART: not usable, swiotlb takes its place',
      printedBy: `${gatt ? 'init_amd_gatt()' : 'gart_iommu_init()'}, ${SOURCE}`,
      meaning:
        'The machine has a northbridge with a GART and memory above 4 GiB, but no aperture could be used. The kernel goes on as with iommu=soft: devices with a 32-bit mask are served by copying through the swiotlb pool. By itself no error.',
      numbers: [
        {
          says: '4GB',
          means: 'memory above page frame 0x100000 (MAX_DMA32_PFN), which 32-bit devices cannot reach',
        },
      ],
      causes: [
        'The firmware set no aperture, or one that overlaps memory, and the kernel could not make one.',
        'iommu=off or no_iommu on the command line.',
      ],
      tries: [
        'Nothing, if no 32-bit device is busy, or if the machine has a newer IOMMU (AMD-Vi).',
        'Set an aperture (or "IOMMU") of at least 64 MiB in the firmware; or iommu=memaper=1 on the command line.',
        'If "swiotlb buffer is full" follows: a bigger pool, swiotlb=N.',
      ],
      sources: [`4.1: ${SOURCE}, gart_iommu_init(), init_amd_gatt(); not run`],
    };
  },
};
