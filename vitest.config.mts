import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Both cores of a small machine: vitest would keep one for itself.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          setupFiles: ['test/drivers.ts', 'test/seed.ts'],
        },
      },
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
          // A key that came while VS Code was busy elsewhere is pressed again; what fails twice is wrong.
          retry: 1,
          hookTimeout: 120_000,
          // As patient as the browser's own waits have to be: the default second is short on two busy cores.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
