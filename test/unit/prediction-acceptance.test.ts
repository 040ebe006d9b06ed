import { expect, test } from 'vitest'
import { createModelFolders } from '../../src/adapters/filesystem/model-folders.js'
import { LanceVectorIndex } from '../../src/adapters/lancedb/lance-vector-index.js'
import { createDocumentParser } from '../../src/adapters/parsing/process-document-parser.js'
import { SqliteTextIndex } from '../../src/adapters/sqlite-text/sqlite-text-index.js'
import { createHttpWebClient } from '../../src/adapters/http/http-web-client.js'
import { createHuggingFaceHub } from '../../src/adapters/huggingface/hugging-face-hub.js'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import { startApp } from '../../src/app.js'
import { parseConfiguration } from '../../src/config/configuration.js'
import type { Principal } from '../../src/domain/principal.js'
import { systemClock } from '../../src/kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../src/kernel/errors.js'
import type { DocumentStore } from '../../src/ports/document-store.js'
import { createTenantSigner } from '../../src/services/tasks/tenant-signer.js'
import { openState } from '../../src/state.js'
import { EMBEDDING_MODEL, modelsDirectory } from '../support/models.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

/** Longer inputs than stand in their document, and so their size is limited. */
const MAX_PAYLOAD_BYTES = 70_000
const principal: Principal = {
  subject: 'alice',
  tenantId: 'acme',
  roles: ['ADMIN'],
  expiresAtMs: null,
  method: 'LOCAL',
}

interface Opened {
  readonly app: Awaited<ReturnType<typeof startApp>>
  readonly settled: object[]
}

/** `insert` gets the real one of the state's documents. */
async function openApp(
  stack: AsyncDisposableStack,
  wrapInsert: (insert: DocumentStore['insert']) => DocumentStore['insert'] = (insert) => insert,
): Promise<Opened> {
  const folder = stack.use(await createTemporaryFolder('acceptance'))
  const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger }))
  const insert = wrapInsert(state.documents.insert.bind(state.documents))
  const documents = new Proxy(state.documents, {
    get: (target, name) => {
      if (name === 'insert') return insert
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  const settled: object[] = []
  const { models, retention, responseCache, uploads, fetching, web } = parseConfiguration({})
  const app = stack.use(
    await startApp({
      state: { ...state, documents },
      runtime: stack.use(createOnnxModelRuntime({ logger, generation: { maxRows: 1 } })),
      codec: stack.use(createTextCodec({ logger })),
      modelsDirectory,
      modelFolders: createModelFolders({ allowed: [], own: state.modelsPath }),
      hub: {
        adapter: createHuggingFaceHub({ url: null, token: null, clock: systemClock }),
        maxModelBytes: 0,
      },
      models: { ...models, queueLength: 1 },
      tasks: { window: 4, leaseMs: 60_000, parallel: 1, queueLength: 10, typesFile: null },
      knowledge: {
        vectorIndex: stack.use(new LanceVectorIndex({ uri: folder.path, cacheBytes: 1 << 20 })),
        textIndex: stack.use(new SqliteTextIndex(folder.path)),
        eraseAfterMs: 60_000,
        parser: stack.use(createDocumentParser({ logger })),
        fetching,
      },
      web: { webClient: stack.use(createHttpWebClient(web)), signer: createTenantSigner([]) },
      streams: { backlogEvents: 100, joinBytes: 1_000 },
      retention,
      responseCache,
      uploads,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      currentTrace: () => ({ traceId: '0'.repeat(32), traceparent: null }),
      inSpan: (_name, _traceparent, work) => work(),
      onSettled: (usage) => settled.push(usage),
      clock: systemClock,
      logger,
    }),
  )
  return { app, settled }
}

const embedding = (texts: readonly string[], idempotencyKey: string | null) =>
  ({
    input: { kind: 'EMBEDDING', model: EMBEDDING_MODEL, texts },
    priority: null,
    deadlineMs: null,
    store: true,
    idempotencyKey,
  }) as const

test('what was admitted and could not be stored is settled, and no longer waits', async () => {
  await using stack = new AsyncDisposableStack()
  const { app, settled } = await openApp(stack)
  const texts = Array.from({ length: 256 }, () => 'library '.repeat(40))
  // Twice: the first leaves the only place in the queue.
  for (const times of [1, 2]) {
    await expect(app.predictions.start(principal, embedding(texts, 'once'))).rejects.toSatisfy((error) =>
      isErrorWithCode(error, 'PAYLOAD_TOO_LARGE'),
    )
    expect(settled).toEqual(new Array(times).fill({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }))
  }
})

test('what somebody waits for begins while it is stored; what cannot be stored leaves nothing', async () => {
  await using stack = new AsyncDisposableStack()
  const held = Promise.withResolvers<void>()
  const asked: string[] = []
  let isDiskThere = true
  const { app, settled } = await openApp(stack, (insert) => async (collection, document, ...rest) => {
    if (collection.name === 'predictions') {
      asked.push(document.id)
      await held.promise
      if (!isDiskThere) throw new GraphloomError('UNAVAILABLE', 'There is no disk.')
    }
    return insert(collection, document, ...rest)
  })
  const { signal } = new AbortController()
  const first = app.predictions.predict(principal, embedding(['a lake'], null), signal)
  // Its place before the model is free again once the model has taken it.
  await waitFor('the model to take it', async () => {
    const { queueLength } = await app.predictions.estimate(principal, embedding(['a lake'], null).input)
    return asked.length === 1 && queueLength === 0 ? true : null
  })
  expect({ stored: await app.predictions.getMany(principal, asked), settled }).toEqual({ stored: [null], settled: [] })
  held.resolve()
  const { document } = await first
  expect(document).toMatchObject({ id: asked[0], state: 'SUCCEEDED' })
  const { updatedAt: _updatedAt, ...told } = document
  expect(await app.predictions.getMany(principal, asked)).toMatchObject([{ ...told, revision: 2 }])
  isDiskThere = false
  await expect(app.predictions.predict(principal, embedding(['a hill'], null), signal)).rejects.toSatisfy((error) =>
    isErrorWithCode(error, 'UNAVAILABLE'),
  )
  isDiskThere = true
  expect((await app.predictions.predict(principal, embedding(['a town'], null), signal)).document.state).toBe(
    'SUCCEEDED',
  )
  expect((await app.predictions.getMany(principal, asked)).map((one) => one?.state)).toEqual([
    'SUCCEEDED',
    undefined,
    'SUCCEEDED',
  ])
  expect(settled).toHaveLength(3)
})
