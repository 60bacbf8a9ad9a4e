import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Machine, simulate } from '../../../src/engine/machine';
import { phys } from '../../../src/model/address';
import { encodeRecording } from '../../../src/model/recording-codec';
import { events } from '../../../src/model/recording';
import type { Io } from '../../../src/model/workload-spec';
import { anyIo, kernels, machine, pagedIo } from '../arbitraries';

const bytesOf = (m: Machine, io: Io) =>
  Buffer.concat(io.vecs.map((v) => m.kernel.bytes.read(phys(v.pfn) * 4096 + v.offset, v.len))).toString(
    'hex',
  );

describe('every workload', () => {
  const workloads = fc.array(anyIo, { maxLength: 10 });

  it('completes each submitted bio exactly once, unless the task dies', () => {
    fc.assert(
      fc.property(kernels, workloads, fc.boolean(), (kernel, workload, flag) => {
        const { recording, outcomes } = simulate(machine(kernel, flag), workload);
        const all = [...events(recording)];
        const count = (name: string, bio: number) =>
          all.filter((e) => e.name.name === name && e.object === bio).length;
        for (const outcome of outcomes) {
          if (outcome.state === 'not-reached') continue;
          expect(count('submit_bio', outcome.bio)).toBe(outcome.state === 'not-submitted' ? 0 : 1);
          expect(count('bio_endio', outcome.bio)).toBe(outcome.state === 'completed' ? 1 : 0);
        }
        expect(outcomes.filter((o) => o.state === 'oops').length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('leaks no bio and no vector, except those an oops leaves behind', () => {
    fc.assert(
      fc.property(kernels, workloads, fc.boolean(), (kernel, workload, flag) => {
        const m = new Machine(machine(kernel, flag));
        const died = m.run(workload).outcomes.some((o) => o.state === 'oops');
        expect(m.kernel.bios.live).toBe(died ? 1 : 0);
        expect(m.kernel.bvecs.live === 0).toBe(!died);
        expect(m.kernel.loop.idle).toBe(true);
      }),
    );
  });

  it('gives the same Recording byte for byte, twice', () => {
    fc.assert(
      fc.property(kernels, workloads, (kernel, workload) => {
        const once = encodeRecording(simulate(machine(kernel), workload).recording);
        expect(encodeRecording(simulate(machine(kernel), workload).recording)).toEqual(once);
      }),
    );
  });

  it('never touches a page-less byte through a struct page without an oops', () => {
    fc.assert(
      fc.property(workloads, (workload) => {
        const { recording } = simulate(machine({ flavour: '4.1-pfn', posting: 'v3' }, true), workload);
        for (const e of events(recording)) {
          if (e.name.name !== 'memcpy' || e.device !== 'ram0') continue;
          expect(e.a).toBeLessThan(0x40000000);
          expect(e.b).toBeLessThan(0x40000000);
        }
      }),
    );
  });
});

describe('data', () => {
  it('read equals data written, on both disks, whatever the vectors are', () => {
    fc.assert(
      fc.property(kernels, pagedIo, fc.nat(), (kernel, io, seed) => {
        const sectors = io.vecs.reduce((sum, v) => sum + v.len, 0) / 512;
        const sector = Math.min(io.sector, 2048 - sectors);
        const write: Io = { ...io, op: 'write', sector, fill: seed };
        // The same bytes come back into other pages, cut in the same places.
        const read: Io = {
          ...io,
          op: 'read',
          sector,
          vecs: io.vecs.map((v, i) => ({ ...v, pfn: `0x${(0x800 + i).toString(16)}` })),
        };
        const m = new Machine(machine(kernel), {
          inUse: [...write.vecs, ...read.vecs].map((v) => phys(v.pfn)),
        });
        const { outcomes } = m.run([write, read]);
        expect(outcomes.map((o) => o.error)).toEqual([0, 0]);
        expect(bytesOf(m, read)).toBe(bytesOf(m, write));
      }),
    );
  });

  it('is not moved when copying is off, but is counted', () => {
    const write: Io = {
      op: 'write',
      device: 'ram0',
      sector: 0,
      add: 'bio_add_page',
      vecs: [{ pfn: '0x100', offset: 0, len: 4096 }],
      fill: 3,
    };
    const read: Io = {
      op: 'read',
      device: 'ram0',
      sector: 0,
      add: 'bio_add_page',
      vecs: [{ pfn: '0x200', offset: 0, len: 4096 }],
    };
    const m = new Machine(machine({ flavour: '4.1' }), { copyBytes: false, inUse: [0x100, 0x200] });
    m.run([write, read]);
    expect(m.kernel.bytesCopied).toBe(8192);
    expect(m.kernel.bytes.read(0x200000, 4096).every((b) => b === 0)).toBe(true);
  });
});

describe('faults', () => {
  const write = (sector: number): Io => ({
    op: 'write',
    device: 'ram0',
    sector,
    add: 'bio_add_page',
    vecs: [{ pfn: '0x100', offset: 0, len: 4096 }],
  });

  it('a failed page allocation ends the write with -ENOSPC and nothing else', () => {
    const m = new Machine(machine({ flavour: '4.1' }), { failAllocations: [2], inUse: [0x100] });
    const { outcomes } = m.run([write(0), write(8), write(16)]);
    expect(outcomes.map((o) => o.error)).toEqual([0, -28, 0]);
    expect(outcomes[1]!.because).toMatch(/no free page/);
    expect(m.kernel.bios.live).toBe(0);
  });

  it('an I/O past the end is refused with -EIO and both kernel messages', () => {
    const { recording, outcomes } = simulate(machine({ flavour: '4.1' }), [write(2044)]);
    expect(outcomes[0]).toMatchObject({
      error: -5,
      because: 'bio_check_eod: end sector 2052 > capacity 2048 of ram0',
    });
    const log = [...events(recording)].filter((e) => e.name.kind === 'printk').map((e) => e.note);
    expect(log).toEqual(['attempt to access beyond end of device', 'ram0: rw=1, want=2052, limit=2048']);
  });

  it('a page-less vector in v3 is a NULL page: a general protection fault, badge on', () => {
    const io: Io = {
      op: 'write',
      device: 'pmem0',
      sector: 0,
      add: 'bio_add_pfn',
      vecs: [{ pfn: '0x40010', offset: 0, len: 4096 }],
    };
    const { recording, outcomes } = simulate(machine({ flavour: '4.1-pfn', posting: 'v3' }, true), [
      io,
      write(0),
    ]);
    expect(outcomes.map((o) => o.state)).toEqual(['oops', 'not-reached']);
    expect(outcomes[0]!.because).toBe('general protection fault: 0000, in pmem_do_bvec');
    expect(recording.reconstructed).toBe(true);
  });
});
