import { statfsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const MEMORY_FOLDER = '/dev/shm'
const MEMORY_BYTES = 4 * 2 ** 30

function hasMemoryFolder() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER)
    return bavail * bsize >= MEMORY_BYTES
  } catch {
    return false
  }
}

// Hundreds of processes load the same modules.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('.cache/compiled-modules', import.meta.url))
// In the long run what is stored is on a disk, in the short one in memory where there is enough.
if (process.env.GRAPHLOOM_TEST_FULL !== '1' && hasMemoryFolder()) process.env.TMPDIR ??= MEMORY_FOLDER

/** Tests run from the compiled output (`npm run build` first), loaded as the server loads it. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.js'],
    exclude: ['node_modules/**'],
    dir: process.env.GRAPHLOOM_TEST_BUILD ?? 'dist',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 3,
    execArgv: ['--enable-source-maps'],
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
})
