import { bio_alloc, bio_put } from '../../src/engine/block/bio';
import { REQ_WRITE } from '../../src/engine/block/flags';
import { io_schedule } from '../../src/engine/block/plug';
import { addDrivers } from '../../src/engine/drivers';
import { uncommon } from '../../src/engine/drivers/uncommon';
import { Kernel } from '../../src/engine/kernel';
import type { TierMove } from '../../src/model/cache-spec';
import type { MachineSpec } from '../../src/model/machine-spec';
import { namespaceCost } from '../../src/model/namespace-cost';
import { Recorder } from '../../src/model/recording';
import { stepsOf } from '../../src/model/script/generate';
import { parseScript } from '../../src/model/script/parse';

const TIB = 2 ** 40;
const PMEM = 0x2000000000;
/** What the model takes for a copy by the CPU: 10 GB/s. */
const NS_PER_BYTE = 0.1;

/** 1 TiB of persistent memory in front of a disk that turns, as each of the three ways needs it. */
function machine(move: TierMove): MachineSpec {
  return {
    name: `1 TiB, ${move}`,
    kernel: { flavour: move === 'pfn' ? '4.1-pfn' : '4.1' },
    memory: {
      ranges: [
        { start: '0x100000', end: '0x1000000000', kind: 'ram', name: 'System RAM' },
        {
          start: `0x${PMEM.toString(16)}`,
          end: `0x${(PMEM + TIB).toString(16)}`,
          kind: 'pmem',
          name: 'Persistent Memory',
          structPages: move === 'pages' ? 'mem' : 'none',
        },
      ],
    },
    devices: [
      {
        name: 'pmem0',
        driver: 'pmem',
        start: `0x${PMEM.toString(16)}`,
        end: `0x${(PMEM + TIB).toString(16)}`,
      },
      {
        name: 'sda',
        driver: 'sd',
        sectors: 2 ** 33,
        // A controller that reaches all memory: else the block layer bounces what is above 4 GiB.
        queue: { pfn: true, limits: { bounce_pfn: '0xffffffffff' } },
      },
      {
        name: 'tier0',
        driver: 'tier',
        cache: 'pmem0',
        origin: 'sda',
        move,
        slots: 2 ** 18,
        dirtyHigh: 2,
        dirtyLow: 1,
      },
    ],
  };
}

export interface TierResult {
  readonly ios: number;
  /** Of CPU time: other programs do not count. */
  readonly seconds: number;
  readonly copied: number;
  readonly byDma: number;
  readonly memmap: number;
  /** Nanoseconds of simulated time. */
  readonly p50: number;
  readonly p99: number;
}

/** Runs a script of reads and writes of a page, one I/O at a time; simulated time passes for disks and for copies. */
export class TierBench {
  private readonly kernel: Kernel;
  private readonly ops: Uint8Array;
  private readonly sectors: Float64Array;
  private readonly latencies: Float64Array;

  constructor(
    private readonly move: TierMove,
    script: string,
  ) {
    addDrivers(uncommon);
    const parsed = parseScript(script);
    if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
    // As numbers, so that the I/Os themselves are nothing for the garbage collector to look at.
    const ops: number[] = [];
    const sectors: number[] = [];
    for (const { op, offset } of stepsOf(parsed.statements, 'tier0')) {
      ops.push(op === 'write' ? 1 : 0);
      sectors.push(offset / 512);
    }
    this.ops = Uint8Array.from(ops);
    this.sectors = Float64Array.from(sectors);
    this.latencies = new Float64Array(ops.length);
    this.kernel = new Kernel(machine(move), new Recorder(false), { copyBytes: false });
  }

  /** `cpuSeconds`: CPU time that this process has had. */
  run(cpuSeconds: () => number): TierResult {
    const { kernel, ops, sectors, latencies } = this;
    const before = cpuSeconds();
    let copied = 0;
    const pass = () => {
      kernel.clock.now += (kernel.bytesCopied - copied) * NS_PER_BYTE;
      copied = kernel.bytesCopied;
    };
    for (let i = 0; i < ops.length; i++) {
      const began = kernel.clock.now;
      const bio = bio_alloc(kernel, 2, 0, sectors[i]!, 1);
      kernel.block.bio_add_page(kernel, bio, 0x100000 + (i & 0xffff), 4096, 0);
      kernel.block.submit_bio(kernel, ops[i] === 1 ? REQ_WRITE : 0, bio);
      pass();
      while (bio.done === 0 && io_schedule(kernel)) pass();
      latencies[i] = kernel.clock.now - began;
      bio_put(kernel, bio);
    }
    kernel.loop.drain();
    const seconds = cpuSeconds() - before;
    latencies.sort();
    const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)]!;
    const { structPages } = namespaceCost(TIB, { mode: 'fsdax', map: 'mem' }, 64);
    return {
      ios: ops.length,
      seconds,
      copied: kernel.bytesCopied,
      byDma: kernel.bytesByDma,
      memmap: this.move === 'pages' ? structPages : 0,
      p50: at(0.5),
      p99: at(0.99),
    };
  }
}
