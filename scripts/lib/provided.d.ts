// What the globalSetups hand to the tests: scripts/lib/browser-setup.mjs and scripts/lib/agreement-setup.mjs.
import 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    vscode: {
      /** Where playwright connects to the one browser. */
      browser: string;
      /** Its process, which leads a group: what VS Code starts is in it. */
      server: number;
      /** The address that opens the workspace. */
      workbench: string;
      /** A copy of media/sample that tests may change. */
      workspace: string;
      /** Where pictures go. */
      screenshots: string;
    };
    /** The C file with the kernel's table of scatterlist cases, or why there is none. */
    kernelTable: { file: string } | { missing: string };
    /** Folders with kernel sources by version, as far as they are there. */
    kernelTrees: Record<string, string>;
  }
}
