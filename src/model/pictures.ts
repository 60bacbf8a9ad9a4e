/** The pictures of the explorer, each a section of it with this id. */
export const PICTURES = [
  'memory-map',
  'page',
  'byte-ribbons',
  'timeline',
  'compare',
  'dma',
  'tier',
  'devices',
  'scenario',
] as const;
export type PictureName = (typeof PICTURES)[number];
