import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/plan-guard/collect.ts'],
    pool: 'forks',
    // Files of one worker share their modules, which are read once then: what a test changes it puts back.
    isolate: false,
    // Most tests wait for PostgreSQL most of the time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
