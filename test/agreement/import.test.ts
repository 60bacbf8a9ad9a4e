import { describe, expect, it } from 'vitest';
import { collect } from '../../src/capture/collect';
import { crossCheck } from '../../src/capture/cross-check';
import { joinMachine } from '../../src/capture/join';
import { formatProblem } from '../../src/capture/problem';
import { checkDocument } from '../../src/model/check';
import { readDocument, writeDocument } from '../../src/model/document';
import { DOCUMENT_VERSION } from '../../src/model/machine-spec';
import { captures } from './captures';
import { joinedGolden, readAll, shownValue } from './import-golden';

const KINDS = /iomem|dmesg|zoneinfo|ndctl|daxctl|lsblk|dmtable|queues|queue-limits/;
const all = captures(KINDS);

/** What is no capture: empty files, and what ndctl printed when it refused to create a namespace. */
const REFUSED = [
  'captures-2015/iommu-4.1.3/amd-on/real-boot-dmesg.txt',
  'captures-2015/iommu-4.1.3/intel-on/real-boot-dmesg.txt',
  'captures/run612-nfit/ndctl-create-fsdax-dev.json',
];

const formatOf = (path: string) => {
  const name = path.split('/').at(-1)!;
  if (name.includes('iomem')) return 'iomem';
  if (name.includes('dmesg')) return 'boot';
  if (/ndctl|daxctl/.test(name)) return 'ndctl';
  if (name.includes('dmtable')) return 'dmsetup';
  if (name.includes('queue')) return 'queue';
  return name.includes('lsblk') ? 'lsblk' : 'zoneinfo';
};

describe('every capture is imported', () => {
  it('is there, of each kind', () => {
    expect(all.length).toBeGreaterThan(110);
    expect(new Set(all.map(formatOf)).size).toBe(7);
  });

  it.each(all)('%s', async (path) => {
    const { parts, warnings, refusals } = readAll([path]);
    if (REFUSED.includes(path)) expect(refusals.join()).toMatch(/:\d+: .*expected the text of one of/);
    else expect(parts.map((part) => part.format)).toEqual([formatOf(path)]);
    const said = [...refusals, ...warnings.map(formatProblem)].map((line) => `${line}\n`).join('');
    const values = parts.map((part) => `${part.format} ${shownValue(part.value)}\n`).join('');
    await expect(said + values).toMatchFileSnapshot(`goldens/${path}.golden.txt`);
  });
});

/** The stage of a capture: "3-fsdax-mapdev" of iomem and "2-fsdax-mapdev" of ndctl were taken one after another. */
const stageOf = (path: string) => /-\d-(.*)\.\w+$/.exec(path)?.[1]?.replace('boot', 'after-nd_pmem') ?? '';

/** The captures of each machine at each stage: what has no stage belongs to all of them. */
function machines(): [string, string[]][] {
  const folders = new Map<string, string[]>();
  for (const path of all) {
    if (REFUSED.includes(path) || /run61-tier|unbind|ndctl-create/.test(path)) continue;
    const folder = path.split('/').slice(0, -1).join('/');
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  return [...folders].flatMap(([folder, paths]) => {
    const stages = [...new Set(paths.filter((p) => formatOf(p) === 'iomem').map(stageOf))];
    return stages.map((stage): [string, string[]] => [
      `${folder}${stage && `/${stage}`}`,
      paths.filter((path) => ['', stage].includes(stageOf(path))),
    ]);
  });
}

const TIER = 'captures/run61-tier';
const tier = (...names: string[]) => names.map((name) => `${TIER}/${name}`);
const JOINED: [string, string[]][] = [
  ...machines(),
  [`${TIER}/before`, tier('iomem.txt', 'ndctl_all.json', 'dmesg.txt')],
  [
    `${TIER}/after`,
    tier(
      'iomem_after.txt',
      'ndctl_human.json',
      'daxctl.json',
      'zoneinfo.txt',
      'dmesg.txt',
      'lsblk.json',
      'lsblk_t.txt',
      'dmtable.txt',
      'queues.txt',
    ),
  ],
  [
    `${TIER}/each-namespace-alone`,
    tier('iomem_after.txt', 'ndctl_btt.json', 'ndctl_fsdax.json', 'ndctl_devdax.json'),
  ],
  [`${TIER}/two-moments-mixed`, tier('iomem_after.txt', 'ndctl_all.json', 'lsblk.txt', 'dmtable.txt')],
  [`${TIER}/boot-only`, tier('dmesg2.txt')],
];

describe('captures of one machine are joined and held against each other', () => {
  it('are many machines', () => expect(JOINED.length).toBeGreaterThan(30));

  it.each(JOINED)('%s', async (name, paths) => {
    expect(paths.length).toBeGreaterThan(0);
    await expect(joinedGolden(name, paths)).toMatchFileSnapshot(`goldens/joined/${name}.golden.txt`);
  });

  it.each(JOINED)('%s makes a document that is read back as it is, without an error', (name, paths) => {
    const facts = joinMachine(collect(readAll(paths).parts));
    const document = {
      bioscope: DOCUMENT_VERSION,
      machine: { name, kernel: { flavour: '4.1-pfn' as const }, ...facts },
    } as const;
    expect(checkDocument(document).filter((finding) => finding.severity === 'error')).toEqual([]);
    const read = readDocument(writeDocument(document));
    if (!read.ok) throw new Error(read.problems.map((p) => `${p.line}: ${p.message}`).join('\n'));
    expect(read.document.machine).toEqual(document.machine);
  });

  it.each(JOINED.filter(([name]) => !/mixed|alone/.test(name)))(
    '%s: captures of one moment contradict each other nowhere',
    (_name, paths) => {
      const collected = collect(readAll(paths).parts);
      const findings = crossCheck(joinMachine(collected), collected);
      const grave = findings.filter(({ severity }) => severity !== 'info').map(({ message }) => message);
      expect(grave.filter((message) => !/alignment_offset -1|is not used/.test(message))).toEqual([]);
    },
  );
});
