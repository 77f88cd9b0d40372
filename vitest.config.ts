import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // A shared machine may stall in the middle of a test that waits for another process; a retry shows in the output.
    retry: process.env.CI ? 1 : 0,
    hookTimeout: 60_000,
  },
})
