import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/model/address';
import type { CrashView, TierView } from '../../src/protocol/tier-view';

export interface CrashInput {
  readonly tier: TierView;
  readonly losePower: (at: number | undefined) => void;
  readonly choose: () => void;
}

type Verdict = CrashView['fates'][number]['verdict'];

const VERDICTS: Readonly<Record<Verdict, string>> = {
  kept: '✓ as promised',
  newer: '✓ newer than promised',
  lost: '✕ lost',
  torn: '✕ torn',
};

/** The power fails at an event: what had been promised, what the media hold, what recovery does, what is lost. */
export function crashWalk(input: CrashInput): TemplateResult {
  const { noCrash, crash } = input.tier;
  return html`<h3>If the power failed</h3>
    ${noCrash ? html`<p class="sentence">Not here: ${noCrash}.</p>` : crash ? walk(crash, input) : ask(input)}`;
}

function ask({ losePower, choose }: CrashInput): TemplateResult {
  return html`<p class="sentence">
      Every event of the workload is a moment at which the power can fail. The machine is then switched on
      again, and every block that was written is read.
    </p>
    <div class="buttons">
      <vscode-button appearance="secondary" @click=${() => losePower(Number.MAX_SAFE_INTEGER)}
        >Lose Power at the End</vscode-button
      >
      <vscode-button appearance="secondary" @click=${choose}>Choose an Event…</vscode-button>
    </div>`;
}

function walk(crash: CrashView, { losePower, choose }: CrashInput): TemplateResult {
  const { at, events, last, moments } = crash;
  const before = moments.filter((moment) => moment.at < at).at(-1);
  const after = moments.find((moment) => moment.at > at);
  return html`<div class="tier-power">
      <vscode-button appearance="secondary" ?disabled=${!before} @click=${() => losePower(before?.at)}
        >Earlier</vscode-button
      >
      <input
        type="range"
        min="0"
        max=${events}
        .value=${String(at)}
        aria-label="The power fails after event"
        aria-valuetext="event ${at} of ${events}: ${last}"
        @change=${(event: Event) => losePower(Number((event.currentTarget as HTMLInputElement).value))}
      />
      <vscode-button appearance="secondary" ?disabled=${!after} @click=${() => losePower(after?.at)}
        >Later</vscode-button
      >
      <vscode-button appearance="secondary" @click=${choose}>Choose…</vscode-button>
      <vscode-button appearance="secondary" @click=${() => losePower(undefined)}>Power On</vscode-button>
    </div>
    <p class="sentence tier-said" role="status">The power fails after event ${at} of ${events}: ${last}.</p>
    <ol class="tier-steps">
      <li>
        <h4>Acknowledged</h4>
        <p>
          ${crash.acknowledged} I/Os were answered; ${crash.durable} writes of them with a promise: FUA, or a
          FLUSH after them. ${crash.inFlight} were on their way.
        </p>
      </li>
      <li>
        <h4>What the media hold</h4>
        <dl>
          ${crash.media.map(
            ({ label, value }) =>
              html`<div>
                <dt>${label}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
      </li>
      <li>
        <h4>Recovery</h4>
        <ul>
          ${crash.recovery.map((step) => html`<li>${step}</li>`)}
        </ul>
      </li>
      <li>
        <h4>Found again</h4>
        <p class=${crash.lost + crash.torn > 0 ? 'tier-bad' : ''}>${verdict(crash)}</p>
        ${crash.fates.length > 0 ? fates(crash) : nothing}
      </li>
    </ol>`;
}

function verdict({ lost, torn, durable }: CrashView): string {
  if (lost + torn === 0)
    return durable === 0
      ? '✓ Nothing had been promised, and nothing is torn.'
      : '✓ Everything that was promised is there, and nothing is torn.';
  return `✕ ${lost} ${lost === 1 ? 'block' : 'blocks'} lost, ${torn} torn.`;
}

function fates({ fates: rows, hidden }: CrashView): TemplateResult {
  return html`<div
      class="table-frame limits"
      role="region"
      aria-label="What became of each block"
      tabindex="0"
    >
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">block at</th>
            <th scope="col">promised</th>
            <th scope="col">found</th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ at, promised, found, verdict: how }) =>
              html`<tr class=${how === 'lost' || how === 'torn' ? 'tier-bad' : ''}>
                <td class="number">${formatBytes(at)}</td>
                <td>${promised}</td>
                <td>${found}</td>
                <td>${VERDICTS[how]}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${hidden > 0 ? html`<p class="caption">${hidden} more blocks are not listed.</p>` : nothing}`;
}
