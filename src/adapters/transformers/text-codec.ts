import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import type { TextCodec } from '../../ports/text-codec.js'
import { SupervisedChild } from '../child-process/supervised-child.js'

export interface TextCodecOptions {
  readonly logger: Logger
  /** Without calls for so long, its process ends, milliseconds. */
  readonly idleMs?: number
}

const IDLE_MS = 600_000

/**
 * Tokenisation in a process of its own, started by the first call: tokenizers are large, and long texts take time. When
 * the process ends, what it worked on rejects with `UNAVAILABLE`, and the next call starts another.
 */
export function createTextCodec({ logger, idleMs = IDLE_MS }: TextCodecOptions): TextCodec {
  const never = new AbortController().signal
  let child: SupervisedChild | null = null
  let idleTimer: NodeJS.Timeout | null = null
  let running = 0
  let closed = false

  const start = (): SupervisedChild => {
    if (closed) throw new GraphloomError('UNAVAILABLE', 'The server is stopping.')
    const started = new SupervisedChild({
      entry: new URL('./codec-process.js', import.meta.url),
      name: 'tokenizer',
      crashCode: 'UNAVAILABLE',
      logger,
    })
    void started.exited.then(({ expected, reason }) => {
      if (child === started) child = null
      if (!expected) logger.warn({ reason }, 'tokenizer process ended; another starts when it is needed')
    })
    return started
  }
  const stop = async (): Promise<void> => {
    const stopped = child
    child = null
    await stopped?.stop()
  }
  const call = async <T>(method: string, params: unknown, signal: AbortSignal = never): Promise<T> => {
    if (idleTimer) clearTimeout(idleTimer)
    running++
    try {
      child ??= start()
      return await child.call<T>(method, params, signal)
    } finally {
      if (--running === 0 && !closed) idleTimer = setTimeout(() => void stop(), idleMs).unref()
    }
  }
  return {
    encodeChat: (folder, chat, signal) => call('encodeChat', { folder, chat }, signal),
    encodeText: (folder, text, signal) => call('encodeText', { folder, text }, signal),
    countVocabulary: (folder, signal) => call('countVocabulary', { folder }, signal),
    checkConstraint: (constraint, signal) => call('checkConstraint', { constraint }, signal),
    encodeForEmbedding: (folder, texts, signal) => call('encodeForEmbedding', { folder, texts }, signal),
    encodePairs: (folder, pairs, signal) => call('encodePairs', { folder, ...pairs }, signal),
    [Symbol.asyncDispose]: async () => {
      closed = true
      if (idleTimer) clearTimeout(idleTimer)
      await stop()
    },
  }
}
