import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/engine/machine';
import type { MachineSpec } from '../../src/model/machine-spec';
import type { Io } from '../../src/model/workload-spec';
import { readIomem } from '../../src/capture/iomem';
import { capture } from './captures';

/** What v1 left broken, as the fault the real kernel printed. How its bios end is in `bioscope agree`. */
/** The guest the series ran in, with a promise no driver of it makes: brd handles page-less bios. */
function guest(): MachineSpec {
  const iomem = readIomem(capture('captures-2015/v1-on-4.0/iomem.txt'));
  if (!iomem.ok) throw new Error('iomem.txt is not what it was');
  return {
    name: 'v1-on-4.0',
    kernel: { flavour: '4.1-pfn', posting: 'v1' },
    memory: { ranges: iomem.value.ranges },
    devices: [{ name: 'ram0', driver: 'brd', sectors: 131072, queue: { pfn: true } }],
  };
}

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
    const { outcomes } = simulate(guest(), [write]);
    expect(outcomes[0]).toMatchObject({
      state: 'oops',
      because: `BUG: unable to handle kernel paging request at ${address}, in ${where}`,
    });
  });
});
