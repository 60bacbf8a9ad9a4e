import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/engine/machine';
import { mapView } from '../../../src/host/map-view';
import { chainOf } from '../../../webview/bio-chain/chain';
import { rowsOf, treeOf, type TreeNode } from '../../../webview/bio-chain/tree';
import { anyIo, kernels, machine } from '../arbitraries';
import { stacks, wishes, workloadOf } from '../engine/stacks/arbitrary';

const all = (node: TreeNode): TreeNode[] => [node, ...node.children.flatMap(all)];

describe('the tree of an I/O', { timeout: 30_000 }, () => {
  it('begins with its submission; nothing is made before what it is made of, and each has its function', () => {
    fc.assert(
      fc.property(stacks, wishes, (stack, wished) => {
        const { recording, outcomes } = simulate(stack.spec, workloadOf(stack, wished));
        for (const { bio } of outcomes) {
          const chain = chainOf(recording, bio, mapView(stack.spec));
          const root = treeOf(recording, bio, chain);
          expect(root.by).toBe('submit_bio');
          for (const node of all(root)) {
            expect(node.by).toMatch(/^[a-z_]\w*$/);
            expect(node.step).toBeGreaterThan(0);
            if (node === root) continue;
            for (const child of node.children) expect(child.step).toBeGreaterThanOrEqual(node.step);
          }
          // Every byte of data that was mapped has its entry below some request.
          const entries = all(root).filter(({ by }) => by === 'blk_rq_map_sg').length;
          const blocks = chain.columns
            .filter(({ title }) => title.startsWith('scatterlist'))
            .reduce((sum, column) => sum + column.blocks.length, 0);
          expect(entries).toBeGreaterThanOrEqual(Math.min(blocks, 1));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('wears the rule of each refusal, and says which memory has no struct page', () => {
    fc.assert(
      fc.property(anyIo, kernels, fc.boolean(), (io, kernel, flag) => {
        const spec = machine(kernel, flag);
        const { recording, outcomes } = simulate(spec, [io]);
        const chain = chainOf(recording, outcomes[0]!.bio, mapView(spec));
        const nodes = all(treeOf(recording, outcomes[0]!.bio, chain));
        for (const { rule } of chain.cuts) expect(nodes.some((node) => node.rule?.includes(rule))).toBe(true);
        const pageless = chain.columns[1]!.blocks.filter(({ tone }) => tone === 'pageless').length;
        expect(nodes.filter((node) => node.pageless)).toHaveLength(pageless);
      }),
    );
  });

  it('folds what is below a node and nothing else', () => {
    const spec = machine({ flavour: '4.1' });
    const io = { op: 'write' as const, device: 'ram0', sector: 0, add: 'bio_add_page' as const };
    const vecs = [0x100, 0x200].map((pfn) => ({ pfn: `0x${pfn.toString(16)}`, offset: 0, len: 4096 }));
    const { recording, outcomes } = simulate(spec, [{ ...io, vecs }]);
    const root = treeOf(recording, outcomes[0]!.bio, chainOf(recording, outcomes[0]!.bio, mapView(spec)));
    const rows = rowsOf(root, new Set());
    expect(rows).toHaveLength(all(root).length);
    expect(rows.slice(1).every(({ level, parent }) => level === 2 && parent === 0)).toBe(true);
    expect(rowsOf(root, new Set([root]))).toHaveLength(1);
  });
});
