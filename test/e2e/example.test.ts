import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isFullTest } from '../support/seed.js'

const EXAMPLE = fileURLToPath(new URL('../../src/cli/example.js', import.meta.url))

/** Runs it; interrupts it when it has printed `interruptAt`. */
async function runExample(interruptAt: string | null) {
  const child = spawn(process.execPath, [EXAMPLE], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let isInterrupted = false
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      output += text.toString()
      if (interruptAt === null || isInterrupted || !output.includes(interruptAt)) return
      isInterrupted = true
      child.kill('SIGINT')
    })
  const [code] = (await once(child, 'close')) as [number | null]
  const [, url = '', folder = ''] = /listens on (\S+); its data is in (\S+)/.exec(output) ?? []
  return { code, output, url, folder }
}

async function expectGone({ url, folder }: { readonly url: string; readonly folder: string }): Promise<void> {
  expect(folder).not.toBe('')
  expect(existsSync(folder)).toBe(false)
  await expect(fetch(url)).rejects.toThrow()
}

test('the example can be interrupted, and leaves nothing', async () => {
  const run = await runExample('0/')
  expect(run.output).toContain('Interrupted')
  expect(run.code).toBe(130)
  await expectGone(run)
})

if (isFullTest())
  test('the example answers from what comes with the project, with citations that hold', async () => {
    const run = await runExample(null)
    expect(run.code, run.output).toBe(0)
    expect(run.output).toContain('60/60')
    expect(run.output).toContain('up to 180 euros in Oslo, London and Halifax. [1]')
    expect(run.output).toContain('[1] policies/travel.md')
    expect(run.output).toContain('valid, not superseded')
    expect(run.output).not.toContain('NOT VALID')
    expect(run.output.match(/Grounded: each sentence has support/g)).toHaveLength(2)
    await expectGone(run)
  })
