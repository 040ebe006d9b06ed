import { defineConfig } from 'vitest/config'
import { fileURLToPath } from 'node:url'

/** Tests run from the compiled output (`npm run build` first), so that they see the same files as the server. */
export default defineConfig({
  resolve: {
    // Otherwise Vite takes graphql's ES module build beside the CommonJS one that its dependents load.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql/index.js')) }],
  },
  test: {
    include: ['test/**/*.test.js'],
    exclude: ['node_modules/**'],
    dir: process.env.GRAPHLOOM_TEST_BUILD ?? 'dist',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
