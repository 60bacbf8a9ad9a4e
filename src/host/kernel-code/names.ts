/** Commands of an editor with kernel C. */
export const KERNEL_CODE_COMMANDS = [
  'showName',
  'goToDefinition',
  'showSource',
  'explainLens',
  'convert',
  'showLeftAlone',
] as const;
export type KernelCodeCommand = (typeof KERNEL_CODE_COMMANDS)[number];

/** Texts about kernel C that the reader writes. */
export const READING_SCHEME = 'bioscope-reading';

/** In which editors Bioscope reads C; headers of C are C++ to VS Code. */
export const C_LANGUAGE_IDS: readonly string[] = ['c', 'cpp'];
