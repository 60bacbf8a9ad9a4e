import { describe, expect, it } from 'vitest';
import { deviceNumbers } from '../../../src/model/device-number';
import { blkparseLines } from '../../../src/model/print/blkparse';
import { ftraceLines } from '../../../src/model/print/ftrace';
import { rwbs } from '../../../src/model/print/rwbs';
import { Recorder, type Recording } from '../../../src/model/recording';

const [WRITE, SYNC, META, DISCARD, FUA, FLUSH, RAHEAD, FLUSH_SEQ] = [
  1,
  1 << 4,
  1 << 5,
  1 << 7,
  1 << 12,
  1 << 13,
  1 << 14,
  1 << 28,
];

describe('rwbs', () => {
  it.each([
    ['4.1', WRITE, 8, 'W'],
    ['4.1', WRITE | FLUSH | FUA | SYNC, 8, 'FWFS'],
    ['4.1', WRITE | FLUSH | SYNC, 0, 'FWS'],
    ['4.1', WRITE | DISCARD, 8, 'W'],
    ['4.1', META | RAHEAD, 8, 'RAM'],
    ['4.1', 0, 0, 'N'],
    ['6.12', WRITE | DISCARD, 8, 'D'],
    ['6.12', WRITE | SYNC | FLUSH, 0, 'FWS'],
    ['6.12', WRITE | FLUSH | FLUSH_SEQ, 0, 'FF'],
    ['6.12', META | RAHEAD, 8, 'RAM'],
  ] as const)('%s: flags %i, %i sectors are %s', (flavour, flags, sectors, text) => {
    expect(rwbs(flavour, flags, sectors)).toBe(text);
  });
});

describe('device numbers', () => {
  it('are the spec’s own, or fit the driver and are free', () => {
    const numbers = deviceNumbers(
      [
        { name: 'sda', driver: 'sd', sectors: 8 },
        { name: 'sdb', driver: 'sd', sectors: 8, partitions: [{ name: 'sdb1', start: 0, sectors: 8 }] },
        { name: 'ram0', driver: 'brd', sectors: 8, number: '1:5' },
        { name: 'nullb0', driver: 'null_blk', sectors: 8 },
        { name: 'pmem0', driver: 'pmem', start: '0x0', end: '0x1000' },
        { name: 'nvme0n1', driver: 'nvme', sectors: 8 },
      ],
      '4.1',
    );
    expect(Object.fromEntries(numbers)).toEqual({
      sda: '8:0',
      sdb: '8:16',
      sdb1: '8:17',
      ram0: '1:5',
      nullb0: '250:0',
      pmem0: '259:0',
      nvme0n1: '259:1',
    });
  });
});

/** A write that goes through dm to a disk, with a flush there. */
function recording(): Recording {
  const recorder = new Recorder();
  const args = ['', '', '', '', ''] as const;
  const trace = (name: string) => recorder.define({ name, kind: 'trace', args });
  const [dm, sd] = [recorder.addDevice('dm-0'), recorder.addDevice('sda')];
  const flags = WRITE | SYNC;
  recorder.emit(trace('block_bio_queue'), 1_000_001_000, dm, 1, 8, 0, 16, 0, flags, 0);
  recorder.emit(
    recorder.define({ name: 'bio_clone', kind: 'call', args }),
    1_000_001_500,
    dm,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
  );
  recorder.emit(trace('block_bio_remap'), 1_000_002_000, sd, 2, 2056, 8, 16, dm, flags, 0);
  recorder.emit(trace('block_split'), 1_000_003_000, sd, 2, 2056, 2064, 16, 0, flags, 0);
  recorder.emit(trace('block_plug'), 1_000_004_000, sd, 2, 0, 0, 0, 0, 0, 0);
  recorder.emit(trace('block_unplug'), 1_000_005_000, sd, 2, 0, 0, 1, 1, 0, 0);
  recorder.emit(
    trace('block_rq_issue'),
    1_000_006_000,
    sd,
    2,
    -1,
    1,
    0,
    0,
    WRITE | FLUSH | SYNC | FLUSH_SEQ,
    0,
  );
  recorder.emit(trace('block_rq_complete'), 1_000_007_000, sd, 2, 2056, 1, 16, -5, flags, 0);
  recorder.emit(trace('block_io_done'), 1_000_008_000, sd, 2, 2056, 1, 16, 0, flags, 0);
  return recorder.finish({ timeUnit: 'ns', source: 'test', reconstructed: false });
}
const numbers = new Map([
  ['dm-0', '253:0'],
  ['sda', '8:0'],
]);

describe('a Recording as a trace', () => {
  it('prints as the ftrace of 4.1', () => {
    const lines = [...ftraceLines(recording(), { flavour: '4.1', numbers, task: 'init' })];
    expect(lines).toEqual([
      '            init-1     [000] ....     1.000001: block_bio_queue: 253,0 WS 8 + 16 [init]',
      '            init-1     [000] ....     1.000002: block_bio_remap: 8,0 WS 2056 + 16 <- (253,0) 8',
      '            init-1     [000] ....     1.000003: block_split: 8,0 WS 2056 / 2064 [init]',
      '            init-1     [000] ....     1.000004: block_plug: [init]',
      '            init-1     [000] ....     1.000005: block_unplug: [init] 1',
      '            init-1     [000] ....     1.000006: block_rq_issue: 8,0 FWS 0 () 18446744073709551615 + 0 [init]',
      '            init-1     [000] ....     1.000007: block_rq_complete: 8,0 WS () 2056 + 16 [-5]',
      '            init-1     [000] ....     1.000008: block_io_done: 8,0 WS 0 () 2056 + 0 none,0,0 [init]',
    ]);
  });

  it('prints as the ftrace of 6.12', () => {
    const lines = [...ftraceLines(recording(), { flavour: '6.12', numbers, task: 'dd' })];
    expect(lines.slice(5, 7)).toEqual([
      '              dd-1       [000] .....     1.000006: block_rq_issue: 8,0 FF 0 () 0 + 0 none,0,0 [dd]',
      '              dd-1       [000] .....     1.000007: block_rq_complete: 8,0 WS () 2056 + 16 be,0,4 [-5]',
    ]);
  });

  it('prints as blkparse does, from the first event on', () => {
    expect([...blkparseLines(recording(), { flavour: '4.1', numbers, task: 'dd' })]).toEqual([
      '253,0    0        1     0.000000000     1  Q  WS 8 + 16 [dd]',
      '  8,0    0        2     0.000001000     1  A  WS 2056 + 16 <- (253,0) 8',
      '  8,0    0        3     0.000002000     1  X  WS 2056 / 2064 [dd]',
      '  8,0    0        4     0.000003000     1  P   N [dd]',
      '  8,0    0        5     0.000004000     1  U   N [dd] 1',
      '  8,0    0        6     0.000005000     1  D FWS [dd]',
      '  8,0    0        7     0.000006000     1  C  WS 2056 + 16 [-5]',
    ]);
  });
});
