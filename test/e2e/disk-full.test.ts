import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { limitFiles, requireFullDisk } from '../support/full-disk.js'
import { JOBS, LOAD_SCOPE, openLoadState } from '../support/state-load.js'
import { createTemporaryFolder } from '../support/temporary.js'

const LOAD = fileURLToPath(new URL('../fixtures/filling-disk.js', import.meta.url))
const FILE_BYTES = 3_000_000
const REFUSALS = 20

test.skipIf(!requireFullDisk())(
  'without space writes are refused, reads go on, and service returns with the space',
  async () => {
    await using folder = await createTemporaryFolder('disk-full')
    // No file may grow past the limit: for the database that is a disk that takes no more.
    const child = spawn('prlimit', [`--fsize=${FILE_BYTES}:`, process.execPath, LOAD, folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const stored: string[] = []
    const refused: string[] = []
    let reads = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, id = '', code] = line.split(' ')
      if (what === 'stored') stored.push(id)
      if (what === 'read') reads++
      if (what !== 'refused') continue
      expect(code).toBe('UNAVAILABLE')
      refused.push(id)
      if (refused.length === REFUSALS) limitFiles(child.pid!, 'unlimited')
    }
    expect(await exited).toEqual([0, null])
    expect(refused.length).toBeGreaterThanOrEqual(REFUSALS)
    expect(reads).toBe(refused.length)

    await using state = await openLoadState(folder.path)
    const { documents, events } = state.database
    for (const id of stored) {
      expect(await documents.get(JOBS, LOAD_SCOPE, id)).toMatchObject({ id, revision: 1 })
      expect(await events.read(id, 0, 10)).toHaveLength(1)
    }
    for (const id of refused) {
      expect(await documents.get(JOBS, LOAD_SCOPE, id)).toBeNull()
      expect((await events.head(id)).lastSequence).toBe(0)
    }
    expect(await documents.count(JOBS, LOAD_SCOPE)).toBe(stored.length)
  },
)
