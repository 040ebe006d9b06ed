import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createRandom } from '../support/random.js'
import { type Acknowledgement, findProblems } from '../support/state-load.js'
import { createTemporaryFolder } from '../support/temporary.js'

const LOAD = fileURLToPath(new URL('../fixtures/state-load.js', import.meta.url))
const KILLS = process.env.GRAPHLOOM_TEST_FULL === '1' ? 20 : 3
const SEED = Number(process.env.GRAPHLOOM_TEST_SEED ?? 20_260_102)

test('what was acknowledged is there after kill -9, and nothing by halves', async () => {
  const random = createRandom(SEED)
  for (let round = 0; round < KILLS; round++) {
    await using folder = await createTemporaryFolder('kill')
    const child = spawn(process.execPath, [LOAD, folder.path, '0', '8'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const acknowledged: Acknowledgement[] = []
    const killAfter = 20 + Math.floor(random() * 300)
    for await (const line of createInterface({ input: child.stdout })) {
      // The last line may be cut.
      if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledgement)
      if (acknowledged.length === killAfter) child.kill('SIGKILL')
    }
    await exited
    expect(acknowledged.length).toBeGreaterThanOrEqual(killAfter)
    expect(await findProblems(folder.path, acknowledged), `seed ${SEED}, round ${round}`).toEqual([])
  }
})
