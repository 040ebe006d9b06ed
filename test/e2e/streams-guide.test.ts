import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { PredictionDocument } from '../generated/graphql.js'
import { chat, startChat } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { isFullTest } from '../support/seed.js'
import { findFreePort, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

interface GuideClient {
  dispose(): void | Promise<void>
}

interface Guide {
  overSocket(): GuideClient
  overEvents(): GuideClient
  follow(client: GuideClient, id: string): AsyncGenerator<{ readonly __typename: string }>
  followText(client: GuideClient, id: string): AsyncGenerator<string>
}

/** The code in the guide, as a module that talks to this port. */
async function importGuide(port: number): Promise<Guide> {
  const guide = await readFile(join(import.meta.dirname, '../../../docs/streams.md'), 'utf8')
  const code = /^```js\n(.*?)^```$/ms.exec(guide)?.[1]?.replaceAll(':4000', `:${port}`)
  if (code === undefined) throw new Error('The guide has no code.')
  const file = join(import.meta.dirname, `streams-guide.${port}.mjs`)
  await writeFile(file, code)
  try {
    return (await import(pathToFileURL(file).href)) as Guide
  } finally {
    await rm(file)
  }
}

test('the client in the guide reads a whole text on both transports although the server is killed', async () => {
  await using stack = new AsyncDisposableStack()
  const data = stack.use(await createTemporaryFolder('guide'))
  const port = await findFreePort()
  const environment = {
    ...(await openQuickModels(stack)),
    GRAPHLOOM_PORT: String(port),
    GRAPHLOOM_DATA_DIR: data.path,
  }
  const guide = await importGuide(port)
  await using killed = await TestServer.start(environment)
  const { id } = await startChat(killed, chat('Tell me a story of the sea.', { maxTokens: isFullTest() ? 120 : 1_500 }))

  const clients = [guide.overSocket(), guide.overEvents()]
  const reading = Promise.withResolvers<undefined>()
  const texts = clients.map(async (client) => {
    let last = ''
    for await (const text of guide.followText(client, id)) {
      if (text.length > 20) reading.resolve(undefined)
      last = text
    }
    return last
  })
  await reading.promise
  process.kill(killed.pid, 'SIGKILL')
  await killed.exited

  await using server = await TestServer.start(environment)
  const read = await Promise.all(texts)
  for (const client of clients) await client.dispose()
  const { prediction } = await server.request(PredictionDocument, { id })
  const output = prediction?.output
  if (output?.__typename !== 'TextOutput') throw new Error(`The prediction has no text, it is ${prediction?.state}.`)
  expect(output.text.length).toBeGreaterThan(100)
  expect(read).toEqual([output.text, output.text])
})

test('the client in the guide does not try again what was refused', async () => {
  await using data = await createTemporaryFolder('guide')
  const port = await findFreePort()
  const guide = await importGuide(port)
  await using server = await TestServer.start({ GRAPHLOOM_PORT: String(port), GRAPHLOOM_DATA_DIR: data.path })
  expect(server.url).toContain(String(port))
  for (const client of [guide.overSocket(), guide.overEvents()]) {
    await expect(guide.follow(client, 'pred_00000000000000000000000000').next()).rejects.toThrow('There is no')
    await client.dispose()
  }
})
