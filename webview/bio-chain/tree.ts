import { groupedHex } from '../../src/model/address';
import { bioFamily, type Address, type BioFamily, type Segment } from '../../src/model/bio-family';
import { ruleOf } from '../../src/model/narrate';
import type { RecordedEvent, Recording } from '../../src/model/recording';
import { vectorsOf } from './blocks';
import type { Chain, ChainBlock, Cut } from './chain';

/** Something an I/O is made of, or became; what it became in turn is below it. */
export interface TreeNode {
  readonly label: string;
  /** The kernel function that made it of what is above. */
  readonly by: string;
  readonly step: number;
  /** The rule that ended it here. */
  readonly rule?: string;
  /** Its memory has no struct page. */
  readonly pageless?: boolean;
  readonly children: TreeNode[];
}

/** How bios come into requests. */
const JOINS: ReadonlySet<string> = new Set(['block_getrq', 'block_bio_backmerge', 'block_bio_frontmerge']);
const MADE_BY: Readonly<Record<string, string>> = {
  block_getrq: 'get_request',
  block_bio_backmerge: 'bio_attempt_back_merge',
  block_bio_frontmerge: 'bio_attempt_front_merge',
};

const known = new WeakMap<Chain, TreeNode>();

/** The same tree for the same chain. */
export function treeOf(recording: Recording, bio: number, chain: Chain): TreeNode {
  let tree = known.get(chain);
  if (!tree) known.set(chain, (tree = bioTree(recording, bio, chain)));
  return tree;
}

/** One I/O as a tree: the submitted bio, its vectors, clones and splits, requests, scatterlist entries and DMA addresses. */
function bioTree(recording: Recording, bio: number, chain: Chain): TreeNode {
  const family = bioFamily(recording, bio);
  const submitted = family.events.find(({ name, object }) => object === bio && name.name === 'submit_bio');
  const root: TreeNode = {
    label: `bio ${bio} · ${chain.write ? 'write' : 'read'} ${chain.load === 'data' ? `${chain.bytes} B` : chain.load}`,
    by: 'submit_bio',
    step: (submitted?.index ?? family.events[0]?.index ?? 0) + 1,
    children: [],
  };
  const nodes = new Map<number, TreeNode>([[bio, root]]);
  const vectors = chain.columns.find(({ title }) => title === 'bio_vec')?.blocks ?? [];
  addVectors(root, vectors, chain.cuts);
  const media = mediaOf(family);
  for (const event of family.events) grow(event, nodes, media, vectors);
  for (const { bio: of, event } of family.stops) {
    const message = event.name.kind === 'oops' ? event.note : ruleOf(event);
    nodes.get(of)?.children.push({
      label: event.name.kind === 'oops' ? 'oops' : 'refused',
      by: event.name.name,
      step: event.index + 1,
      rule: message,
      children: [],
    });
  }
  return root;
}

function addVectors(root: TreeNode, vectors: readonly ChainBlock[], cuts: readonly Cut[]): void {
  const cutAt = new Map(cuts.map((cut) => [cut.step, cut]));
  for (const { label, detail, tone, step } of vectors) {
    const cut = cutAt.get(step);
    root.children.push({
      label: `${label}, ${detail}`,
      by: cut?.where ?? 'bio_add_page',
      step,
      ...(tone === 'refused' && cut ? { rule: cut.rule } : {}),
      ...(tone === 'pageless' ? { pageless: true } : {}),
      children: [],
    });
  }
}

type Media = ReadonlyMap<string, { readonly segments: Segment[]; readonly addresses: Address[] }>;

/** Entries and addresses by the bio and the request they are of. */
function mediaOf({ segments, addresses }: BioFamily): Media {
  const media = new Map<string, { segments: Segment[]; addresses: Address[] }>();
  const of = ({ bio, request }: Segment) => {
    const key = `${bio} ${request}`;
    const found = media.get(key) ?? { segments: [], addresses: [] };
    media.set(key, found);
    return found;
  };
  for (const segment of segments) of(segment).segments.push(segment);
  for (const address of addresses) of(address).addresses.push(address);
  return media;
}

/** An event that makes something of a bio adds it below. */
function grow(
  event: RecordedEvent,
  nodes: Map<number, TreeNode>,
  media: Media,
  vectors: readonly ChainBlock[],
): void {
  const { name, object, device = '', a, b, c, index } = event;
  const step = index + 1;
  if (name.name === 'bio_clone' || name.name === 'bio_split') {
    const node = { label: `bio ${object} · sector ${b} + ${c}`, by: name.name, step, children: [] };
    nodes.get(a)?.children.push(node);
    if (!nodes.has(object)) nodes.set(object, node);
    return;
  }
  const node = nodes.get(object);
  if (!node) return;
  if (JOINS.has(name.name)) {
    const made: TreeNode = {
      label: `request ${b} of ${device} · sector ${a} + ${c}`,
      by: MADE_BY[name.name]!,
      step,
      children: segmentsOf(media.get(`${object} ${b}`), vectors),
    };
    node.children.push(made);
  } else if (name.name === 'bio_chain') {
    node.children.push({ label: `bio ${a} waits for it`, by: 'bio_chain', step, children: [] });
  } else if (name.name === 'memcpy' || name.name === 'copy_page_to_iter') {
    const label = `${c} B copied from ${groupedHex(a)}`;
    node.children.push({ label, by: name.name, step, children: [] });
  } else if (name.name === 'block_split') {
    node.children.push({
      label: `cut at sector ${b}`,
      by: /^(\w+): /.exec(event.note)?.[1] ?? name.name,
      step,
      rule: ruleOf(event).replace(/^\w+: /, ''),
      children: [],
    });
  }
}

/** Segments, each with its scatterlist entry, and that one with its pages and its addresses. */
function segmentsOf(
  media: { segments: Segment[]; addresses: Address[] } | undefined,
  vectors: readonly ChainBlock[],
): TreeNode[] {
  if (!media) return [];
  let next = 0;
  // Both are in the order of the entries, so that each address is looked at once.
  return media.segments.map(({ entry, phys, from, to, event }) => {
    const step = event + 1;
    const children: TreeNode[] = [];
    const pages = Math.ceil((phys + to - from) / 4096) - Math.floor(phys / 4096);
    const pfn = groupedHex(Math.floor(phys / 4096));
    const label = pages === 1 ? `page pfn ${pfn}` : `${pages} pages from pfn ${pfn}`;
    children.push({ label, by: 'sg_phys', step, children: [] });
    for (; next < media.addresses.length && media.addresses[next]!.from < to; next++) {
      const { bus, from: start, to: end, event: at } = media.addresses[next]!;
      children.push({
        label: `DMA address ${groupedHex(bus)} · ${end - start} B`,
        by: 'dma_map_sg',
        step: at + 1,
        children: [],
      });
    }
    const sg = { label: `sg[${entry}] at ${groupedHex(phys)}`, by: 'sg_set_page', step, children };
    return {
      label: `seg ${entry} · ${to - from} B of ${vectorsOf(vectors, from, to)}`,
      by: 'blk_rq_map_sg',
      step,
      children: [sg],
    };
  });
}

/** A row of the tree as it is drawn. */
export interface TreeRow {
  readonly node: TreeNode;
  readonly level: number;
  readonly parent: number;
  readonly position: number;
  readonly siblings: number;
}

/** The rows of what is unfolded, from the top. */
export function rowsOf(root: TreeNode, folded: ReadonlySet<TreeNode>): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (node: TreeNode, level: number, parent: number, position: number, siblings: number) => {
    const self = rows.push({ node, level, parent, position, siblings }) - 1;
    if (!folded.has(node))
      node.children.forEach((child, n) => add(child, level + 1, self, n + 1, node.children.length));
  };
  add(root, 1, -1, 1, 1);
  return rows;
}
