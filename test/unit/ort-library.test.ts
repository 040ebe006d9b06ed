import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { openOrtLibrary } from '../../src/adapters/onnxruntime/ort-library.js'
import { bundledModel, EMBEDDING_MODEL } from '../support/models.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

test('the library stays in memory while it is held, also with one thread, which leaves nothing of its own there', async () => {
  const library = openOrtLibrary()
  for (let i = 0; i < 5; i++) {
    collectGarbage()
    // What becomes of objects that are gone is done in a turn of its own.
    await nextTurn()
  }
  const graph = join(bundledModel(EMBEDDING_MODEL).path, 'onnx/model_quantized.onnx')
  const session = await library.createSession(graph, { threads: 1, config: {} })
  expect(session).not.toBe(0n)
  library.releaseSession(session)
  expect(library.version).toMatch(/^\d+\.\d+\.\d+$/)
})
