import type { Access, Outcome, PatchCertainty, Role } from './series-file';

/** The words of the data, for people. */
export const ROLE: Readonly<Record<Role, string>> = {
  core: 'block layer',
  driver: 'driver',
  stacked: 'stacked device',
  filesystem: 'producer of pages',
  dax: 'DAX',
  dma: 'DMA',
  header: 'header',
  build: 'option, makefile or text',
};

export const ACCESS: Readonly<Record<Access, string>> = {
  dma: 'DMA',
  kmap: 'kmap',
  page_address: 'page_address()',
  sendpage: 'sendpage()',
  'stores-page': 'stores the page',
  copies: 'copies',
  'passes-on': 'only passes on',
  none: 'no memory of a bio',
};

export const OUTCOME: Readonly<Record<Outcome, string>> = {
  works: 'works',
  error: 'ends with an error',
  fault: 'faults',
  bug: 'BUG_ON',
  silent: 'wrong memory, silently',
  below: 'what is below decides',
  owns: 'never gets there: its own pages only',
  declares: 'nothing runs',
};

export const CERTAINTY: Readonly<Record<PatchCertainty, string>> = {
  stated: 'the cover letter says so',
  read: 'so in the postings before and after',
  inferred: 'inferred',
};
