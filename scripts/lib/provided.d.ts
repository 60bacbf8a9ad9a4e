// What scripts/lib/browser-setup.mjs hands to the browser tests.
import 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    vscode: {
      /** Where playwright connects to the one browser. */
      browser: string;
      /** The address that opens the workspace. */
      workbench: string;
      /** A copy of media/sample that tests may change. */
      workspace: string;
      /** Where pictures go. */
      screenshots: string;
    };
  }
}
