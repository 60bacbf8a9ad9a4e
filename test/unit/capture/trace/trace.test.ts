import { describe, expect, it } from 'vitest';
import { readTraceFile, traceCase, type TraceCase } from '../../../../src/capture/trace';
import type { KernelChoice } from '../../../../src/model/flavour';

const DEVICES = `# devices:
   8        0      65536 sda
   8       16      65536 sdb
   8       17       1024 sdb1
   9        1      65536 md1
 249        0      16384 dm-0
lin: 0 16384 linear 8:0 2048
lin: 16384 16384 linear 8:16 4096
md1 : active raid1 sdb[1] sda[0]
      65536 blocks super non-persistent [2/2] [UU]
sdb1 start 2048 size 2048 alignment_offset 0 discard_alignment 0
sda scheduler noop [deadline] cfq
QLIM,/dev/sda,8:0,make_request=blk_queue_bio,merge_bvec=          (null),flags=716b02,flush_flags=3000,nr_requests=128,l{bounce_pfn=fff,seg_boundary=ffffffff,max_hw_sectors=256,chunk_sectors=0,max_sectors=256,max_segment_size=65536,pbs=512,align=0,io_min=512,io_opt=0,max_discard=0,max_ws=0,dgran=0,dalign=0,lbs=512,max_segs=168,max_isegs=0,misaligned=0,dmisaligned=0,cluster=1,dzeroes=0,rpse=0}
`;

/** A trace of these events: "task event: arguments", a microsecond each. */
function caseOf(events: string, log = '', kernel: KernelChoice = { flavour: '4.1' }): TraceCase {
  const lines = events
    .trim()
    .split('\n')
    .map((line, i) => {
      const [task, ...rest] = line.trim().split(' ');
      return `${task!}-1 [000] .... 1.${String(i).padStart(6, '0')}: ${rest.join(' ')}`;
    });
  const read = readTraceFile(`# driver log:\n${log}${DEVICES}# trace:\n${lines.join('\n')}\n`, 'test');
  if (!read.ok) throw new Error(read.problems[0]!.message);
  const made = traceCase(read.value, { name: 'test', kernel, beside: [], siblings: [], pmemPages: false });
  if (typeof made === 'string') throw new Error(made);
  return made;
}

const short = ({ ios }: TraceCase) =>
  ios.map((io) =>
    `${io.batch}${io.plug ? 'p' : ''} ${io.op} ${io.device} ${io.sector} ${(io.flags ?? []).join(' ')}`.trim(),
  );

describe('the machine of a trace', () => {
  it('has the disks that were touched, with limits, flags and tables', () => {
    const { machine } = caseOf('dd block_bio_queue: 249,0 W 0 + 8 [dd]');
    const [dm, sda, sdb] = machine.devices!;
    expect(dm).toMatchObject({ name: 'dm-0', number: '249:0', driver: 'dm' });
    expect(sda).toMatchObject({
      name: 'sda',
      driver: 'sd',
      sectors: 131072,
      queue: {
        writeCache: 'write-back-fua',
        scheduler: 'deadline',
        nomerges: 2,
        sgGaps: true,
        noSgMerge: true,
        limits: { max_segments: 168, bounce_pfn: '0xfff' },
      },
    });
    expect(sdb).toMatchObject({ partitions: [{ name: 'sdb1', number: '8:17', start: 2048, sectors: 2048 }] });
  });

  it('says what it has no model of', () => {
    const text =
      '# devices:\n 249 0 4 xvda\n# trace:\ndd-1 [000] .... 1.0: block_bio_queue: 249,0 W 0 + 8 [dd]\n';
    const read = readTraceFile(text, 'test');
    const context = {
      name: '',
      kernel: { flavour: '4.1' },
      beside: [],
      siblings: [],
      pmemPages: false,
    } as const;
    expect(read.ok && traceCase(read.value, context)).toBe('xvda: no model of its driver');
  });
});

describe('the workload of a trace', () => {
  it('is what comes from above: not what dm, md and partitions send further down', () => {
    expect(
      short(
        caseOf(`
          dd block_bio_queue: 249,0 WS 0 + 8 [dd]
          dd block_bio_remap: 8,0 WS 2048 + 8 <- (249,0) 0
          dd block_bio_queue: 8,0 WS 2048 + 8 [dd]
          cp block_bio_remap: 8,16 FWFS 2056 + 8 <- (8,17) 8
          cp block_bio_queue: 8,16 FWFS 2056 + 8 [cp]`),
      ),
    ).toEqual(['0 write dm-0 0 sync', '1 write sdb1 8 sync flush fua']);
    expect(
      short(
        caseOf(`
          dd block_bio_queue: 9,1 W 0 + 8 [dd]
          md1_raid1 block_bio_queue: 8,0 W 0 + 8 [md1_raid1]
          md1_raid1 block_bio_queue: 8,16 W 0 + 8 [md1_raid1]`),
      ),
    ).toEqual(['0 write md1 0']);
  });

  it('knows a plug, and that a task has waited', () => {
    expect(
      short(
        caseOf(`
          dd block_bio_queue: 8,0 R 0 + 8 [dd]
          dd block_getrq: 8,0 R 0 + 8 [dd]
          dd block_plug: [dd]
          dd block_bio_queue: 8,0 R 8 + 8 [dd]
          dd block_bio_backmerge: 8,0 R 8 + 8 [dd]
          dd block_rq_insert: 8,0 R 0 () 0 + 16 [dd]
          dd block_unplug: [dd] 1
          dd block_rq_issue: 8,0 R 0 () 0 + 16 [dd]
          dd block_rq_complete: 8,0 R () 0 + 16 [0]
          dd block_bio_queue: 8,0 R 16 + 8 [dd]
          dd block_getrq: 8,0 R 16 + 8 [dd]
          dd block_rq_insert: 8,0 R 0 () 16 + 8 [dd]`),
      ),
    ).toEqual(['0p read sda 0', '0p read sda 8', '1 read sda 16']);
  });

  it('does not take the plug that 6.12 opens for each bio for the task’s', () => {
    const one = (sector: number) => `
      dd block_bio_queue: 8,0 WS ${sector} + 8 [dd]
      dd block_getrq: 8,0 WS ${sector} + 8 [dd]
      dd block_plug: [dd]
      dd block_unplug: [dd] 1
      dd block_rq_issue: 8,0 WS 4096 () ${sector} + 8 be,0,4 [dd]`;
    const { ios } = caseOf(one(0) + one(8), '', { flavour: '6.12' });
    expect(ios.map(({ plug }) => plug)).toEqual([false, false]);
  });

  it('takes the lists of the test driver from its log, with what was refused, and how each bio ended', () => {
    const log = `SEQ,/dev/sda,8:0,rw=wf,plug=1,how=pfn,pfn=40000,q{max_sectors=256,max_hw=256,max_segs=168,flags=916a02}
SEQBIO,id=0,sector=8,sectors=8,added_bytes=0,last_add_ret=0,vcnt=0,flags=1
SEQBIO,id=1,sector=16,sectors=12,added_bytes=6144,last_add_ret=4096,vcnt=2,flags=801
SEQEND,id=0,err=2,flags=0,iter=0/0/0/0
SEQEND,id=1,err=-95,flags=800,iter=16/6144/0/0
`;
    const made = caseOf(
      `init t_seq: k2015 submit id=1 sector=16 sectors=12
       init block_bio_queue: 8,0 FWS 16 + 12 [init]`,
      log,
      { flavour: '4.1-pfn', posting: 'v1' },
    );
    expect(short(made)).toEqual(['0p write sda 8 sync noidle flush', '0p write sda 16 sync noidle flush']);
    expect(made.ios[1]).toMatchObject({
      add: 'bio_add_pfn',
      vecs: [
        { pfn: '0x40000', offset: 0, len: 4096 },
        { pfn: '0x40001', offset: 0, len: 2048 },
      ],
    });
    expect([...made.ends]).toMatchObject([
      [0, { error: 2 }],
      [1, { error: -95, flags: 0x800, iter: '16/6144/0/0' }],
    ]);
    expect(made.machine.devices![0]!.queue!.pfn).toBe(true);
  });

  it('reads bios from a probe, without clones and the rest of splits', () => {
    const probe = (dev: string, sector: number, idx: number, vcnt: number) =>
      `bv: (submit_bio_noacct+0x4/0x5d0) bio=0xffff888000000000 dev=${dev} opf=0x8801 sector=${sector} size=8192 ` +
      `idx=${idx} done=0 vcnt=${vcnt} vec=0xffff888000000100 bv0=[0xffffea0000000040,8192,0]`;
    const { ios } = caseOf(
      `dd ${probe('0xf900000', 0, 0, 1)}
       dd block_bio_queue: 249,0 WS 0 + 16 [dd]
       dd block_bio_remap: 8,0 WS 2048 + 16 <- (249,0) 0
       dd ${probe('0x800000', 2048, 0, 0)}
       dd block_split: 249,0 WS 16 / 16 [dd]
       dd ${probe('0xf900000', 16, 1, 2)}`,
      '',
      { flavour: '6.12' },
    );
    expect(ios).toMatchObject([
      { device: 'dm-0', sector: 0, flags: ['sync'], vecs: [{ pfn: '0x1', offset: 0, len: 8192 }] },
    ]);
  });
});

describe('a broken trace', () => {
  it.each([
    ['dd-1 [000] .... 1.0: block_bio_queue: 8,0 W 0 + [dd]\n', 2, 'block_bio_queue: its arguments'],
    ['dd: block_bio_queue: 8,0 W 0 + 8 [dd]\n', 2, 'expected "TASK-PID'],
  ])('%j is refused with its line', (text, line, message) => {
    const read = readTraceFile(`# trace:\n${text}`, 'test');
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.problems[0]!.line).toBe(line);
    expect(read.problems[0]!.message).toContain(message);
  });

  it('is refused without a header', () => {
    const read = readTraceFile('nothing', 'test');
    expect(!read.ok && read.problems[0]!.message).toContain('# trace:');
  });
});
