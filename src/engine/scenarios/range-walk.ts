import { sectionLookup, type KmapRange, type PfnT } from '../kmap/ranges';
import type { Body } from '../tasks/program';
import { DeviceScene, EXAMPLE_BASE } from './device-scene';
import { programOf, type Scenario, type Stage, type StateFact } from './scenario';

/** The section the proposal would look up, on x86-64. Bytes. */
const SECTION = 2 ** 27;

/** A device in many ranges, as many DIMMs would register, and the same lookups by list and by section. */
class WalkScene extends DeviceScene {
  readonly ranges: readonly KmapRange[];
  private readonly bySection: (address: number) => KmapRange | undefined;
  private sectionSteps = 0;

  constructor(
    stage: Stage,
    count: number,
    private readonly config: boolean,
  ) {
    super(stage, ['driver'], config);
    const size = Math.floor((stage.end - stage.start) / count / 4096) * 4096;
    this.ranges = Array.from({ length: count }, (_, i) => ({
      owner: `range ${i}`,
      start: stage.start + i * size,
      end: stage.start + (i + 1) * size - 1,
      base: EXAMPLE_BASE + BigInt(i * size),
    }));
    for (const range of this.ranges) this.kmap.devm_register_kmap_pfn_range(range);
    this.bySection = sectionLookup(this.ranges, SECTION);
  }

  lookUp(what: string, pfn: PfnT): void {
    if (!this.config) {
      this.withoutConfig(what, pfn);
      return;
    }
    const before = this.kmap.visited;
    const address = this.kmap.kmap_atomic_pfn_t(this.cpus[0]!, pfn);
    const map = this.kmap.visited - before;
    this.kmap.kunmap_atomic_pfn_t(this.cpus[0]!, address);
    const unmap = this.kmap.visited - before - map;
    const found = pfn.dev ? this.bySection(pfn.pfn * 4096) : undefined;
    if (pfn.dev) this.sectionSteps++;
    const differ = pfn.dev && (found === undefined) !== (address === null);
    if (differ) this.breaks('the list and the sections disagree');
    this.say(
      `${what}: ${map} list ${map === 1 ? 'node' : 'nodes'} for the map, ${unmap} for the unmap; ${pfn.dev ? '1 step by section' : 'no lookup by section'}`,
    );
  }

  /** PFN_DEV is 0 then: whatever the pfn is, it is kmap_atomic's, and nobody asks whether a page is there. */
  private withoutConfig(what: string, pfn: PfnT): void {
    const cpu = this.cpus[0]!;
    const address = this.kmap.kmap_atomic_pfn_t(cpu, pfn);
    this.kmap.kunmap_atomic_pfn_t(cpu, address);
    if (pfn.dev) this.breaks('without CONFIG_KMAP_PFN a page-less pfn passes for a page');
    this.say(
      `${what}: kmap_atomic gives ${address?.toString(16) ?? 'NULL'}, ${pfn.dev ? 'where nothing is mapped' : 'the direct map'}`,
    );
  }

  override facts(): readonly StateFact[] {
    return [
      { label: 'ranges registered', value: String(this.kmap.registered.length) },
      { label: 'list nodes visited', value: String(this.kmap.visited) },
      { label: 'list walks', value: String(this.kmap.lookups) },
      { label: 'section lookups instead', value: String(this.sectionSteps) },
    ];
  }
}

function* driver(scene: WalkScene): Body {
  const pfn = (address: number) => Math.floor(address / 4096);
  const first = scene.ranges[0]!;
  const newest = scene.ranges.at(-1)!;
  yield { call: 'kmap_atomic_pfn_t' };
  scene.lookUp('a page of the range registered last (the head of the list)', {
    pfn: pfn(newest.start),
    dev: true,
  });
  yield { call: 'kmap_atomic_pfn_t' };
  scene.lookUp('a page of the range registered first (the tail)', { pfn: pfn(first.start), dev: true });
  yield { call: 'kmap_atomic_pfn_t' };
  scene.lookUp('a page of RAM: no walk for the map, but one for the unmap', { pfn: 0x1000, dev: false });
  yield { call: 'kmap_atomic_pfn_t' };
  scene.lookUp('a page of no range', { pfn: pfn(newest.end) + 1, dev: true });
  yield { call: 'kmap_atomic_pfn_t' };
  for (const range of scene.ranges) {
    const address = scene.kmap.kmap_atomic_pfn_t(scene.cpus[0]!, { pfn: pfn(range.start), dev: true });
    scene.kmap.kunmap_atomic_pfn_t(scene.cpus[0]!, address);
  }
  scene.say(`one page of each of the ${scene.ranges.length} ranges`);
}

const variant = (count: number, config = true) => ({
  name: config ? String(count) : 'off',
  title: config ? (count === 1 ? '1 range' : `${count} ranges`) : 'without CONFIG_KMAP_PFN',
  reconstructed: false,
  program: (stage: Stage) =>
    programOf({
      create: () => new WalkScene(stage, count, config),
      tasks: [{ name: 'driver', body: driver }],
    }),
});

/** The reviewers' objection in numbers: every kmap and every kunmap walks the list. */
export const rangeWalk: Scenario = {
  name: 'range-walk',
  title: 'What the range list costs',
  about:
    'v5 walks a list for every kmap and again for every kunmap, even of pages that have a struct page. The reviewers proposed a lookup by memory section instead; sections, though, know nothing of kernel addresses today.',
  source: 'mm/kmap_pfn.c of v5; Boaz Harrosh and Dave Hansen in its review, August 2015',
  variants: [variant(1), variant(4), variant(16), variant(64), variant(1, false)],
};
