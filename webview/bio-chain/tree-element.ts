import { html, nothing, render, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { rowsOf, type TreeNode, type TreeRow } from './tree';

export interface TreeInput {
  readonly root: TreeNode;
  /** Events that have happened; what is later is quiet. */
  readonly step: number;
  readonly moveTo: (step: number) => void;
}

const ROW = 24;
const BEYOND = 8;

/** The tree of an I/O. Only the rows in sight are in the page; one of them has the focus. */
export class BioTreeElement extends HTMLElement {
  private given: TreeInput | undefined;
  private folded = new Set<TreeNode>();
  private rows: TreeRow[] = [];
  private at = 0;
  private due = false;

  set input(input: TreeInput) {
    if (this.given?.root !== input.root) {
      this.folded = new Set();
      this.rows = rowsOf(input.root, this.folded);
      this.at = 0;
    }
    this.given = input;
    this.update();
  }

  private readonly schedule = (): void => {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.update();
    });
  };

  private fold(row: TreeRow, fold: boolean): void {
    if (fold) this.folded.add(row.node);
    else this.folded.delete(row.node);
    this.rows = rowsOf(this.given!.root, this.folded);
    this.update();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const row = this.rows[this.at]!;
    const open = row.node.children.length > 0 && !this.folded.has(row.node);
    const last = this.rows.length - 1;
    switch (event.key) {
      case 'ArrowDown':
        this.go(Math.min(this.at + 1, last));
        break;
      case 'ArrowUp':
        this.go(Math.max(this.at - 1, 0));
        break;
      case 'Home':
        this.go(0);
        break;
      case 'End':
        this.go(last);
        break;
      case 'ArrowRight':
        if (open) this.go(this.at + 1);
        else if (row.node.children.length > 0) this.fold(row, false);
        break;
      case 'ArrowLeft':
        if (open) this.fold(row, true);
        else if (row.parent >= 0) this.go(row.parent);
        break;
      case 'Enter':
      case ' ':
        this.given?.moveTo(row.node.step);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  /** The focus goes to a row, which may have to come into sight first. */
  private go(index: number): void {
    this.at = index;
    const frame = this.querySelector('.tree-frame');
    if (frame) {
      const top = index * ROW;
      if (top < frame.scrollTop) frame.scrollTop = top;
      else if (top + ROW > frame.scrollTop + frame.clientHeight)
        frame.scrollTop = top + ROW - frame.clientHeight;
    }
    this.update();
    this.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus({ preventScroll: true });
  }

  private update(): void {
    if (this.given) render(this.template(this.given), this);
  }

  private template({ step }: TreeInput): TemplateResult {
    const { scrollTop = 0, clientHeight = 360 } = this.querySelector('.tree-frame') ?? {};
    const first = Math.max(Math.floor(scrollTop / ROW) - BEYOND, 0);
    const end = Math.min(
      Math.ceil((scrollTop + Math.max(clientHeight, 360)) / ROW) + BEYOND,
      this.rows.length,
    );
    const seen = [...Array(Math.max(end - first, 0)).keys()].map((n) => first + n);
    // The row with the focus stays in the page, wherever it is.
    if (this.at < first || this.at >= end) seen.push(this.at);
    return html`<div class="tree-frame" @scroll=${this.schedule}>
      <div role="tree" aria-label="This I/O as a tree" class="tree-rows" @keydown=${this.key}>
        <svg class="strut" width="1" height=${this.rows.length * ROW} aria-hidden="true"></svg>
        ${repeat(
          seen.filter((n) => this.rows[n]),
          (n) => n,
          (n) => this.row(n, this.rows[n]!, step),
        )}
      </div>
    </div>`;
  }

  private row(index: number, row: TreeRow, step: number): TemplateResult {
    const { node, level, position, siblings } = row;
    const { label, by, rule, pageless, children } = node;
    const open = !this.folded.has(node);
    const later = node.step > step;
    return html`<div
      role="treeitem"
      data-row=${index}
      class="tree-row ${later ? 'later' : ''} ${pageless ? 'pageless' : ''} ${rule === undefined ? '' : 'refused'}"
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${siblings}
      aria-expanded=${children.length > 0 ? (open ? 'true' : 'false') : nothing}
      tabindex=${index === this.at ? 0 : -1}
      .style=${`top:${index * ROW}px;padding-left:${(level - 1) * 16}px`}
      @click=${() => {
        this.at = index;
        if (children.length > 0) this.fold(row, open);
      }}
      @dblclick=${() => this.given?.moveTo(node.step)}
    >
      <span class="twist" aria-hidden="true">${children.length > 0 ? (open ? '▾' : '▸') : ''}</span>
      <span class="code">${label}</span>
      ${pageless ? html`<span class="badge">no struct page</span>` : nothing}
      <span class="edge">← <span class="code">${by}</span></span>
      ${rule === undefined ? nothing : html`<span class="rule">✕ ${rule}</span>`}
      <span class="at-step">${later ? 'not yet: ' : ''}step ${node.step}</span>
    </div>`;
  }
}

/** Makes `<bioscope-tree>` known to the page. */
export function registerTree(): void {
  customElements.define('bioscope-tree', BioTreeElement);
}
