import type { AuditReport, FileReport, SubsystemReport, UsePlace } from '../../reader/audit';
import { filterOf, type AuditFilter } from './filter';

/** The tree of an audit: subsystem, file, use; above them the folder, where there are several. */

/** One audited folder. `uri` is the top of its tree, as text. */
export interface AuditedTree {
  readonly name: string;
  readonly uri: string;
  readonly report: AuditReport;
}

interface Node<Sort extends string, Child> {
  readonly sort: Sort;
  readonly tree: AuditedTree;
  /** How many uses are shown in it. */
  readonly count: number;
  readonly children: readonly Child[];
}

export type TreeNode = Node<'tree', SubsystemNode>;

export interface SubsystemNode extends Node<'subsystem', FileNode> {
  readonly subsystem: SubsystemReport;
}

export interface FileNode extends Node<'file', UseNode> {
  readonly subsystem: SubsystemReport;
  readonly file: FileReport;
}

export interface UseNode extends Node<'use', never> {
  readonly subsystem: SubsystemReport;
  readonly file: FileReport;
  readonly place: UsePlace;
}

export type AuditNode = TreeNode | SubsystemNode | FileNode | UseNode;

export interface AuditModel {
  readonly roots: readonly AuditNode[];
  readonly shown: number;
  /** Of how many. */
  readonly all: number;
}

export function auditModel(trees: readonly AuditedTree[], filter: AuditFilter): AuditModel {
  const passes = filterOf(filter);
  const roots = trees.map((tree): TreeNode => {
    const children = tree.report.subsystems.flatMap((subsystem) => {
      const files = subsystem.files.flatMap((file): FileNode[] => {
        const uses = file.places
          .filter((place) => passes(subsystem.name, file.path, place))
          .map((place): UseNode => ({ sort: 'use', tree, subsystem, file, place, count: 1, children: [] }));
        return uses.length === 0
          ? []
          : [{ sort: 'file', tree, subsystem, file, count: uses.length, children: uses }];
      });
      return files.length === 0
        ? []
        : [{ sort: 'subsystem', tree, subsystem, count: sum(files), children: files } as const];
    });
    return { sort: 'tree', tree, count: sum(children), children };
  });
  const all = trees
    .flatMap(({ report }) => report.subsystems.flatMap(({ files }) => files))
    .reduce((total, file) => total + file.places.length, 0);
  return { roots: roots.length === 1 ? roots[0]!.children : roots, shown: sum(roots), all };
}

const sum = (nodes: readonly { readonly count: number }[]) =>
  nodes.reduce((total, { count }) => total + count, 0);

/** The name of a node without that of its parent. */
export function labelOf(node: AuditNode): string {
  switch (node.sort) {
    case 'tree':
      return node.tree.name;
    case 'subsystem':
      return node.subsystem.name;
    case 'file': {
      const { name } = node.subsystem;
      return node.file.path.slice(name === '.' ? 0 : name.length + 1);
    }
    case 'use':
      return `${node.place.line}: ${node.place.name}`;
  }
}

/** `42 · 12 % ready · series: 18 files`, `7 · series: 82 lines`, `read · page-address`. */
export function descriptionOf(node: AuditNode, facts: AuditFacts): string {
  const parts: (string | undefined)[] = node.sort === 'use' ? [] : [String(node.count)];
  if (node.sort === 'tree') parts.push(facts.ready(node.tree.report));
  else if (node.sort === 'subsystem') {
    const { files } = node.subsystem.series;
    parts.push(facts.ready(node.subsystem), files > 0 ? facts.seriesFiles(files) : undefined);
  } else if (node.sort === 'file') {
    const lines = facts.seriesLinesOf(node.file.path);
    if (lines !== undefined) parts.push(facts.seriesLines(lines));
  } else parts.push(node.place.kind, ...node.place.codes);
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** The words around the figures, and the figures that only the reader knows. */
export interface AuditFacts {
  readonly ready: (sums: { readonly readiness?: number }) => string | undefined;
  readonly seriesFiles: (files: number) => string;
  readonly seriesLines: (lines: number) => string;
  readonly seriesLinesOf: (path: string) => number | undefined;
}

/** What is shown below some nodes, as text with tabs: `drivers/md/raid1.c:3120:12	bv_page	read	bv-page-read`. */
export function textOf(nodes: readonly AuditNode[], facts: AuditFacts): string {
  const lines = (node: AuditNode): string[] => {
    if (node.sort !== 'use') {
      const own = node.sort === 'file' ? [] : [`${labelOf(node)}\t${descriptionOf(node, facts)}`];
      return [...own, ...node.children.flatMap(lines)];
    }
    const { file, place } = node;
    return [
      [`${file.path}:${place.line}:${place.column}`, place.name, place.kind, place.codes.join(', ')]
        .join('\t')
        .trimEnd(),
    ];
  };
  return nodes.flatMap(lines).join('\n');
}
