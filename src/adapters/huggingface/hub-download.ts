import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { Clock } from '../../kernel/clock.js'
import type { HubDownload } from '../../ports/model-hub.js'
import { hasCode, isDiskError } from '../filesystem/durable-files.js'
import { chunksOf, requestHub, unavailable, unreachable, type HubAddress } from './hub-request.js'
import { PartialFile, sizeOfWhole } from './partial-file.js'

export interface DownloadRules {
  readonly clock: Clock
  /** Without a byte for so long, a connection is given up, milliseconds. */
  readonly stallMs: number
  /** Pause before the second try without progress, milliseconds; it doubles each time. */
  readonly retryMs: number
}

/** Tries without a byte between them. */
const MAX_TRIES = 4
const MAX_PAUSE_MS = 30_000

/** See `ModelHub.download`. */
export async function downloadFile(hub: HubAddress, rules: DownloadRules, request: HubDownload): Promise<void> {
  const { file, target, onBytes, signal } = request
  if ((await sizeOfWhole(target)) === file.sizeBytes) {
    onBytes(file.sizeBytes)
    return
  }
  try {
    await using partial = await PartialFile.open(file, target, signal)
    onBytes(partial.bytes)
    // What was left behind may be damaged; what comes anew and is wrong stays wrong.
    for (const isLast of [partial.bytes === 0, true]) {
      await fill(hub, rules, request, partial)
      if (await partial.finish()) return
      await partial.restart()
      if (isLast) break
    }
    throw new GraphloomError(
      'INVALID_INPUT',
      `The hub's file ${file.path} does not have the checksum that the hub lists.`,
    )
  } catch (error) {
    throw toDownloadError(error)
  }
}

/** Goes on until all bytes are there, over as many connections as it takes. */
async function fill(hub: HubAddress, rules: DownloadRules, request: HubDownload, partial: PartialFile): Promise<void> {
  const { clock, retryMs } = rules
  for (let tries = 0; !partial.isWhole;) {
    const before = partial.bytes
    try {
      await receive(hub, rules, request, partial)
    } catch (error) {
      request.signal.throwIfAborted()
      if (!isErrorWithCode(error, 'UNAVAILABLE')) throw error
      tries = partial.bytes > before ? 1 : tries + 1
      if (tries >= MAX_TRIES) throw error
      const pauseMs = Math.max(retryMs * 2 ** (tries - 1), error.details.retryAfterMs ?? 0)
      await clock.sleep(Math.min(pauseMs, MAX_PAUSE_MS), request.signal)
    }
  }
}

/** One connection: what it gives is appended. @throws GraphloomError `UNAVAILABLE` when it ends too early. */
async function receive(
  hub: HubAddress,
  { stallMs }: DownloadRules,
  { repository, commit, file, onBytes, signal }: HubDownload,
  partial: PartialFile,
): Promise<void> {
  const path = `/${repository}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`
  const stalled = new AbortController()
  const giveUp = (): void => stalled.abort(unavailable(`The model hub sent nothing for ${stallMs} ms.`))
  const timer = setTimeout(giveUp, stallMs)
  const either = AbortSignal.any([signal, stalled.signal])
  try {
    const headers = partial.bytes > 0 ? { range: `bytes=${partial.bytes}-` } : {}
    const response = await requestHub(hub, { path, what: `${repository}/${file.path}`, headers, signal: either })
    if (!isRest(response, partial.bytes)) await partial.restart()
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel()
      throw unavailable(`The model hub answers with status ${response.status}.`)
    }
    for await (const chunk of chunksOf(response)) {
      timer.refresh()
      if (partial.bytes + chunk.byteLength > file.sizeBytes)
        throw new GraphloomError('INVALID_INPUT', `The hub's file ${file.path} is longer than the hub lists.`)
      await partial.append(chunk)
      onBytes(partial.bytes)
    }
  } catch (error) {
    if (error instanceof GraphloomError || isDiskError(error)) throw error
    if (either.aborted) throw either.reason
    throw unreachable(new URL(hub.url), error)
  } finally {
    clearTimeout(timer)
  }
  if (!partial.isWhole) throw unavailable(`The hub's file ${file.path} ended too early.`)
}

/** Whether a response is what comes after the bytes that are there. */
function isRest(response: Response, start: number): boolean {
  return response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`) === true
}

function toDownloadError(error: unknown): unknown {
  if (!isDiskError(error)) return error
  const reason = hasCode(error, 'ENOSPC') ? 'the disk is full' : 'the disk cannot be written'
  return new GraphloomError('UNAVAILABLE', `The model could not be stored: ${reason}.`, { cause: error })
}
