import type { Clock } from '../../kernel/clock.js'
import type { ModelHub } from '../../ports/model-hub.js'
import { downloadFile } from './hub-download.js'
import { unavailable, type HubAddress } from './hub-request.js'

export interface HuggingFaceHubOptions {
  /** Null switches it off. */
  readonly url: string | null
  readonly token: string | null
  readonly clock: Clock
  readonly listTimeoutMs?: number
  readonly stallMs?: number
  readonly retryMs?: number
}

const LIST_TIMEOUT_MS = 10_000
const STALL_MS = 30_000
const RETRY_MS = 500

/** The Hugging Face hub, or one that speaks like it. */
export function createHuggingFaceHub(options: HuggingFaceHubOptions): ModelHub {
  const { url, token, clock, listTimeoutMs = LIST_TIMEOUT_MS, stallMs = STALL_MS, retryMs = RETRY_MS } = options
  const requireHub = (): HubAddress => {
    if (url === null) throw unavailable('The model hub is switched off (GRAPHLOOM_HUB_URL).')
    return { url, token }
  }
  return {
    list: async (repository, revision, signal) => {
      const late = new AbortController()
      const giveUp = (): void => late.abort(unavailable(`The model hub did not answer within ${listTimeoutMs} ms.`))
      const timer = setTimeout(giveUp, listTimeoutMs)
      try {
        const hub = requireHub()
        // Few servers ask it.
        const { listRevision } = await import('./hub-listing.js')
        return await listRevision(hub, {
          repository,
          revision,
          signal: AbortSignal.any([signal, late.signal]),
        })
      } finally {
        clearTimeout(timer)
      }
    },
    download: async (request) => downloadFile(requireHub(), { clock, stallMs, retryMs }, request),
  }
}
