import { CLASSES } from './dma-debug-classes';
import type { Fact, Kind } from './kind';
import { bytes, decimal } from './numbers';
import { functionsIn, mappedAt } from './stack';

const DIRECTIONS: Readonly<Record<string, string>> = {
  DMA_TO_DEVICE: 'the device reads',
  DMA_FROM_DEVICE: 'the device writes',
  DMA_BIDIRECTIONAL: 'the device reads and writes',
};
const BY: Readonly<Record<string, string>> = {
  page: 'dma_map_page() and dma_unmap_page()',
  single: 'dma_map_single() and dma_unmap_single()',
  'scather-gather': 'dma_map_sg() and dma_unmap_sg()',
  'scatter-gather': 'dma_map_sg() and dma_unmap_sg()',
  coherent: 'dma_alloc_coherent() and dma_free_coherent()',
  resource: 'dma_map_resource() and dma_unmap_resource()',
};
const WHAT: Readonly<Record<string, string>> = {
  'device address': 'the bus address, as the driver passed it',
  addr: 'the kernel address of the buffer',
  len: 'the length of the buffer or segment, in bytes',
  max: 'the longest segment the device claims (dma_get_max_seg_size(); 65536 unless the driver sets it)',
  boundary: 'the mask of the boundary no segment may cross (dma_get_seg_boundary())',
  start: 'where the segment starts',
  end: 'its last byte',
  'map count':
    'entries of the list when it was mapped (the nents given to dma_map_sg(), not what it returned)',
  'unmap count': 'entries given to dma_unmap_sg(); it has to be the nents given to dma_map_sg()',
  'sync count': 'entries given to dma_sync_sg_*()',
  'sync offset+size': 'where the sync ends, counted from the start of the mapping',
  'cpu alloc address': 'the kernel address that dma_alloc_coherent() returned',
  'cpu free address': 'the kernel address given to dma_free_coherent()',
  count: 'mappings that are still there',
};

function bracketFacts(line: string): Fact[] {
  const facts: Fact[] = [];
  for (const [says, name = '', value = ''] of line.matchAll(/\[([a-z+ ]{1,24})=([^[\]]{1,40})\]/g)) {
    const size = /^(\d{1,20}) bytes$/.exec(value)?.[1];
    const means = WHAT[name] ?? (size === undefined ? undefined : `${name}: ${bytes(decimal(size))}`);
    if (means !== undefined) facts.push({ says, means });
  }
  for (const [says, how = '', value = ''] of line.matchAll(
    /\[(mapped|unmapped|synced) (?:with|as) ([\w-]{1,40})\]/g,
  ))
    facts.push({
      says,
      means: DIRECTIONS[value] ?? `${how} with the pair ${BY[value] ?? value}`,
    });
  return facts;
}

export const dmaDebug: Kind = {
  id: 'dma-debug',
  looks:
    'D: DMA-API: device driver frees DMA memory with different size [device address=…] … (every report of CONFIG_DMA_API_DEBUG)',
  pattern:
    /(?:(?<device>[^\s[\]]{1,80}): )?DMA-API: (?:(?<driver>[^\s:]{1,40}) (?<later>\S{1,80}): )?(?<report>(?:device driver|mapping sg|cacheline tracking|exceeded|dma_map_sg).{0,600})/,
  tell(groups, after, line) {
    const report = groups['report'] ?? '';
    const found = CLASSES.find(({ says }) => report.includes(says));
    const device = groups['later'] ?? groups['device'];
    const [place, ...rest] = functionsIn(after, 'certain').filter((name) => !name.startsWith('__'));
    const caller = rest.find((name) => !/^(?:debug_dma_|check_|add_dma_entry)/.test(name));
    const mapper = mappedAt(after);
    return {
      title: `DMA-API: ${found?.title ?? 'a report that Bioscope does not know'}`,
      printedBy: `${found?.by ?? place ?? 'err_printk()'}, kernel/dma/debug.c (lib/dma-debug.c before 4.18), with CONFIG_DMA_API_DEBUG`,
      meaning: `${found?.meaning ?? 'dma-debug keeps a list of all mappings and found a call that does not fit it.'} By default only the first error is shown; more with /sys/kernel/debug/dma-api/all_errors or num_errors.`,
      numbers: [
        ...(device === undefined ? [] : [{ says: device, means: 'the device the call is for' }]),
        ...bracketFacts(line),
        ...(caller === undefined
          ? []
          : [
              {
                says: `Call Trace: ${caller}()`,
                means: 'the first function of the trace outside dma-debug: it made the faulty call',
              },
            ]),
        ...(mapper === undefined
          ? []
          : [{ says: `Mapped at: ${mapper}()`, means: 'the function that made the mapping' }]),
      ],
      causes: found?.causes ?? ['See the text of the report.'],
      tries: [
        ...(found?.tries ?? []),
        'To see only one driver: dma_debug_driver=NAME on the command line, or /sys/kernel/debug/dma-api/driver_filter.',
      ],
      sources: [
        found?.captured === true
          ? 'run of 4.1.3: captures-2015/plain-4.1.3-debug/dmesg-dma-api-debug.txt'
          : 'kernel/dma/debug.c; not met in a run',
        '4.1: lib/dma-debug.c; Documentation/DMA-API.txt, part III',
      ],
    };
  },
};
