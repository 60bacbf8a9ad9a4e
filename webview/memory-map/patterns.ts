import { svg, type SVGTemplateResult } from 'lit';

/**
 * The patterns that carry meaning without colour: hatch for memory without struct pages, dots for what is not
 * memory, bars for struct pages. Colours come from the style sheet's roles. `id` keeps two pictures apart.
 */
export function patterns(id: string): SVGTemplateResult {
  return svg`<defs>
    <pattern id="${id}-hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="hatch-ground" width="8" height="8"></rect><rect class="hatch-line" width="2.5" height="8"></rect>
    </pattern>
    <pattern id="${id}-dots" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect class="dots-ground" width="6" height="6"></rect><circle class="dots-dot" cx="2" cy="2" r="0.9"></circle>
    </pattern>
    <pattern id="${id}-bars" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect class="bars-ground" width="6" height="6"></rect><rect class="bars-bar" width="4.5" height="6"></rect>
    </pattern>
    <pattern id="${id}-bars-muted" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect class="bars-ground" width="6" height="6"></rect><rect class="bars-bar-muted" width="4.5" height="6"></rect>
    </pattern>
  </defs>`;
}
