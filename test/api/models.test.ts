import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DeleteModelAliasDocument,
  FindNodesDocument,
  LoadModelVersionDocument,
  ModelDocument,
  ModelsDocument,
  ModelVersionDocument,
  ModelVersionEventsDocument,
  PredictDocument,
  ServerStatusDocument,
  SetModelAliasDocument,
  UnloadModelVersionDocument,
  ViewerDocument,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe.each(STORES)('models, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer

  beforeAll(async () => {
    server = stack.use(await TestServer.start(await openStore(stack, store)))
  })
  afterAll(() => stack.disposeAsync())

  async function versionOf(name: string) {
    const { modelVersion } = await server.request(ModelVersionDocument, { name, version: '1' })
    if (!modelVersion) throw new Error(`There is no ${name}.`)
    return modelVersion
  }

  test('both bundled models are registered, with everything about them', async () => {
    const { models } = await server.request(ModelsDocument, {})
    expect(models.map((model) => [model.name, model.task, model.license])).toEqual([
      [CHAT_MODEL, 'CHAT', 'Apache-2.0'],
      [EMBEDDING_MODEL, 'TEXT_EMBEDDING', 'Apache-2.0'],
    ])
    const { model } = await server.request(ModelDocument, { name: CHAT_MODEL })
    expect(model?.version).toMatchObject({ dtype: 'q8', contextTokens: 8_192, embeddingDimensions: null })
    expect(model?.version?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(model?.version?.inputs).toHaveLength(63)
    expect((await server.request(ModelDocument, { name: 'nope' })).model).toBeNull()
  })

  test('loading and unloading are followed live, and two loads share one job', async () => {
    const { id } = await versionOf(EMBEDDING_MODEL)
    const states: string[] = []
    const phases = new Set<string>()
    let sequence = 0
    const followed = (async () => {
      for await (const { modelVersionEvents: item } of server.subscribe(ModelVersionEventsDocument, { id })) {
        expect(item.fromSequence).toBe(sequence === 0 ? 1 : sequence + 1)
        sequence = item.sequence
        if (item.__typename !== 'ModelVersionSnapshot' && item.__typename !== 'ModelVersionChanged') continue
        const { state, loadProgress } = item.modelVersion
        if (states.at(-1) !== state) states.push(state)
        if (loadProgress) phases.add(loadProgress.phase)
        if (states.length > 1 && state === 'UNLOADED') return
      }
    })()
    await waitFor('the snapshot', () => states.length > 0)
    const loads = await Promise.all([1, 2, 3].map(() => server.request(LoadModelVersionDocument, { input: { id } })))
    for (const { loadModelVersion } of loads) expect(loadModelVersion.__typename).toBe('ModelVersion')
    await waitFor('it to be ready', async () => (await versionOf(EMBEDDING_MODEL)).state === 'READY')
    const { model } = await server.request(ModelDocument, { name: EMBEDDING_MODEL })
    const runner = model?.version?.runner
    expect(runner?.restarts).toBe(0)
    expect(model?.version?.residentBytes).toBeGreaterThan(20_000_000)
    await server.request(UnloadModelVersionDocument, { input: { id } })
    await followed
    expect(states).toEqual(['UNLOADED', 'LOADING', 'WARMING', 'READY', 'UNLOADING', 'UNLOADED'])
    expect([...phases]).toEqual(['STARTING', 'VERIFYING', 'READING', 'WARMING'])
    await waitFor('its process to be gone', () => !isRunning(runner!.pid))
    expect((await versionOf(EMBEDDING_MODEL)).residentBytes).toBeNull()
  })

  test('an unloaded model loads by itself on first use, and counts what it did', async () => {
    const { id } = await versionOf(EMBEDDING_MODEL)
    await server.request(UnloadModelVersionDocument, { input: { id } })
    const { predict } = await server.request(PredictDocument, {
      input: { embedding: { model: EMBEDDING_MODEL, texts: ['a', 'b'] } },
    })
    expect(predict).toMatchObject({ __typename: 'Prediction', state: 'SUCCEEDED', servedVersion: { id } })
    const { model } = await server.request(ModelDocument, { name: EMBEDDING_MODEL })
    expect(model?.metrics).toMatchObject({ requests: 1, inferences: 2, failures: [], queueLength: 0 })
    expect(model?.metrics.latencyMs.p50).toBeGreaterThan(0)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('graphloom_models_resident 1')
    expect(metrics).toMatch(
      /graphloom_store_operations_total\{operation="insert",collection="predictions",outcome="success"\} 1/,
    )
  })

  test('aliases are set, moved and deleted; "latest" stays', async () => {
    const { id } = await versionOf(EMBEDDING_MODEL)
    const set = await server.request(SetModelAliasDocument, { input: { name: 'stable', modelVersionId: id } })
    expect(set.setModelAlias).toMatchObject({ __typename: 'ModelAlias', name: 'stable', version: { id } })
    const used = await server.request(PredictDocument, {
      input: { embedding: { model: `${EMBEDDING_MODEL}@stable`, texts: ['x'] } },
    })
    expect(used.predict).toMatchObject({ state: 'SUCCEEDED' })
    const deleted = await server.request(DeleteModelAliasDocument, {
      input: { model: EMBEDDING_MODEL, name: 'stable' },
    })
    expect(deleted.deleteModelAlias).toMatchObject({ __typename: 'ModelAlias' })
    const gone = await server.request(DeleteModelAliasDocument, { input: { model: EMBEDDING_MODEL, name: 'stable' } })
    expect(gone.deleteModelAlias).toMatchObject({ __typename: 'NotFound' })
    const latest = await server.request(DeleteModelAliasDocument, { input: { model: EMBEDDING_MODEL, name: 'latest' } })
    expect(latest.deleteModelAlias).toMatchObject({ __typename: 'Conflict' })
    const odd = await server.request(SetModelAliasDocument, { input: { name: 'A B', modelVersionId: id } })
    expect(odd.setModelAlias).toMatchObject({ __typename: 'InvalidInput' })
    const nowhere = await server.request(SetModelAliasDocument, {
      input: { name: 'x', modelVersionId: 'mver_00000000000000000000000000' },
    })
    expect(nowhere.setModelAlias).toMatchObject({ __typename: 'NotFound' })
  })

  test('every entity is found by its id, in order, and nothing for the rest', async () => {
    const { id } = await versionOf(CHAT_MODEL)
    const { model } = await server.request(ModelDocument, { name: CHAT_MODEL })
    const { nodes } = await server.request(FindNodesDocument, { ids: [id, 'nope', model!.id] })
    expect(nodes).toEqual([{ __typename: 'ModelVersion', id }, null, { __typename: 'Model', id: model!.id }])
  })

  test('who asks and how the server is', async () => {
    const { viewer } = await server.request(ViewerDocument, {})
    expect(viewer).toEqual({ subject: 'local', tenantId: 'local', roles: ['ADMIN', 'MEMBER'], expiresAt: null })
    const status = await server.request(ServerStatusDocument, {})
    expect(status.server).toMatchObject({ phase: 'READY', stateStore: store, health: { ready: true } })
  })
})
