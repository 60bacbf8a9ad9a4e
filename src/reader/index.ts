export { CParser } from './c-parser';
export type { ParserFiles } from './c-parser';
export { hoverAt } from './hover';
export type { Hover, HoverOptions } from './hover';
export { hoverMarkdown } from './hover-markdown';
export { nameAt } from './name-at';
export type { NameAt } from './name-at';
