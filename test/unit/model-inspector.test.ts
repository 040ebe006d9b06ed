import { afterAll, beforeAll, expect, test } from 'vitest'
import { ModelInspector } from '../../src/adapters/onnxruntime/model-inspector.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import { NEVER } from '../support/inference.js'
import { ModelFolder } from '../support/model-folders.js'
import { bundledModel, CHAT_MODEL } from '../support/models.js'
import { silentLogger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const stack = new AsyncDisposableStack()
let root: string
let endless: string

beforeAll(async () => {
  root = stack.use(await createTemporaryFolder('models')).path
  const folders = new ModelFolder(root)
  await folders.copy(CHAT_MODEL, 'chat')
  const loop = '{% for a in range(99999) %}'
  endless = await folders.vary('chat', 'endless', {
    'chat_template.jinja': `${loop.repeat(4)}${'{% endfor %}'.repeat(4)}`,
  })
})
afterAll(() => stack.disposeAsync())

test('a bundled model is found as it is described, with the checksums of the catalogue', async () => {
  await using inspector = new ModelInspector({ logger: silentLogger })
  const { checksums } = bundledModel(CHAT_MODEL)
  const inspected = await inspector.inspect({ folder: `${root}/chat`, root, signal: NEVER })
  expect(inspected.checksums).toEqual(checksums)
  expect(inspected.description).toMatchObject({ task: 'CHAT', sizeBytes: 156_977_701, contextTokens: 8_192 })
})

test('a model that never ends is given up, and cancelled; the next ones are inspected', async () => {
  await using hasty = new ModelInspector({ logger: silentLogger, stallMs: 2_000 })
  await expect(hasty.inspect({ folder: endless, root, signal: NEVER })).rejects.toSatisfy((error) =>
    isErrorWithCode(error, 'INVALID_INPUT'),
  )
  await using inspector = new ModelInspector({ logger: silentLogger })
  const leaving = new AbortController()
  const left = inspector.inspect({ folder: endless, root, signal: leaving.signal })
  const next = inspector.inspect({ folder: `${root}/chat`, root, signal: NEVER })
  leaving.abort(new Error('enough'))
  await expect(left).rejects.toThrow('enough')
  expect(Object.keys((await next).checksums)).toHaveLength(8)
})

test('only so many wait', async () => {
  await using inspector = new ModelInspector({ logger: silentLogger })
  const asked = Array.from({ length: 40 }, () => inspector.inspect({ folder: `${root}/none`, root, signal: NEVER }))
  const outcomes = await Promise.allSettled(asked)
  const codes = outcomes.map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : '',
  )
  expect(codes.filter((code) => code === 'INVALID_INPUT')).toHaveLength(32)
  expect(codes.filter((code) => code === 'OVERLOADED')).toHaveLength(8)
})
