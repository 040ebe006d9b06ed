import { mkdtemp, open, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FilesystemBlobStore } from '../../src/adapters/filesystem/filesystem-blob-store.js'
import { type OpenedBlobStore, runBlobStoreSuite } from './blob-store.suite.js'
import { codeOf } from './document-store.fixture.js'

const A_MINUTE_AGO = new Date(Date.now() - 60_000)

async function openIn(folder: string): Promise<OpenedBlobStore> {
  return {
    blobs: await FilesystemBlobStore.open(folder),
    reopen: () => openIn(folder),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'graphloom-blobs-'))

runBlobStoreSuite({ name: 'filesystem', open: async () => openIn(await newFolder()) })

async function onlyFile(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const [file] = names.filter((entry) => entry.isFile())
  if (!file) throw new Error('There is no file.')
  return join(file.parentPath, file.name)
}

test('filesystem: content that changed on the disk is not given out as whole', async () => {
  const folder = await newFolder()
  await using opened = await openIn(folder)
  const { id } = await opened.blobs.put(new Uint8Array(100_000), { maxBytes: 1_000_000 })
  const drain = async (): Promise<void> => {
    for await (const chunk of opened.blobs.read(id)) expect(chunk.byteLength).toBeGreaterThan(0)
  }
  const path = await onlyFile(folder)
  await drain()
  {
    await using file = await open(path, 'r+')
    await file.write(Uint8Array.of(1), 0, 1, 70_000)
  }
  expect(await codeOf(drain())).toBe('INTERNAL')
  await truncate(path, 50_000)
  expect(await codeOf(drain())).toBe('INTERNAL')
})

test('filesystem: what a crash left half written is swept', async () => {
  const folder = await newFolder()
  await using opened = await openIn(folder)
  for (const name of ['blob_half', 'another']) {
    const path = join(folder, 'partial', name)
    await writeFile(path, 'half')
    await utimes(path, A_MINUTE_AGO, A_MINUTE_AGO)
  }
  expect(await opened.blobs.sweep(3_600_000, () => Promise.resolve(true))).toBe(0)
  expect(await opened.blobs.sweep(0, () => Promise.resolve(true))).toBe(2)
  expect(await readdir(join(folder, 'partial'))).toEqual([])
})
