import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { ByOpsView, RequestView } from '../../src/protocol/dma-view';
import { patterns } from '../memory-map/patterns';
import { moveFocus } from '../roving';

/** px of the bar that shows what a device sees. */
const WIDTH = 220;
const HEIGHT = 18;
const ID = 'dma';

/** One list by each implementation: what the device sees to one scale of bytes, and how it went. */
export function opsTable(
  request: RequestView,
  chosen: ByOpsView | undefined,
  width: number,
  choose: (name: string) => void,
): TemplateResult {
  const barWidth = Math.max(Math.min(WIDTH, Math.round(width / 3)), 80);
  const total = request.entries.reduce((sum, { length }) => sum + length, 0);
  return html`<svg width="0" height="0" aria-hidden="true" class="pattern-store">${patterns(ID)}</svg>
    <div class="table-frame limits" role="region" aria-label="The list by each implementation" tabindex="0">
      <table class="dma-ops">
        <thead>
          <tr>
            <th scope="col">DMA ops</th>
            <th scope="col">what the device sees</th>
            <th scope="col">outcome</th>
          </tr>
        </thead>
        <tbody @keydown=${moveFocus}>
          ${request.byOps.map(
            (ops) =>
              html`<tr class=${ops === chosen ? 'selected' : ''}>
                <td>
                  <button
                    type="button"
                    class="link"
                    data-item
                    aria-pressed=${ops === chosen ? 'true' : 'false'}
                    tabindex=${ops === chosen ? 0 : -1}
                    title=${ops.about}
                    @click=${() => choose(ops.name)}
                  >
                    ${ops.name}
                  </button>
                  ${ops.own ? html`<span class="badge own">this machine</span>` : ''}
                </td>
                <td>${bar(request, ops, total / barWidth, barWidth)}</td>
                <td class="outcome ${ops.ok ? '' : 'failed'}">${ops.ok ? '' : '✕ '}${ops.outcome}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="caption">
      Width is bytes, one scale for all. Plain: memory's own address. With a notch: bounced into the pool, or
      translated by an IOMMU. Dashed: the device gets nothing.
    </p>`;
}

/** `scale`: bytes a px. */
function bar(request: RequestView, ops: ByOpsView, scale: number, width: number): TemplateResult {
  const said = ops.ok ? `${ops.seen.length} entries: ${summary(ops)}` : 'nothing';
  return html`<svg class="ops-bar" width=${width} height=${HEIGHT} role="img" aria-label=${said}>
    ${ops.ok ? ops.seen.map((_entry, n) => seenBlock(request, ops, n, scale)) : nothingSeen(width)}
  </svg>`;
}

function summary({ seen }: ByOpsView): string {
  return [...new Set(seen.map(({ how }) => how))].join(', ');
}

function nothingSeen(width: number): SVGTemplateResult {
  return svg`<rect class="nothing-seen" x="1" y="1" width=${width - 2} height=${HEIGHT - 2} rx="2"></rect>`;
}

function seenBlock(request: RequestView, { seen }: ByOpsView, n: number, scale: number): SVGTemplateResult {
  const x = seen.slice(0, n).reduce((sum, { length }) => sum + length, 0) / scale;
  const { how, length } = seen[n]!;
  const width = Math.max(length / scale - (seen.length > 60 ? 0.5 : 2), 1);
  const pageless = how === 'same' && request.entries[n]?.pageless === true;
  const fill = pageless ? `url(#${ID}-hatch)` : how === 'same' ? 'var(--paged)' : `var(--${TONE[how]})`;
  return svg`<rect class="seen ${how} ${seen.length > 60 ? 'fine' : ''}" x=${x} y="1" width=${width} height=${HEIGHT - 2} rx="1" fill=${fill}></rect>
    ${how !== 'same' && width >= 8 ? svg`<path class="notch" d="M ${x + width - 7} 1 l 7 7 v -7 z"></path>` : ''}`;
}

const TONE = { bounced: 'bounce', translated: 'device' } as const;
