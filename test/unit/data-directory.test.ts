import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openDataDirectory } from '../../src/adapters/filesystem/data-directory.js'
import { createTemporaryFolder } from '../support/temporary.js'

const HOLDER = fileURLToPath(new URL('../fixtures/held-directory.js', import.meta.url))

/** A process that holds the directory. */
async function startHolder(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [HOLDER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [data] = (await once(child.stdout, 'data')) as [Buffer]
  expect(data.toString()).toBe('held\n')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('a data directory is made where it is missing, for its owner only', async () => {
  await using folder = await createTemporaryFolder('data')
  const path = join(folder.path, 'some', 'where')
  await using directory = await openDataDirectory(path)
  expect(directory.path).toBe(path)
  for (const part of [path, directory.statePath, directory.blobsPath]) {
    const { mode } = await stat(part)
    expect(mode & 0o777).toBe(0o700)
  }
})

test('a second server is refused with who holds the directory, until it is given up', async () => {
  await using folder = await createTemporaryFolder('data')
  const first = await openDataDirectory(folder.path)
  const refused = {
    code: 'UNAVAILABLE',
    message: expect.stringMatching(
      `${folder.path} is in use by process ${process.pid} on ${hostname()} since 20`,
    ) as unknown,
  }
  await expect(openDataDirectory(folder.path)).rejects.toMatchObject(refused)
  await expect(openDataDirectory(folder.path)).rejects.toMatchObject(refused)
  await first[Symbol.asyncDispose]()
  await first[Symbol.asyncDispose]()
  await using _second = await openDataDirectory(folder.path)
})

test('a directory that another process holds is free as soon as that is killed', async () => {
  await using folder = await createTemporaryFolder('data')
  const child = await startHolder(folder.path)
  try {
    await expect(openDataDirectory(folder.path)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`process ${child.pid} on ${hostname()} since 20`) as unknown,
    })
  } finally {
    await kill(child)
  }
  await using _directory = await openDataDirectory(folder.path)
})

test('what cannot be a data directory is refused with its name', async () => {
  await using folder = await createTemporaryFolder('data')
  const file = join(folder.path, 'file')
  await writeFile(file, '')
  for (const path of [file, join(file, 'below')])
    await expect(openDataDirectory(path)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(path) as unknown,
    })
})
