import type { Kind, Told } from './kind';
import { hex, hexadecimal } from './numbers';
import { functionsIn } from './stack';

const RUNS = 'run of v1 on 4.0: captures-2015/v1-on-4.0/oops';

const V3 =
  'The texts of v3 (May 2015) are lost; that its sg_page() has the BUG of v1 is reconstructed from v1 and v5.';

/** Lines of include/linux/scatterlist.h in 4.0 with the v1 branch, as the runs show them. */
export const sgBug: Kind = {
  id: 'sg-bug',
  looks: 'kernel BUG at include/linux/scatterlist.h:92!',
  pattern: /kernel BUG at (?:\S{0,80}\/)?include\/linux\/scatterlist\.h:(?<at>\d{1,6})!/,
  tell(groups, after) {
    const at = groups['at'] ?? '';
    const [where] = functionsIn(after);
    const who =
      where === undefined
        ? []
        : [
            {
              says: `RIP: ${where}`,
              means: 'the function that asked; sg_page() and sg_set_page() are inlined in it',
            },
          ];
    if (at === '69') return offsetBug(at, who);
    return {
      title:
        at === '92'
          ? 'scatterlist: the page of a page-less entry was asked for'
          : 'scatterlist: a BUG in its helpers',
      printedBy:
        at === '92'
          ? 'BUG_ON() in sg_page(), include/linux/scatterlist.h of v1'
          : 'a BUG_ON() in include/linux/scatterlist.h',
      meaning:
        at === '92'
          ? 'In v1 of the series an entry made by sg_set_pfn() has no struct page, and sg_page() stops the kernel for it rather than give a pointer to nothing. nommu_map_sg() asks every entry for its page, so dma_map_sg() of such a list ends here; the BUG is the one inside sg_page(), not that of nommu. ' +
            'Entries made by blk_rq_map_sg() pass: v1 sets the page flag for them even where there is no struct page. v5 warns and gives NULL instead.'
          : 'Which check failed depends on the kernel: with CONFIG_DEBUG_SG a list whose magic number is wrong (not initialised, or overwritten) or a chain entry used as a page; in v1 of the series also the page of a page-less entry (line 92) and an offset above 65535 (line 69).',
      numbers: [
        {
          says: `:${at}`,
          means:
            at === '92'
              ? 'sg_page() in 4.0 with the v1 branch'
              : 'a line of the source of the running kernel; look it up there',
        },
        ...who,
      ],
      causes:
        at === '92'
          ? [
              'A driver or DMA operation that takes page-less lists without being converted: it calls sg_page() where sg_phys() would do.',
            ]
          : ['A scatterlist used without sg_init_table(), after it was freed, or beyond its end.'],
      tries:
        at === '92'
          ? [
              'Use sg_phys() and dma_map_sg() operations that know pfns (swiotlb, Intel, GART); nommu_map_sg() of v1 does not.',
              'Do not set the queue flag for pfn bios on a driver that reads pages with the CPU.',
            ]
          : ['Follow the call trace to who built the list.'],
      sources: [
        `${RUNS}/bug_sg_page.txt, bug_nommu_sg.txt`,
        'series v1, patch “scatterlist: support page-less entries”',
      ],
      reconstructed: V3,
    };
  },
};

function offsetBug(at: string, who: Told['numbers']): Told {
  return {
    title: 'scatterlist: the offset does not fit',
    printedBy: 'BUG_ON() in sg_set_page() or sg_set_pfn(), include/linux/scatterlist.h of v1',
    meaning:
      'v1 of the series keeps the offset of an entry in 16 bits, beside its flags. An offset of 65536 or more cannot be stored, and the kernel stops. The scatterlist of 4.1 has 32 bits, and so has that of v5.',
    numbers: [{ says: `:${at}`, means: 'the check of the offset in 4.0 with the v1 branch' }, ...who],
    causes: ['A driver that puts a whole buffer into one entry, with the first page and a big offset.'],
    tries: ['Advance the page (or pfn) by offset / 4096, and keep the rest as the offset.'],
    sources: [`${RUNS}/bug_sg_off.txt`],
    reconstructed: V3,
  };
}

export const sgUnmapped: Kind = {
  id: 'sg-unmapped',
  looks: 'scatterlist references unmapped memory',
  pattern: /scatterlist references unmapped memory/,
  tell(_groups, after) {
    const [where] = functionsIn(after);
    return {
      title: 'scatterlist: the page of a page-less entry was asked for',
      printedBy: 'WARN_ONCE() in sg_page(), include/linux/scatterlist.h of v5',
      meaning:
        'In v5 of the series (August 2015) sg_page() of an entry without struct page warns, once until the next boot, and returns NULL. Whoever asked then works with a NULL page: expect a fault near address 0 soon after. v1 stops at once with a BUG.',
      numbers:
        where === undefined
          ? []
          : [{ says: where, means: 'the first function in the trace that is not part of the warning' }],
      causes: ['Code that was not converted: it calls sg_page() on a list that may hold page-less memory.'],
      tries: [
        'Ask sg_has_page() first; use sg_pfn() or sg_phys() where no page is needed, and kmap_atomic_pfn_t() to touch the bytes.',
      ],
      sources: [
        'series v5, 5/5 “scatterlist: convert to __pfn_t” (mail of August 2015)',
        'run of the v5 helpers: captures-2015/v5-helpers',
      ],
    };
  },
};

/** Where the linear map begins: 4.1, and since 4.20 (four-level tables, no KASLR). */
const LINEAR: readonly (readonly [bigint, string])[] = [
  [0xffff888000000000n, 'a kernel since 4.20'],
  [0xffff880000000000n, '4.1'],
];
const LINEAR_SIZE = 1n << 46n;

export const bounceFault: Kind = {
  id: 'swiotlb-bounce-fault',
  looks: 'BUG: unable to handle kernel paging request at ADDRESS, with swiotlb_tbl_map_single in the trace',
  pattern:
    /BUG: unable to handle (?:kernel paging request at|page fault for address:|kernel NULL pointer dereference at) (?<address>[0-9a-f]{8,16})/i,
  tell(groups, after) {
    const functions = functionsIn(after);
    const bounces = functions.some((name) =>
      /^(?:swiotlb_(?:bounce|tbl_(?:map|unmap|sync)_single)|xen_swiotlb_\w+)/.test(name),
    );
    const copies = functions.slice(0, 3).some((name) => /memcpy|swiotlb_bounce/.test(name));
    if (!bounces || !copies) return undefined;
    const address = hexadecimal(groups['address']);
    const error = /Oops: (?<code>[0-9a-f]{4})/.exec(after.join('\n'))?.groups?.['code'];
    const linear = LINEAR.find(([start]) => address >= start && address < start + LINEAR_SIZE);
    const writes = error !== undefined && (hexadecimal(error) & 2n) !== 0n;
    return {
      title: 'swiotlb: bounce of memory that has no kernel address',
      printedBy: 'the page fault handler; the fault is in memcpy(), called from swiotlb_bounce()',
      meaning:
        'Bouncing copies with the CPU: swiotlb_bounce() takes the physical address of the buffer, makes a kernel address of it by arithmetic (the linear map) and calls memcpy(). Page-less memory is not in the linear map, so the copy faults. The series taught the mapping functions to take a pfn, but not swiotlb_bounce().',
      numbers: [
        {
          says: groups['address'] ?? '',
          means:
            linear === undefined
              ? 'not an address of the linear map as it is without KASLR'
              : `in the linear map of ${linear[1]} (from ${hex(linear[0])}): physical address ${hex(address - linear[0])}, pfn ${hex((address - linear[0]) >> 12n)}, unless KASLR moved it`,
        },
        ...(error === undefined
          ? []
          : [
              {
                says: `Oops: ${error}`,
                means: writes
                  ? 'a write: copying back into the buffer (DMA_FROM_DEVICE), in unmap or in a map call that failed late'
                  : 'a read: copying the buffer into the pool (DMA_TO_DEVICE), before the device starts',
              },
            ]),
      ],
      causes: [
        'Page-less memory (persistent memory without a memmap) given to a device that cannot reach it, or with swiotlb=force.',
        'A map call whose bounce buffer is out of reach, too: the call unmaps again and copies pool content over the buffer; with page-less memory that copy faults.',
        'If the memory should have a page: a buffer that was freed or hot-removed.',
      ],
      tries: [
        'Give the device a DMA mask that covers the memory, or use an IOMMU: then nothing is copied.',
        'Remove swiotlb=force or iommu=soft from the command line.',
        'Give the memory pages: a namespace in fsdax or devdax mode (kernels since 4.5).',
      ],
      sources: [
        `${RUNS}/swiotlb-bounce-pageless.txt, swiotlb-force-notcapable-unmap-pageless.txt`,
        '4.1: lib/swiotlb.c, swiotlb_bounce(); Documentation/x86/x86_64/mm.txt (linear map)',
      ],
      reconstructed:
        'For v3 of the series this is reconstructed: its patch of swiotlb is lost, v1 and the later branch agree.',
    };
  },
};
