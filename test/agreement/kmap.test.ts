import { describe, expect, it } from 'vitest';
import { KmapSlots } from '../../src/engine/kmap/atomic';
import { Cpu, preempt_count } from '../../src/engine/kmap/cpu';
import { KmapRanges, type KmapRange } from '../../src/engine/kmap/ranges';
import { Rcu } from '../../src/engine/kmap/rcu';
import { __va } from '../../src/engine/memory/address-space';
import { capture, fields } from './captures';

const PFN_DEV = 4;
const bytes = (text: string | undefined) => parseInt(text!, 16);

/** One kernel, driven row by row as the test module drove the real one. */
function replay() {
  const rcu = new Rcu();
  const slots = new KmapSlots();
  const kmap = new KmapRanges(slots, rcu);
  const cpu = new Cpu(0, 'init/50');
  const known = new Map<string, KmapRange>();
  const ours: string[] = [];

  const define = (row: Record<string, string>) =>
    known.set(row['1']!, {
      owner: `range${row['1']}`,
      start: bytes(row['start']),
      end: bytes(row['end']),
      base: BigInt(`0x${row['base']}`),
    });

  /** `KMAPREG,2(overlaps 0: 44400000-447fffff),rc=0`: some were registered elsewhere than they were defined. */
  const register = (row: Record<string, string>) => {
    const [, number, start, end] = /^(\d+)(?:\(overlaps \d+: ([0-9a-f]+)-([0-9a-f]+)\))?/.exec(row['1']!)!;
    const range = { ...known.get(number!)!, ...(start ? { start: bytes(start), end: bytes(end) } : {}) };
    known.set(number!, range);
    ours.push(`KMAPREG,${row['1']},rc=${kmap.devm_register_kmap_pfn_range(range)}`);
  };

  const remove = (stage: string) => {
    const which = /^after-remove-(\d+|all)$/.exec(stage)?.[1];
    for (const range of kmap.registered)
      if (which === 'all' || range.owner === `range${which}`) kmap.list_del_rcu(range);
  };

  const map = (row: Record<string, string>) => {
    remove(row['1']!);
    const pfn = bytes(row['pfn']);
    const flags = bytes(row['flags']);
    const address = kmap.kmap_atomic_pfn_t(cpu, { pfn, dev: (flags & PFN_DEV) !== 0 });
    const range = kmap.registered.find(
      (r) => address !== null && address >= r.base && address <= r.base + BigInt(r.end - r.start),
    );
    const [what, offset] =
      address === null
        ? ['NULL', 0n]
        : range
          ? [range.owner, address - range.base]
          : ['pageaddr', address - __va(0n)];
    ours.push(
      `KMAP,${row['1']},pfn=${row['pfn']},flags=${row['flags']},=>${what},offset=${offset.toString(16)}`,
    );
    kmap.kunmap_atomic_pfn_t(cpu, address);
    expect(preempt_count(cpu)).toBe(0);
    expect(rcu.readers).toBe(0);
  };

  return { rcu, kmap, cpu, known, ours, define, register, map };
}

describe('kmap_atomic_pfn_t against the v5 code run in a kernel (v5-kmap.csv)', () => {
  const rows = capture('captures-2015/v5-helpers/v5-kmap.csv').trim().split('\n');

  it('gives every row: NULL, range and offset, or the direct map', () => {
    expect(rows).toHaveLength(33);
    const kernel = replay();
    for (const text of rows) {
      const row = fields(text);
      if (row['0'] === 'KMAPRANGE') kernel.define(row);
      else if (row['0'] === 'KMAPREG') kernel.register(row);
      else if (row['0'] === 'KMAP') kernel.map(row);
    }
    expect(kernel.ours).toEqual(rows.filter((row) => /^KMAP(REG)?,/.test(row)));
  });

  it('gives every KMAPWAIT row: teardown waits for the open kmap, whose end lowers the preempt count below 0', () => {
    const { kmap, rcu, cpu, known, define, register } = replay();
    for (const row of rows.map(fields)) {
      if (row['0'] === 'KMAPRANGE') define(row);
      else if (row['0'] === 'KMAPREG' && row['1'] === '0') register(row);
    }
    const wait = Object.assign({}, ...rows.filter((row) => row.startsWith('KMAPWAIT')).map(fields)) as Record<
      string,
      string
    >;
    const range = known.get('0')!;
    const device = { pfn: range.start / 4096, dev: true };
    const count = () => preempt_count(cpu).toString(16);

    expect(count()).toBe(wait['preempt_count_before_kmap']);
    const held = kmap.kmap_atomic_pfn_t(cpu, device);
    expect(count()).toBe(wait['after_kmap']);

    kmap.list_del_rcu(range);
    expect(kmap.registered).toEqual([]);
    expect(Number(wait['range_left_list_after_ms'])).toBeGreaterThanOrEqual(0);
    const done = rcu.gracePeriod();
    expect(String(Number(done()))).toBe(wait['teardown_done_while_held']);
    const other = new Cpu(1, 'other');
    expect(String(kmap.kmap_atomic_pfn_t(other, device)).toUpperCase()).toBe(wait['kmap_during_teardown']);

    expect(count()).toBe(wait['preempt_count_before_kunmap']);
    expect(kmap.kunmap_atomic_pfn_t(cpu, held)).toBe('kunmap_atomic');
    expect(wait['after_kunmap']).toMatch(new RegExp(`^${count()} \\(kunmap took the kunmap_atomic branch`));
    expect(String(Number(done()))).toBe(wait['done']);
  });
});
