import { describe, expect, it } from 'vitest';
import { simulate, type IoOutcome } from '../../src/engine/machine';
import { events } from '../../src/model/recording';
import type { Device, Io, MachineSpec } from '../../src/model/machine-spec';
import { readIomem } from '../../src/capture/iomem';
import { capture, fields } from './captures';

/** The guest the traces were taken in: its own iomem, its disks as the trace lists them. */
function machine(folder: string, posting: 'v1' | undefined, pfnFlag: boolean): MachineSpec {
  const iomem = readIomem(capture(`captures-2015/${folder}/iomem.txt`));
  if (!iomem.ok) throw new Error('iomem');
  const devices: Device[] = [
    { name: 'ram0', driver: 'brd', sectors: 65536 * 2, queue: { pfn: pfnFlag } },
    { name: 'pmem0', driver: 'pmem', start: '0x40000000', end: '0x50000000', queue: { pfn: pfnFlag } },
  ];
  return {
    name: folder,
    kernel: posting ? { flavour: '4.1-pfn', posting } : { flavour: '4.1' },
    memory: { ranges: iomem.value.ranges },
    devices,
  };
}

const ADD = { page: 'bio_add_page', pfn: 'bio_add_pfn', pfnforce: 'by-hand' } as const;

interface Sequence {
  readonly pfnFlag: boolean;
  readonly workload: Io[];
  readonly ends: string[];
}

/** The request lists of a driver log, each with how its bios ended. */
function sequences(log: string): Sequence[] {
  const found: Sequence[] = [];
  let pfnFlag = false;
  let sequence: Sequence | undefined;
  let head: Record<string, string> = {};
  for (const row of log.split('\n')) {
    const field = fields(row);
    if (row.startsWith('QFLAG')) pfnFlag = field['PFN'] === '1';
    if (row.startsWith('SEQ,')) {
      head = field;
      found.push((sequence = { pfnFlag, workload: [], ends: [] }));
    }
    if (row.startsWith('SEQBIO')) {
      const bytes = Number(field['sectors']) * 512;
      sequence!.workload.push({
        op: head['rw'] === 'r' ? 'read' : 'write',
        device: head['1']!.slice('/dev/'.length),
        sector: Number(field['sector']),
        add: ADD[head['how'] as keyof typeof ADD],
        vecs: Array.from({ length: Math.ceil(bytes / 4096) }, (_, i) => ({
          pfn: `0x${((head['pfn'] === '0' ? 0x1000 : parseInt(head['pfn']!, 16)) + i * 2).toString(16)}`,
          offset: 0,
          len: Math.min(4096, bytes - i * 4096),
        })),
      });
    }
    if (row.startsWith('SEQEND')) {
      // A bio that was not submitted (err=2) is printed after being put: its iterator says nothing.
      const notSubmitted = field['err'] === '2';
      sequence!.ends.push(
        notSubmitted ? 'not submitted' : `err=${field['err']} flags=${field['flags']} iter=${field['iter']}`,
      );
    }
  }
  return found;
}

function ended(outcome: IoOutcome, io: Io): string {
  if (outcome.state !== 'completed') return outcome.state.replace('-', ' ');
  return `err=${outcome.error} flags=${outcome.flags.toString(16)} iter=${io.sector}/${outcome.bytes}/0/0`;
}

describe.each([
  ['v1-on-4.0', 'v1-ram0-flag', 'v1', 1],
  ['v1-on-4.0', 'v1-ram0-noflag', 'v1', 1],
  ['plain-4.1.3', 'raw-brd', undefined, 1],
  ['plain-4.1.3', 'raw-pmem', undefined, 253],
] as const)('%s %s', (folder, trace, posting, major) => {
  const text = capture(`captures-2015/${folder}/traces/${trace}.txt`);
  const [log, rest] = text.split('# devices:');
  const lists = sequences(log!);

  it('ends every bio with the same error, flags and iterator', () => {
    expect(lists.length).toBeGreaterThan(0);
    for (const { pfnFlag, workload, ends } of lists) {
      const { outcomes } = simulate(machine(folder, posting, pfnFlag), workload);
      expect(outcomes.map((o, i) => ended(o, workload[i]!))).toEqual(ends);
    }
  });

  it('queues the same bios in the same order, and no others', () => {
    const real = [...rest!.matchAll(/block_bio_queue: (\d+),0 (\S+) (\d+) \+ (\d+) \[init\]/g)]
      .filter((m) => Number(m[1]) === major)
      .map((m) => `${m[2]} ${m[3]} + ${m[4]}`);
    const ours = lists.flatMap(({ pfnFlag, workload }) => {
      const { recording } = simulate(machine(folder, posting, pfnFlag), workload);
      return [...events(recording)]
        .filter((e) => e.name.name === 'block_bio_queue')
        .map((e) => `${e.d === 1 ? 'W' : 'R'} ${e.a} + ${e.c}`);
    });
    expect(real.length).toBeGreaterThan(0);
    expect(ours).toEqual(real);
  });
});

describe('a page-less write to brd with the queue flag set', () => {
  const write: Io = {
    op: 'write',
    device: 'ram0',
    sector: 0,
    add: 'bio_add_pfn',
    vecs: [{ pfn: '0x40000', offset: 0, len: 4096 }],
  };

  it('dies in v1 where the real kernel died: same address, same function', () => {
    const oops = capture('captures-2015/v1-on-4.0/oops/brd.txt');
    const address = /paging request at ([0-9a-f]{16})/.exec(oops)![1]!;
    const where = /IP: \[<[0-9a-f]+>\] (\w+)\+/.exec(oops)![1]!;
    const { outcomes } = simulate(machine('v1-on-4.0', 'v1', true), [write]);
    expect(outcomes[0]).toMatchObject({
      state: 'oops',
      because: `BUG: unable to handle kernel paging request at ${address}, in ${where}`,
    });
  });
});
