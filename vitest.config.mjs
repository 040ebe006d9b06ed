import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'

const FULL = process.env.GRAPHLOOM_TEST_FULL === '1'
/** A test that hangs is told of; none is to fail for the pace of the machine. */
const LIMIT_MS = FULL ? 1_800_000 : 300_000
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
if (!FULL && process.env.TMPDIR === undefined && hasMemoryFolder()) {
  const folder = mkdtempSync(`${MEMORY_FOLDER}/graphloom-tests-`)
  process.env.TMPDIR = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}

// As in the server's own processes.
process.env.ORT_DISABLE_TELEMETRY = '1'

const BY_LENGTH = ['e2e', 'contract', 'api']

/** Long files first, so that none of them runs at the end alone. */
class LongestFirst extends BaseSequencer {
  async sort(files) {
    const rankOf = ({ moduleId }) => {
      const at = BY_LENGTH.findIndex((folder) => moduleId.includes(`/test/${folder}/`))
      return at < 0 ? BY_LENGTH.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

/** Tests run from the compiled output (`npm run build` first), loaded as the server loads it. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.js'],
    exclude: ['node_modules/**'],
    dir: process.env.GRAPHLOOM_TEST_BUILD ?? 'dist',
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    maxWorkers: 3,
    execArgv: ['--enable-source-maps'],
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
})
