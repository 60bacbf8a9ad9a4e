import { SgTable } from '../../../engine/block/sg-table';
import { debugged, type DebuggedDmaOps } from '../../../engine/dma/debug';
import { DmaDebug, type VirtualRange } from '../../../engine/dma/debug/dma-debug';
import {
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDevice,
  type DmaDirection,
} from '../../../engine/dma/dma-ops';
import { nommu } from '../../../engine/dma/nommu';
import { X86_64 } from '../../../engine/memory/address-space';
import { compare, type Checker } from '../case';

/** What the test module had to work with: its device and a page of RAM, physical bytes, and a buffer on its stack. */
interface Bench {
  readonly ops: DebuggedDmaOps;
  readonly device: DmaDevice;
  readonly page: number;
  readonly onStack: number;
}

/** Where the kernel image lies in memory without KASLR. */
const KERNEL_TEXT = 0x1000000;
/** `_text` to `_etext` as the kernel runs it; how far it reaches does not matter here. */
const IMAGE: VirtualRange = { start: 0xffffffff81000000n, end: 0xffffffff81365000n };
const THREAD_SIZE = 0x4000n;

const mapChecked = ({ ops, device, page }: Bench, dir: DmaDirection = DMA_TO_DEVICE, phys = page): number => {
  const { bus } = ops.map_page(device, phys, 4096, dir);
  ops.dma_mapping_error(device, bus);
  return bus;
};

/** What the test module does in each of its steps, by the name it prints before. */
const STEPS: Readonly<Record<string, (bench: Bench) => void>> = {
  'map_page, no dma_mapping_error check, unmap': ({ ops, device, page }) => {
    const { bus } = ops.map_page(device, page, 4096, DMA_TO_DEVICE);
    ops.unmap_page(device, bus, 4096, DMA_TO_DEVICE);
  },
  'unmap twice': (bench) => {
    const bus = mapChecked(bench);
    for (let i = 0; i < 2; i++) bench.ops.unmap_page(bench.device, bus, 4096, DMA_TO_DEVICE);
  },
  'unmap with another size': (bench) => {
    bench.ops.unmap_page(bench.device, mapChecked(bench), 2048, DMA_TO_DEVICE);
  },
  'unmap with another direction': (bench) => {
    bench.ops.unmap_page(bench.device, mapChecked(bench), 4096, DMA_FROM_DEVICE);
  },
  'map page, unmap single': (bench) => {
    bench.ops.unmap_single(bench.device, mapChecked(bench), 4096, DMA_TO_DEVICE);
  },
  'map a stack buffer': ({ ops, device, onStack }) => {
    const { bus } = ops.map_single(device, onStack, 64, DMA_TO_DEVICE);
    ops.dma_mapping_error(device, bus);
    ops.unmap_single(device, bus, 64, DMA_TO_DEVICE);
  },
  'map kernel text': (bench) => {
    bench.ops.unmap_page(bench.device, mapChecked(bench, DMA_TO_DEVICE, KERNEL_TEXT), 4096, DMA_TO_DEVICE);
  },
  'sync of a never mapped address': ({ ops, device }) =>
    ops.sync_for_cpu!(device, 0x12345000, 512, DMA_FROM_DEVICE),
  'sync outside of the mapped range': (bench) => {
    const bus = mapChecked(bench, DMA_FROM_DEVICE);
    bench.ops.sync_for_cpu!(bench.device, bus, 8192, DMA_FROM_DEVICE);
    bench.ops.unmap_page(bench.device, bus, 4096, DMA_FROM_DEVICE);
  },
  'sync in the wrong direction': (bench) => {
    const bus = mapChecked(bench, DMA_FROM_DEVICE);
    bench.ops.sync_for_cpu!(bench.device, bus, 4096, DMA_TO_DEVICE);
    bench.ops.unmap_page(bench.device, bus, 4096, DMA_FROM_DEVICE);
  },
  'sg: unmap with fewer entries': ({ ops, device, page }) => {
    const sg = new SgTable();
    for (let i = 0; i < 3; i++) sg.add(page + i * 8192, 4096, 0);
    ops.map_sg(device, sg, DMA_TO_DEVICE);
    sg.nents = 2;
    ops.unmap_sg(device, sg, DMA_TO_DEVICE);
  },
  'overlapping mappings (cacheline tracking)': (bench) => {
    const twice = [mapChecked(bench, DMA_FROM_DEVICE), mapChecked(bench, DMA_FROM_DEVICE)];
    for (const bus of twice) bench.ops.unmap_page(bench.device, bus, 4096, DMA_FROM_DEVICE);
  },
};

/**
 * dmesg-dma-api-debug.txt: each step of the test module runs again, and must be reported in the same words. Inputs are
 * the page's address, as the first report has it, the stack's, as the dumps have it, and the buffer on it.
 */
export const dmaDebug: Checker = function* (text, path) {
  const said: string[] = [];
  const debug = new DmaDebug({
    report: ({ name }, { by, message, mappedAt }) => said.push(`${by}:  ${name}: ${message} < ${mappedAt}`),
    printk: (message) => said.push(message),
    all_errors: true,
    image: [IMAGE],
    stack: stackOf(text),
  });
  const bench: Bench = {
    ops: debugged(
      nommu(() => undefined),
      debug,
    ),
    device: { name: 'k2015-dbg', dma_mask: 2 ** 64, seg_boundary_mask: 0xffffffff },
    page: Number(/\[device address=(0x[0-9a-f]{16})\]/.exec(text)?.[1]),
    onStack: Number(
      BigInt(`0x${/from stack \[addr=([0-9a-f]{16})\]/.exec(text)?.[1] ?? '0'}`) - X86_64.PAGE_OFFSET,
    ),
  };
  const [, ...steps] = text.split('K2015-STEP: ');
  for (const step of steps) {
    const [name = ''] = step.split('\n', 1);
    if (name === 'done') continue;
    const reports = step.split('[ cut here ]').slice(1).map(reportText);
    said.length = 0;
    const run = STEPS[name];
    if (run) run(bench);
    else said.push('no such step is known');
    yield compare(`${path} ${name}`, reports.join('\n'), said.join('\n'));
  }
};

/** The stack of the task that ran the module: the dumps begin with an address on it. */
function stackOf(text: string): VirtualRange {
  const [, frame] = /\n\[[^\]]*\] {2}[0-9a-f]{16} (ffff8800[0-9a-f]{8}) /.exec(text) ?? [];
  const start = BigInt(`0x${frame}`) & -THREAD_SIZE;
  return { start, end: start + THREAD_SIZE };
}

/** Who warns, in which words, and which function recorded the mapping it is about. */
function reportText(warning: string): string {
  const [, by] = /at lib\/dma-debug\.c:\d+ (\w+)/.exec(warning) ?? [];
  const [, says] = /\] ([^\n]*DMA-API: [^\n]*)/.exec(warning) ?? [];
  const [, at] = /Mapped at:\n[^\n]*\] (\w+)/.exec(warning) ?? [];
  return `${by}: ${says} < ${at}`;
}
