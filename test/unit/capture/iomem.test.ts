import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIomem } from '../../../src/capture/iomem';
import { formatProblem } from '../../../src/capture/problem';

const SAMPLE = `00000000-00000fff : Reserved
00001000-0009fbff : System RAM
00100000-3fffffff : System RAM
  01000000-01ffffff : Kernel code
40000000-4fffffff : Persistent Memory (legacy)
  40000000-4fffffff : namespace0.0
b0000000-bfffffff : PCI MMCONFIG 0000 [bus 00-ff]
  b0000000-bfffffff : Reserved
    b0000000-bfffffff : pnp 00:05
`;

function read(text: string) {
  const result = readIomem(text, 'iomem.txt');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

function refusal(text: string): string {
  const result = readIomem(text, 'iomem.txt');
  if (result.ok) throw new Error('expected a refusal');
  return result.problems.map(formatProblem).join('\n');
}

describe('/proc/iomem', () => {
  it('is a tree with exclusive ends, names kept as printed', () => {
    const { ranges } = read(SAMPLE);
    expect(ranges.map((r) => r.kind)).toEqual(['reserved', 'ram', 'ram', 'pmem', 'device']);
    expect(ranges[2]).toMatchObject({
      start: '0x100000',
      end: '0x40000000',
      children: [{ name: 'Kernel code', kind: 'ram' }],
    });
    expect(ranges[4]!.children![0]!.children![0]!.name).toBe('pnp 00:05');
  });

  it.each([
    ['CRLF', SAMPLE.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${SAMPLE}`],
    ['the prompt and the command', `root@box:~# cat /proc/iomem\n${SAMPLE}`],
    ['a $ command and comments', `$ sudo cat /proc/iomem\n# taken on Monday\n\n${SAMPLE}`],
    ['dmesg times', SAMPLE.replace(/^/gm, '[    0.000000] ').replace(/\[ {4}0\.000000\] $/, '')],
    ['a common indentation', SAMPLE.replace(/^(?=.)/gm, '    ')],
    ['tabs', SAMPLE.replaceAll('  ', '\t')],
    ['no last newline', SAMPLE.trimEnd()],
  ])('reads the same with %s', (_, text) => {
    expect(read(text)).toEqual(read(SAMPLE));
  });

  it('nests by containment below the depth where the kernel stops indenting', () => {
    const lines = Array.from(
      { length: 7 },
      (_, i) => `${'  '.repeat(Math.min(i, 5))}00${i}00000-0fffffff : level ${i}`,
    );
    let range = read(lines.join('\n')).ranges[0]!;
    for (let i = 1; i < 7; i++) range = range.children![0]!;
    expect(range.name).toBe('level 6');
  });

  it('accepts a child as large as its parent, and names that hold punctuation', () => {
    const { ranges } = read('00000000-0fffffff : a : b [c]\n  00000000-0fffffff : <BAD>\n');
    expect(ranges[0]).toMatchObject({ name: 'a : b [c]', children: [{ name: '<BAD>' }] });
  });

  it('explains a map of zeroes instead of importing it', () => {
    expect(refusal(SAMPLE.replace(/[0-9a-f]{8}-[0-9a-f]{8}/g, '00000000-00000000'))).toMatch(
      /iomem\.txt:1: every address is zero.*sudo cat/,
    );
  });

  it.each([
    ['nothing', '', /:1: the text is empty/],
    ['another file', '{"a": 1}\n', /:1: no line of \/proc\/iomem here/],
    ['a foreign line', SAMPLE.replace('00100000-3fffffff', 'hello'), /:3: expected "START-END : NAME"/],
    ['a cut line', `${SAMPLE}100000000-11ff`, /:10: the text is cut off/],
    [
      'an overlap',
      SAMPLE.replace('40000000-4fffffff : Pers', '3f000000-4fffffff : Pers'),
      /:5: "Persistent Memory \(legacy\)" overlaps "System RAM" \(line 3\)/,
    ],
    [
      'a child outside',
      SAMPLE.replace('  01000000-01ffffff', '  01000000-5fffffff'),
      /:4: the range is not inside its parent "System RAM" \(line 3\)/,
    ],
    [
      'a backward range',
      SAMPLE.replace('00100000-3fffffff', '3fffffff-00100000'),
      /:3: the range ends \(00100000\) before it starts/,
    ],
    [
      'a headless child',
      '  00000000-0fffffff : child\n00000000-0fffffff : parent\n',
      /:1: the line is indented/,
    ],
    ['2^52 and beyond', '10000000000000-1fffffffffffff : x\n', /:1: address beyond 2\^52/],
    ['I/O ports', '0000-0cf7 : PCI Bus 0000:00\n  0000-001f : dma1\n', /I\/O ports/],
  ])('refuses %s: which line, and why', (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it('warns when there is no RAM, and still reads', () => {
    const result = readIomem('80000000-8fffffff : PCI Bus 0000:00\n');
    expect(result.ok && result.warnings[0]!.message).toMatch(/no System RAM/);
  });

  it('finds the disks: raw and legacy namespaces and the 4.1 driver, not dax devices', () => {
    const disks = (text: string) => read(text).devices.map((d) => d.name);
    expect(disks(SAMPLE)).toEqual(['pmem0']);
    expect(
      disks(
        '40000000-4fffffff : pmem.0.auto\n  40000000-4fffffff : Persistent RAM\n    40000000-4fffffff : pmem\n',
      ),
    ).toEqual(['pmem0']);
    expect(
      disks(
        '100000000-11ffdffff : Persistent Memory\n  100000000-105ffffff : namespace0.0\n  106000000-10dffffff : namespace0.1\n  10e000000-10e3fffff : namespace0.2\n  10e400000-115ffffff : dax0.2\n',
      ),
    ).toEqual(['pmem0', 'pmem0.1']);
  });

  it('says where devdax pages live, from the size of the head in front of them', () => {
    const pages = (head: string, dax: string) =>
      read(
        `40000000-4fffffff : Persistent Memory\n  40000000-${head} : namespace0.0\n  ${dax}-4fffffff : dax0.0\n`,
      ).ranges[0]!.children![1]!.structPages;
    expect(pages('401fffff', '40200000')).toBe('mem');
    expect(pages('405fffff', '40600000')).toBe('dev');
  });

  it('never throws, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...SAMPLE.split('\n')),
      fc
        .tuple(fc.nat(8), fc.nat(), fc.nat(), fc.string())
        .map(([i, a, b, name]) => `${' '.repeat(i)}${a.toString(16)}-${b.toString(16)} : ${name}`),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        (pieces, newline) => {
          const result = readIomem(pieces.join(newline));
          if (result.ok) expect(result.value.ranges.length).toBeGreaterThan(0);
          else for (const p of result.problems) expect(p.line).toBeGreaterThanOrEqual(1);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
