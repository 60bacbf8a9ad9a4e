import { html, type TemplateResult } from 'lit';
import { unfold, type Unfolding } from '../unfold';
import type { Chain } from './chain';

/** The ribbons as a table: every block of every column with its bytes, and every refusal. */
export function chainTable(chain: Chain, unfolding: Unfolding): TemplateResult {
  return unfold(
    'chain-table',
    'The ribbons as a table',
    unfolding,
    html`<table>
      <thead>
        <tr>
          <th scope="col">column</th>
          <th scope="col" class="number">from byte</th>
          <th scope="col" class="number">to byte</th>
          <th scope="col">what</th>
          <th scope="col">detail</th>
          <th scope="col" class="number">step</th>
        </tr>
      </thead>
      <tbody>
        ${chain.columns.flatMap((column) =>
          column.blocks.map(
            (block) =>
              html`<tr>
                <td>${column.title}</td>
                <td class="number">${block.from}</td>
                <td class="number">${block.to}</td>
                <td class="code">${block.label}</td>
                <td>${block.note === undefined ? block.detail : `${block.detail}, ${block.note}`}</td>
                <td class="number">${block.step}</td>
              </tr>`,
          ),
        )}
        ${chain.cuts.map(
          (cut) =>
            html`<tr>
              <td>refused</td>
              <td class="number">${cut.from}</td>
              <td class="number">${cut.to}</td>
              <td class="code">${cut.where}</td>
              <td>${cut.rule}</td>
              <td class="number">${cut.step}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
