import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const run = promisify(execFile)
const BLOCK = /^```(\w+)\n([\s\S]*?)^```/gm
const ADDRESS = '127.0.0.1:4000'
const PLACEHOLDER = 'PREDICTION_ID'

test('the examples of the README work as they stand', async () => {
  await using folder = await createTemporaryFolder('readme')
  await using server = await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path })
  const blocks = [...(await readFile('README.md', 'utf8')).matchAll(BLOCK)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))
  const address = new URL(server.url).host
  let id = ''
  const outputs: string[] = []
  for (const { language, text } of blocks) {
    const example = text.replaceAll(ADDRESS, address).replaceAll(PLACEHOLDER, id)
    if (language === 'sh' && text.startsWith('curl')) outputs.push((await run('bash', ['-c', example])).stdout)
    if (language === 'js') outputs.push(await runModule(example, id))
    id = /"id":"(pred_[0-9a-z]+)"/.exec(outputs.at(-1) ?? '')?.[1] ?? id
  }
  expect(outputs).toHaveLength(5)
  const [query, mutation, started, events, socket] = outputs
  expect(JSON.parse(query!)).toMatchObject({
    data: { server: { health: { ready: true } }, models: [{ task: 'CHAT' }, { task: 'TEXT_EMBEDDING' }] },
  })
  expect(JSON.parse(mutation!)).toMatchObject({
    data: { predict: { state: 'SUCCEEDED', output: { text: expect.stringMatching(/\w/) as string } } },
  })
  expect(JSON.parse(started!)).toMatchObject({ data: { startPrediction: { state: 'QUEUED' } } })
  expect(events).toContain('event: next')
  expect(events).toContain('"reason":"FINISHED"')
  expect(events).toContain('event: complete')
  expect(socket).toMatch(/\w[\s\S]*\n\(FINISHED\)\n$/)
})

/** The module finds its packages from the build as from anywhere in the project. */
async function runModule(text: string, id: string): Promise<string> {
  const file = join(import.meta.dirname, `readme-example.${process.pid}.mjs`)
  await writeFile(file, text)
  try {
    return (await run(process.execPath, [file, id])).stdout
  } finally {
    await rm(file)
  }
}
