import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  explainDmaErrors,
  explanationText,
  nothingFoundText,
  RECOGNISED,
} from '../../../../src/engine/dma/explain';
import { mutated, randomFrom } from '../../capture/mutate';

const CAPTURES = join(__dirname, '../../../agreement/captures');
const captured = (path: string) => readFileSync(join(CAPTURES, 'captures-2015', path), 'utf8');

/** The explanation of a text that holds one message. */
function only(text: string) {
  const found = explainDmaErrors(text);
  expect(found.map(({ kind }) => kind)).toHaveLength(1);
  return found[0]!;
}

/** All that is said about the numbers, as one text. */
const facts = (text: string) =>
  only(text)
    .numbers.map(({ says, means }) => `${says}: ${means}`)
    .join('\n');

describe('swiotlb', () => {
  it('explains why a pool with 4 of 32768 slots in use is full', () => {
    const line =
      'ahci 0000:00:1f.2: swiotlb buffer is full (sz: 393216 bytes), total 32768 (slots), used 4 (slots)';
    const { title, meaning, message, printedBy } = only(`[  101.123456] ${line}\n`);
    expect(message).toBe(line);
    expect(title).toContain('bigger than any can be');
    expect(meaning).toContain('128 slots = 256 KiB');
    expect(printedBy).toContain('kernel/dma/swiotlb.c');
    expect(facts(line)).toContain('384 KiB: needs 192 slots');
    expect(facts(line)).toContain('64 MiB in 256 groups of 128 slots');
    expect(facts(line)).toContain('32764 slots are free, and yet it is "full"');
  });

  it('tells a used-up pool from a fragmented one and from none', () => {
    const full = (size: number, total: number, used: number) =>
      facts(`d: swiotlb buffer is full (sz: ${size} bytes), total ${total} (slots), used ${used} (slots)`);
    expect(full(65536, 512, 500)).toContain('12 slots are free: fewer than the 32 that are needed');
    expect(full(65536, 512, 300)).toContain('212 slots are free, but no group has 32 of them side by side');
    expect(full(262144, 32768, 32000)).toContain('needs 128 slots of 2 KiB side by side of the 128');
    expect(full(4096, 0, 0)).toContain('no pool at all');
  });

  it('knows the form of 4.1, and what follows it', () => {
    const found = explainDmaErrors(captured('plain-4.1.3/dmesg-swiotlb-force-1M.txt'));
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['swiotlb-full', 'swiotlb-out-of-space']));
    const first = found[0]!;
    expect(first.message).toBe('k2015-0: swiotlb buffer is full (sz: 22528 bytes)');
    expect(first.numbers[1]!.means).toContain('22 KiB: needs 11 slots');
    expect(facts('DMA: Out of SW-IOMMU space for 36864 bytes at device k2015-3')).toContain(
      'the kernel panics',
    );
    expect(facts('ahci 0000:00:1f.2: DMA: Out of SW-IOMMU space for 4096 bytes')).toContain('needed 2 slots');
  });

  it('knows the panic, and the BUG for a size of 0', () => {
    const panic = explainDmaErrors(captured('plain-4.1.3/serial-swiotlb-full-panic.txt'));
    expect(panic.map(({ kind }) => kind)).toContain('swiotlb-panic');
    expect(panic.find(({ kind }) => kind === 'swiotlb-panic')!.numbers[0]!.means).toContain(
      'DMA_FROM_DEVICE',
    );
    expect(only(captured('iommu-4.1.3/oops/swiotlb-map-size-0-bug.txt')).meaning).toContain('0 bytes');
  });
});

describe('masks', () => {
  it('does the arithmetic of nommu', () => {
    const found = explainDmaErrors(captured('plain-4.1.3/dmesg-nommu.txt'));
    expect(found.map(({ kind }) => kind)).toEqual(Array(found.length).fill('nommu-overflow'));
    const text = facts('[    1.561267] nommu_map_single: overflow 100000200+2048 of device mask ffffffff');
    expect(text).toContain('0x100000200 + 2048 - 1 = 0x1000009ff > 0xffffffff: the whole buffer');
    expect(text).toContain('32 bits: the device reaches the first 4 GiB');
    expect(facts('nommu_map_sg: overflow fffff000+8192 of device mask ffffffff')).toContain('its last 4 KiB');
    expect(only('nommu_map_sg: overflow fffff000+8192 of device mask ffffffff').meaning).toContain(
      'returns 0',
    );
  });

  it('knows what replaced it', () => {
    const line = '0000:03:00.0: DMA addr 0x0000000123456000+4096 overflow (mask ffffffff, bus limit 0).';
    expect(facts(line)).toContain('the bus sets no limit');
    expect(only(line).kind).toBe('direct-overflow');
    const low = 'd: swiotlb addr 0x00000000f0000000+512 overflow (mask fffffff, bus limit ffffff).';
    expect(only(low).title).toContain('bounce buffer');
    expect(facts(low)).toContain('> 0xffffff');
  });
});

describe('IOMMUs', () => {
  it('explains the GART', () => {
    const line = 'e1000 0000:02:01.0: PCI-DMA: Out of IOMMU space for 262144 bytes';
    expect(facts(line)).toContain('256 KiB: 64 entries of 4 KiB');
    expect(facts(line)).toContain('4.1 panics');
    expect(facts('PCI-DMA: Out of IOMMU space for 4096 bytes at device 02:01.0')).toContain('02:01.0');
    expect(only('PCI-DMA: Memory would be corrupted').kind).toBe('gart-panic');
    const both =
      'PCI-DMA: More than 4GB of RAM and no IOMMU\nMore than 4GB of memory but GART IOMMU not available.';
    expect(explainDmaErrors(both).map(({ kind }) => kind)).toEqual(['gart-missing', 'gart-missing']);
  });

  it('reads VT-d faults in the old form of two lines, in one line, and with PASIDs', () => {
    const old =
      'DMAR:[DMA Write] Request device [00:02.0] fault addr 6df084000 \nDMAR:[fault reason 05] PTE Write access is not set';
    expect(facts(old)).toContain('does not allow writing');
    expect(facts(old)).toContain('[fault reason 05] PTE Write access is not set:');
    const oneLine =
      'DMAR: [DMA Read] Request device [00:05.0] PASID ffffffff fault addr 76406000 [fault reason 06] PTE Read access is not set';
    expect(facts(oneLine)).toContain('PASID ffffffff: no process address space id');
    expect(facts(oneLine)).toContain('the page at bus address 0x76406000');
    const now =
      'DMAR: [DMA Read NO_PASID] Request device [0x00:0x0d.2] fault addr 0x1026a4000 [fault reason 0x51] SM: Present bit in Directory Entry is clear';
    expect(facts(now)).toContain('PASID directory');
    const wrapped =
      'DMAR: [DMA Write PASID 0x12] Request device [00:12.0] fault addr 0x0\n [fault reason 0x02] Present bit in context entry is clear';
    expect(facts(wrapped)).toContain('no domain is attached');
    expect(facts(wrapped)).toContain('Address 0 hints');
    const interrupt =
      'DMAR: [INTR-REMAP] Request device [e2:00.0] fault index 0xa00 [fault reason 0x25] Blocked a compatibility format interrupt request';
    expect(only(interrupt).title).toContain('interrupt');
    // Older kernels print the reason in decimal: 37 is 0x25.
    expect(facts(interrupt.replace('0x25', '37'))).toContain('compatibility');
  });

  it('keeps a fault apart from the next one', () => {
    const found = explainDmaErrors(
      'DMAR: [DMA Read] Request device [00:05.0] fault addr 1000\nDMAR: [DMA Write] Request device [00:05.0] fault addr 2000 [fault reason 05] x',
    );
    expect(found[0]!.numbers.some(({ says }) => says.includes('reason'))).toBe(false);
    expect(found[0]!.causes[0]).toContain('not in the text');
  });

  it('decodes the fault status register', () => {
    const text = facts('DMAR: DRHD: handling fault status reg 303');
    expect(text).toContain('PFO');
    expect(text).toContain('PPF');
    expect(text).toContain('bits 8–15: 3');
    expect(facts('dmar: DRHD: handling fault status reg 40')).toContain('ITE');
  });

  it('explains a full space of bus addresses, also where line feeds are missing', () => {
    const found = explainDmaErrors(captured('iommu-4.1.3/intel-on/messages.txt'));
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['vt-d-iova', 'vt-d-request']));
    expect(facts('Allocating 9-page iova for 0000:00:1c.0 failed')).toContain(
      'rounds up to a power of two: 16',
    );
    const joined =
      '[    6.2] Allocating 1-page iova for 0000:00:1c.0 failed<3>[    6.201291] Device 0000:00:1c.0 request: 10@7f85f000 dir 1 --- failed';
    expect(explainDmaErrors(joined).map(({ kind }) => kind)).toEqual(['vt-d-iova', 'vt-d-request']);
    expect(explainDmaErrors(joined)[1]!.numbers.map(({ means }) => means)[0]).toContain('16 pages');
    expect(only('Allocating domain for 0000:00:1c.0 failed').kind).toBe('vt-d-domain');
  });

  it('decodes the flags of AMD-Vi', () => {
    const line = (flags: string) =>
      `[Thu Jan  4 23:12:54 2024] ahci 0000:28:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0035 address=0x7fffff00000 flags=${flags}]`;
    expect(facts(line('0x0000'))).toContain('nothing is mapped');
    expect(facts(line('0x0030'))).toContain('RW (0x20) set: the device wanted to write');
    expect(facts(line('0x0010'))).toContain('the device wanted to read');
    expect(facts(line('0x0008'))).toContain('interrupt');
    expect(facts(line('0x0401'))).toContain('0x401 set: bits without a name');
    const old =
      'AMD-Vi: Event logged [IO_PAGE_FAULT device=0a:00.0 domain=0x001d address=0x000000000637c000 flags=0x0000]';
    expect(facts(old)).toContain('0a:00.0: the device');
    expect(facts(old)).toContain('bus address 0x637c000');
  });
});

describe('DMA-API debugging', () => {
  it('explains each of the reports of a real kernel, with the caller and who mapped', () => {
    const found = explainDmaErrors(captured('plain-4.1.3-debug/dmesg-dma-api-debug.txt'));
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(11);
    expect(new Set(found.map(({ title }) => title)).size).toBe(9);
    for (const { title, numbers } of found) {
      expect(title).not.toContain('does not know');
      expect(numbers.map(({ says }) => says)).toContain('Call Trace: t_dmadebug()');
    }
    expect(found[0]!.numbers.map(({ says }) => says)).toContain('Mapped at: t_dmadebug()');
    const sg = found.at(-1)!;
    expect(sg).toMatchObject({ count: 2, title: expect.stringContaining('number of entries') as string });
    expect(sg.lines).toHaveLength(2);
  });

  it('knows the reports of newer kernels', () => {
    const newer =
      'DMA-API: xhci_hcd 0000:00:14.0: mapping sg segment longer than device claims to support [len=98304] [max=65536]';
    expect(only(newer).title).toContain('longer than the device says');
    expect(facts(newer)).toContain('0000:00:14.0: the device');
    expect(facts(newer)).toContain('[max=65536]');
    for (const report of [
      'exceeded 7 overlapping mappings of cacheline 0x000000004a0ad6c0',
      "moxart-ethernet 92000000.mac: cacheline tracking EEXIST, overlapping mappings aren't supported",
      'nvme 0000:01:00.0: device driver maps memory from kernel text or rodata [addr=ffffffff81000000] [len=64]',
      'nvme 0000:01:00.0: device driver syncs DMA memory outside allocated range [device address=0x1000] [allocation size=64 bytes] [sync offset+size=128]',
      'nvme 0000:01:00.0: device driver has pending DMA allocations while released from device [count=1]',
      'nvme 0000:01:00.0: device driver does something new [size=1 bytes]',
    ]) {
      const { kind, title } = only(`DMA-API: ${report}`);
      expect(kind).toBe('dma-debug');
      expect(title.includes('does not know')).toBe(report.includes('something new'));
    }
  });
});

describe('memory without struct page', () => {
  it('explains the BUG in sg_page() of v1, and says what is reconstructed', () => {
    for (const file of ['bug_sg_page.txt', 'bug_nommu_sg.txt']) {
      const { title, reconstructed } = only(captured(`v1-on-4.0/oops/${file}`));
      expect(title).toContain('page-less entry');
      expect(reconstructed).toContain('v3');
    }
    expect(facts(captured('v1-on-4.0/oops/bug_nommu_sg.txt'))).toContain('RIP: nommu_map_sg');
    expect(only(captured('v1-on-4.0/oops/bug_sg_off.txt')).title).toContain('offset');
    expect(only('kernel BUG at ./include/linux/scatterlist.h:140!').meaning).toContain('CONFIG_DEBUG_SG');
    expect(only('scatterlist references unmapped memory').meaning).toContain('returns NULL');
  });

  it('explains a bounce that faults, both ways, and no other fault', () => {
    const read = facts(captured('v1-on-4.0/oops/swiotlb-bounce-pageless.txt'));
    expect(read).toContain('physical address 0x40000000, pfn 0x40000');
    expect(read).toContain('a read: copying the buffer into the pool');
    const write = facts(captured('v1-on-4.0/oops/swiotlb-force-notcapable-unmap-pageless.txt'));
    expect(write).toContain('a write: copying back');
    expect(explainDmaErrors(captured('v1-on-4.0/oops/brd.txt'))).toEqual([]);
  });

  it('explains a bio that is too big', () => {
    const text = facts('[   27.1] bio too big device sda (1024 > 256)');
    expect(text).toContain('1024 sectors of 512 bytes = 512 KiB');
    expect(text).toContain('128 KiB');
  });
});

describe('the text', () => {
  it('has each part once, in plain lines of a readable width', () => {
    const log = captured('plain-4.1.3/dmesg-swiotlb-force-1M.txt');
    const text = explanationText(explainDmaErrors(log));
    for (const part of ['What it means', 'Likely causes', 'What to try', 'Sources'])
      expect(text).toContain(part);
    expect(text).toContain('as in 1.');
    expect(text.split('\n').every((line) => line.length < 140)).toBe(true);
  });

  it('says what it recognises when it recognises nothing', () => {
    expect(explainDmaErrors('hello\nworld')).toEqual([]);
    expect(explainDmaErrors('')).toEqual([]);
    const text = nothingFoundText(RECOGNISED).replace(/\s+/g, ' ');
    for (const looks of RECOGNISED) expect(text).toContain(looks);
  });

  it('keeps control characters and markup as harmless text, and finds more than one message in a pasted line', () => {
    const evil = '\u001b[31m<img src=x>: swiotlb buffer is full (sz: 1 bytes)';
    expect(only(evil).message).not.toContain('\u001b');
    const pasted =
      '[    1.000001] bio too big device sda (2 > 1) [    1.000002] bio too big device sdb (2 > 1)';
    expect(explainDmaErrors(pasted)).toHaveLength(2);
  });
});

describe('broken input', () => {
  const lines = [
    'plain-4.1.3-debug/dmesg-dma-api-debug.txt',
    'plain-4.1.3/dmesg-swiotlb-force-1M.txt',
    'v1-on-4.0/oops/swiotlb-bounce-pageless.txt',
    'v1-on-4.0/oops/bug_sg_page.txt',
    'iommu-4.1.3/intel-on/messages.txt',
  ]
    .flatMap((path) => captured(path).split('\n'))
    .concat(
      'DMAR: [DMA Read NO_PASID] Request device [2f:00.1] fault addr 0x7ebb0000 [fault reason 0x06] PTE',
      'AMD-Vi: Event logged [IO_PAGE_FAULT device=0a:00.0 domain=0x001d address=0x637c000 flags=0x0030]',
      'd: DMA addr 0x123456000+4096 overflow (mask ffffffff, bus limit 0).',
      'd: swiotlb buffer is full (sz: 393216 bytes), total 32768 (slots), used 4 (slots)',
    )
    .filter((line) => /swiotlb|DMA|iova|BUG|Oops|memcpy|Mapped|overflow/.test(line));

  it('is never thrown at, whatever is wrong with it', () => {
    for (let seed = 0; seed < 3000; seed++) {
      const text = mutated(lines, randomFrom(seed));
      try {
        explanationText(explainDmaErrors(text));
      } catch (error) {
        throw new Error(`seed ${seed} is thrown at`, { cause: error });
      }
    }
  });

  it('is read in time that grows with its length', () => {
    for (const part of ['a', '[', ' ', '[1.1', 'DMA-API: ', 'a: ', '\n', '<3>[ 1.000001] '])
      expect(Array.isArray(explainDmaErrors(part.repeat(200_000)))).toBe(true);
  });
});
