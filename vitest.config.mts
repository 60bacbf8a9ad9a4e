import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], setupFiles: ['test/drivers.ts', 'test/seed.ts'] } },
      {
        test: {
          name: 'agreement',
          include: ['test/agreement/**/*.test.ts'],
          setupFiles: ['test/drivers.ts', 'test/seed.ts'],
          globalSetup: ['scripts/lib/agreement-setup.mjs'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['scripts/lib/browser-setup.mjs'],
          // One workbench at a time: they share a server, its settings and two cores.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // As patient as the browser's own waits have to be: the default second is short on two busy cores.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
