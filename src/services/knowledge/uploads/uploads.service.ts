import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../../kernel/clock.js'
import { GraphloomError, invalidInput, isErrorWithCode, notFound } from '../../../kernel/errors.js'
import { createId } from '../../../kernel/ids.js'
import type { Principal } from '../../../domain/principal.js'
import type { UploadDocument } from '../../../domain/upload.js'
import type { BlobStore } from '../../../ports/blob-store.js'
import { SYSTEM_SCOPE } from '../../../ports/document-store.js'
import type { Access } from '../../access/access.js'
import { removeAll, type RemovalStep } from '../../retention/removal-step.js'
import type { UploadContent } from './upload-content.js'
import { checkNewUpload, type NewUpload } from './upload-input.js'
import { MAX_PARTS, type UploadStore } from './upload-store.js'

export interface UploadsServiceOptions {
  readonly access: Access
  readonly store: UploadStore
  readonly content: UploadContent
  readonly blobs: BlobStore
  readonly settings: {
    /** The largest file, bytes. */
    readonly maxBytes: number
    /** How long an upload is kept, milliseconds. */
    readonly ttlMs: number
  }
  readonly clock: Clock
}

export interface CreatedUpload {
  readonly upload: UploadDocument
  /** Of the address; said once. */
  readonly secret: string
}

/** Who has the address may send. */
export interface UploadAddress {
  readonly id: string
  readonly secret: string
}

export interface ReceivedBytes {
  /** Where in the file they begin. */
  readonly from: number
  /** Where they end at most; null for as many as the file has. */
  readonly through: number | null
  /** The size of the file, where the request says it. */
  readonly total: number | null
  readonly content: AsyncIterable<Uint8Array>
  /** Called when the content has ended: whether the request came whole, so that without a total it was the last. */
  readonly isWhole: () => boolean
}

export interface UploadStatus {
  readonly upload: UploadDocument
  readonly receivedBytes: number
}

const MAX_OPEN_UPLOADS = 1_000
const SECRET_BYTES = 32

/** Files that clients send for ingestion: to an address that is made for one of them, as often as it takes. */
export class UploadsService {
  readonly #options: UploadsServiceOptions

  constructor(options: UploadsServiceOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `INVALID_INPUT`, `OVERLOADED` when the tenant has too many open ones, `FORBIDDEN`. */
  async create(principal: Principal, input: NewUpload): Promise<CreatedUpload> {
    const { access, store, settings, clock } = this.#options
    access.require(principal, 'upload.create')
    checkNewUpload(input, settings.maxBytes)
    if ((await store.countOpen(principal.tenantId)) >= MAX_OPEN_UPLOADS)
      throw new GraphloomError('OVERLOADED', `${MAX_OPEN_UPLOADS} uploads are open, and no more may be.`)
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const upload = await store.insert({
      id: createId('upload', clock.now()),
      tenantId: principal.tenantId,
      createdBy: principal.subject,
      state: 'OPEN',
      name: input.name ?? null,
      mediaType: input.mediaType ?? null,
      sizeBytes: input.sizeBytes ?? null,
      secretHash: hashSecret(secret),
      expiresAt: clock.now() + settings.ttlMs,
      blobId: null,
      sha256: null,
    })
    return { upload, secret }
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(UploadDocument | null)[]> {
    const { access, store } = this.#options
    access.require(principal, 'upload.read')
    const found = await store.getMany({ tenantId: principal.tenantId }, ids)
    return found.map((upload) => (upload && this.#isAlive(upload) ? upload : null))
  }

  async countReceived(upload: UploadDocument): Promise<number> {
    return (await this.#options.content.progressOf(upload)).receivedBytes
  }

  /** What the address has got. @throws GraphloomError `NOT_FOUND` for an address that is wrong or over. */
  async describe(address: UploadAddress): Promise<UploadStatus> {
    const upload = await this.#options.content.settle(await this.#find(address))
    return { upload, receivedBytes: await this.countReceived(upload) }
  }

  /**
   * Takes bytes, as many as come: what a broken connection brought stays, and the client goes on after it.
   * @throws GraphloomError `NOT_FOUND` for an address that is wrong or over, `CONFLICT` for bytes that do not follow those
   * that are there, `INVALID_INPUT` for a size that is another one than was said, `PAYLOAD_TOO_LARGE`.
   */
  async receive(address: UploadAddress, bytes: ReceivedBytes): Promise<UploadStatus> {
    const { store, content, blobs, settings } = this.#options
    const upload = await this.#find(address)
    const { receivedBytes, parts } = await content.progressOf(upload)
    checkPlace(upload, bytes, { receivedBytes, isOver: parts.at(-1)?.isLast ?? upload.state === 'COMPLETE' })
    if (parts.length >= MAX_PARTS) throw conflict(`It came in ${MAX_PARTS} pieces; start a new upload.`)
    const total = upload.sizeBytes ?? bytes.total
    if (total !== null && total > settings.maxBytes) throw tooLarge(settings.maxBytes)
    const blob = await blobs.put(bytes.content, {
      maxBytes: Math.min(bytes.through ?? Infinity, total ?? settings.maxBytes) - receivedBytes,
    })
    const through = receivedBytes + blob.sizeBytes
    const isLast = total === null ? bytes.isWhole() : through === total
    try {
      if (blob.sizeBytes === 0) await blobs.delete(blob.id)
      else await store.insertPart(upload, { from: receivedBytes, through, blobId: blob.id, isLast })
    } catch (error) {
      await blobs.delete(blob.id)
      throw isErrorWithCode(error, 'CONFLICT') ? conflict('Another request brought these bytes meanwhile.') : error
    }
    return { upload: await content.settle(upload), receivedBytes: through }
  }

  /** A complete upload of the tenant. @throws GraphloomError `NOT_FOUND`, `CONFLICT` while bytes are missing. */
  async requireComplete(tenantId: string, id: string): Promise<UploadDocument> {
    const { store, content } = this.#options
    const found = await store.get({ tenantId }, id)
    if (!found || !this.#isAlive(found)) throw notFound('upload', id)
    const upload = await content.settle(found)
    if (upload.state !== 'COMPLETE') throw conflict('Its bytes have not all come yet.')
    return upload
  }

  /** The checksum of a complete upload; null when there is none. */
  async findSha256(tenantId: string, id: string): Promise<string | null> {
    return (await this.#options.store.get({ tenantId }, id))?.sha256 ?? null
  }

  /** The content of a complete upload. @throws GraphloomError as `requireComplete`. */
  async *read(tenantId: string, id: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const { blobId } = await this.requireComplete(tenantId, id)
    if (blobId !== null) yield* this.#options.blobs.read(blobId, signal)
  }

  isBlobReferenced(blobId: string): Promise<boolean> {
    return this.#options.store.isBlobReferenced(blobId)
  }

  /** Deletes uploads whose time is over. */
  readonly removeExpired: RemovalStep = async (page) => {
    const { store, content, clock } = this.#options
    return removeAll(await store.listExpired(clock.now(), page), (upload) => content.delete(upload))
  }

  async #find({ id, secret }: UploadAddress): Promise<UploadDocument> {
    const upload = await this.#options.store.get(SYSTEM_SCOPE, id)
    const isRight = timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(upload?.secretHash ?? hashSecret('')))
    if (!upload || !isRight || !this.#isAlive(upload))
      throw new GraphloomError('NOT_FOUND', 'There is no upload at this address, or its time is over.')
    return upload
  }

  #isAlive({ expiresAt }: UploadDocument): boolean {
    return expiresAt > this.#options.clock.now()
  }
}

const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

const conflict = (message: string): GraphloomError => new GraphloomError('CONFLICT', message)

const tooLarge = (maxBytes: number): GraphloomError =>
  new GraphloomError('PAYLOAD_TOO_LARGE', `The file has more than ${maxBytes} bytes.`, {
    details: { limit: { name: 'GRAPHLOOM_DOCUMENT_MAX_BYTES', value: maxBytes } },
  })

function checkPlace(
  { sizeBytes }: UploadDocument,
  { from, total }: ReceivedBytes,
  { receivedBytes, isOver }: { readonly receivedBytes: number; readonly isOver: boolean },
): void {
  if (isOver) throw conflict('The upload is complete.')
  if (from !== receivedBytes) throw conflict(`${receivedBytes} bytes are there; go on with the byte ${receivedBytes}.`)
  if (sizeBytes !== null && total !== null && sizeBytes !== total)
    throw invalidInput('content-range', `says ${total} bytes; ${sizeBytes} were announced`)
}
