import { placeOf, type Hazard } from './hazard';

export const mapPageOp: Hazard = {
  code: 'map-page-op',
  severity: 'warning',
  why: 'These DMA operations map pages and no pfns: memory without struct page cannot be handed to their devices.',
  entry: 'map_pfn',
  words: ['map_page'],
  find: (file) => {
    const { tokens } = file;
    return file
      .at('map_page')
      .filter((i) => {
        const list = tokens.parent(i);
        if (!tokens.is(i - 1, '.') || !tokens.is(i + 1, '=') || !tokens.is(list, '{')) return false;
        const ofDma = tokens.is(list - 1, '=') && isDmaOps(tokens.text(list - 3), tokens.text(list - 2));
        return ofDma && !file.at('map_pfn').some((other) => tokens.parent(other) === list);
      })
      .map((i) => placeOf(file, i - 1, i));
  },
};

/** `struct dma_map_ops name = {`; another structure has a `map_page` of another kind. */
function isDmaOps(type: string, name: string): boolean {
  return type === 'dma_map_ops' || /(?:dma|iommu|swiotlb|sba|nommu|gart).*ops$/.test(name);
}
