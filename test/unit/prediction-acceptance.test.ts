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
import { isErrorWithCode } from '../../src/kernel/errors.js'
import { openState } from '../../src/state.js'
import { EMBEDDING_MODEL, modelsDirectory } from '../support/models.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

/** Longer inputs than stand in their document, and so their size is limited. */
const MAX_PAYLOAD_BYTES = 70_000
const principal: Principal = {
  subject: 'alice',
  tenantId: 'acme',
  roles: ['ADMIN'],
  expiresAtMs: null,
  method: 'LOCAL',
}

test('what was admitted and could not be stored is settled, and no longer waits', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await createTemporaryFolder('acceptance'))
  const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger }))
  const settled: object[] = []
  const { models, retention, responseCache, uploads, fetching, web } = parseConfiguration({})
  const app = stack.use(
    await startApp({
      state,
      runtime: stack.use(createOnnxModelRuntime({ logger, generation: { maxRows: 1 } })),
      codec: stack.use(createTextCodec({ logger })),
      modelsDirectory,
      modelFolders: createModelFolders({ allowed: [], own: state.modelsPath }),
      hub: {
        adapter: createHuggingFaceHub({ url: null, token: null, clock: systemClock }),
        maxModelBytes: 0,
      },
      models: { ...models, queueLength: 1 },
      tasks: { window: 1, leaseMs: 60_000, parallel: 1, queueLength: 10, typesFile: null },
      knowledge: {
        vectorIndex: stack.use(new LanceVectorIndex({ uri: folder.path, cacheBytes: 1 << 20 })),
        textIndex: stack.use(new SqliteTextIndex(folder.path)),
        parser: stack.use(createDocumentParser({ logger })),
        fetching,
      },
      web: { webClient: stack.use(createHttpWebClient(web)), signingSecret: null },
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
  const texts = Array.from({ length: 256 }, () => 'library '.repeat(40))
  const request = {
    input: { kind: 'EMBEDDING', model: EMBEDDING_MODEL, texts },
    priority: null,
    deadlineMs: null,
    store: true,
    idempotencyKey: 'once',
  } as const
  // Twice: the first leaves the only place in the queue.
  for (const times of [1, 2]) {
    await expect(app.predictions.start(principal, request)).rejects.toSatisfy((error) =>
      isErrorWithCode(error, 'PAYLOAD_TOO_LARGE'),
    )
    expect(settled).toEqual(new Array(times).fill({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }))
  }
})
