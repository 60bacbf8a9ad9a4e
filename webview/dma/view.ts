import { html, nothing, type TemplateResult } from 'lit';
import type { DmaView, RequestView } from '../../src/protocol/dma-view';
import { menuContext } from '../context';
import { moveFocus } from '../roving';
import type { Unfolding } from '../unfold';
import { opsDetail } from './ops-detail';
import { opsTable } from './ops-table';
import { poolPicture } from './pool';
import { sgTable } from './sg-table';

/** Which request and which ops somebody looks at; kept by the page. */
export interface DmaChoice {
  readonly request: number;
  /** A name; '' is the machine's own, or the first. */
  readonly ops: string;
}

/** What the section needs of the page it is on. */
export interface DmaInput {
  readonly dma: DmaView;
  readonly choice: DmaChoice;
  readonly choose: (choice: Partial<DmaChoice>) => void;
  readonly change: () => void;
  readonly width: number;
  /** Events that have happened, and all there are. */
  readonly moment: { readonly step: number; readonly length: number };
  readonly unfolding: Unfolding;
}

/** How requests reach their devices: whose ops, the list and its pages, the same list by each of them, the pool. */
export function dmaSection(input: DmaInput): TemplateResult {
  const { dma, choice, width, unfolding } = input;
  const request = dma.requests[choice.request] ?? dma.requests[0];
  return html`<section
    id="dma"
    aria-label="DMA"
    data-vscode-context=${menuContext({ picture: 'dma', webviewSection: 'dma' })}
  >
    <h2>DMA</h2>
    ${ownOps(input)} ${request ? requestPart(input, request) : html`<p class="sentence">${dma.none}</p>`}
    ${dma.pool ? poolPicture(dma.pool, input.moment, width, unfolding) : nothing}
  </section>`;
}

function ownOps({ dma, change }: DmaInput): TemplateResult {
  const sentence =
    dma.ops === ''
      ? html`This machine's description says nothing of DMA: its devices are given physical addresses unseen.`
      : html`Devices of this machine get their addresses from <b class="code">${dma.ops}</b>:`;
  return html`<p class="sentence">${sentence}</p>
    ${
      dma.because.length > 0
        ? html`<ol class="because">
            ${dma.because.map((reason) => html`<li>${reason}</li>`)}
          </ol>`
        : nothing
    }
    <p><vscode-button appearance="secondary" @click=${change}>Choose DMA ops…</vscode-button></p>`;
}

function requestPart(input: DmaInput, request: RequestView): TemplateResult {
  const { dma, choice, choose, unfolding } = input;
  const own = request.byOps.find((ops) => ops.own);
  const chosen = request.byOps.find(({ name }) => name === choice.ops) ?? own ?? request.byOps[0];
  return html`
    ${dma.requests.length > 1 ? requestChoice(dma.requests, request, choose) : nothing}
    <h3>${request.title}</h3>
    <p class="sentence">${request.reach}.</p>
    ${sgTable(request, input.width, unfolding)}
    <h3>The same list, mapped by each</h3>
    ${opsTable(request, chosen, input.width, (ops) => choose({ ops }))}
    ${chosen ? opsDetail(request, chosen, unfolding) : nothing}
  `;
}

function requestChoice(
  requests: readonly RequestView[],
  shown: RequestView,
  choose: DmaInput['choose'],
): TemplateResult {
  return html`<div class="choices" role="group" aria-label="Requests of this I/O" @keydown=${moveFocus}>
    ${requests.map(
      (request, n) =>
        html`<button
          type="button"
          class="choice"
          data-item
          aria-pressed=${request === shown ? 'true' : 'false'}
          tabindex=${request === shown ? 0 : -1}
          @click=${() => choose({ request: n })}
        >
          ${request.title}
        </button>`,
    )}
  </div>`;
}
