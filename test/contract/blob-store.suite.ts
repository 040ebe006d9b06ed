import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { BlobStore } from '../../src/ports/blob-store.js'
import { codeOf } from './document-store.fixture.js'

export interface OpenedBlobStore extends AsyncDisposable {
  readonly blobs: BlobStore
  readonly reopen: () => Promise<OpenedBlobStore>
}

interface BlobStoreFixture {
  readonly name: string
  open(): Promise<OpenedBlobStore>
}

const MAX_BYTES = 10_000_000

async function readAll(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const readBlob = (blobs: BlobStore, id: string): Promise<Buffer> => readAll(blobs.read(id))

async function* inPieces(content: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.byteLength; at += pieceBytes) {
    await Promise.resolve()
    yield content.subarray(at, at + pieceBytes)
  }
}

/** The contract of `BlobStore`, for each adapter. */
export function runBlobStoreSuite(fixture: BlobStoreFixture): void {
  const blobTest = (name: string, run: (opened: OpenedBlobStore) => Promise<void>): void => {
    test(`${fixture.name}: ${name}`, async () => {
      await using opened = await fixture.open()
      await run(opened)
    })
  }

  blobTest('what was put is read back', async ({ blobs }) => {
    for (const size of [0, 1, 65_536, 65_537, 1_500_000]) {
      const content = randomBytes(size)
      const sha256 = createHash('sha256').update(content).digest('hex')
      for (const given of [content, inPieces(content, 50_000)]) {
        const info = await blobs.put(given, { maxBytes: MAX_BYTES })
        expect(info).toEqual({ id: expect.any(String) as unknown, sizeBytes: size, sha256 })
        expect((await readBlob(blobs, info.id)).equals(content)).toBe(true)
      }
    }
  })

  blobTest('blobs written at the same time do not meet', async ({ blobs }) => {
    const contents = Array.from({ length: 32 }, (_, at) => randomBytes(1_000 * (at + 1)))
    const infos = await Promise.all(
      contents.map((content) => blobs.put(inPieces(content, 700), { maxBytes: MAX_BYTES })),
    )
    expect(new Set(infos.map(({ id }) => id)).size).toBe(32)
    for (const [at, { id }] of infos.entries())
      expect((await readBlob(blobs, id)).equals(contents[at] ?? Buffer.alloc(0))).toBe(true)
  })

  blobTest('content over its bound is refused and its source is left', async ({ blobs }) => {
    let left = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          await Promise.resolve()
          yield randomBytes(1_000)
        }
      } finally {
        left = true
      }
    }
    expect(await codeOf(blobs.put(endless(), { maxBytes: 10_000 }))).toBe('PAYLOAD_TOO_LARGE')
    expect(left).toBe(true)
    expect(await codeOf(blobs.put(new Uint8Array(11), { maxBytes: 10 }))).toBe('PAYLOAD_TOO_LARGE')
    expect((await blobs.put(new Uint8Array(10), { maxBytes: 10 })).sizeBytes).toBe(10)
  })

  blobTest('a source that fails leaves nothing', async ({ blobs }) => {
    const failure = new Error('the source failed')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield randomBytes(100)
      await Promise.resolve()
      throw failure
    }
    await expect(blobs.put(failing(), { maxBytes: MAX_BYTES })).rejects.toBe(failure)
    expect(await blobs.sweep(0, () => Promise.resolve(false))).toBe(0)
  })

  blobTest('an aborted call rejects with its reason, also while its source does not go on', async ({ blobs }) => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const asked = Promise.withResolvers<void>()
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield randomBytes(100)
      asked.resolve()
      await new Promise(() => undefined)
    }
    const putting = blobs.put(stuck(), { maxBytes: MAX_BYTES, signal: controller.signal })
    await asked.promise
    controller.abort(reason)
    await expect(putting).rejects.toBe(reason)
    const aborted = { maxBytes: MAX_BYTES, signal: AbortSignal.abort(reason) }
    await expect(blobs.put(randomBytes(10), aborted)).rejects.toBe(reason)
    const { id } = await blobs.put(randomBytes(10), { maxBytes: MAX_BYTES })
    await expect(readAll(blobs.read(id, AbortSignal.abort(reason)))).rejects.toBe(reason)
    expect(await blobs.sweep(0, (blob) => Promise.resolve(blob === id))).toBe(0)
  })

  blobTest('what is not there is not found, whatever its id', async ({ blobs }) => {
    const { id } = await blobs.put(randomBytes(10), { maxBytes: MAX_BYTES })
    await blobs.delete(id)
    await blobs.delete(id)
    for (const odd of [id, '', '..', '../../etc/passwd', 'blob_x', `${id}/..`, id.slice(0, -1), '\0'])
      expect(await codeOf(readBlob(blobs, odd))).toBe('NOT_FOUND')
    await blobs.delete('../../etc/passwd')
  })

  blobTest('a sweep deletes what is old and nobody refers to', async ({ blobs }) => {
    const infos = await Promise.all(
      Array.from({ length: 10 }, () => blobs.put(randomBytes(10), { maxBytes: MAX_BYTES })),
    )
    const referred = new Set(infos.slice(0, 4).map(({ id }) => id))
    const isReferenced = (id: string): Promise<boolean> => Promise.resolve(referred.has(id))
    expect(await blobs.sweep(3_600_000, isReferenced)).toBe(0)
    expect(await blobs.sweep(0, isReferenced)).toBe(6)
    for (const { id } of infos)
      if (referred.has(id)) expect(await readBlob(blobs, id)).toHaveLength(10)
      else expect(await codeOf(readBlob(blobs, id))).toBe('NOT_FOUND')
  })

  blobTest('blobs are there when the store is opened again', async ({ blobs, reopen }) => {
    const content = randomBytes(100_000)
    const { id } = await blobs.put(content, { maxBytes: MAX_BYTES })
    const again = await reopen()
    expect((await readBlob(again.blobs, id)).equals(content)).toBe(true)
  })
}
