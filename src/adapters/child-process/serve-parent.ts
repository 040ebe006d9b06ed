import { GraphloomError } from '../../kernel/errors.js'
import type { ChildError, ToChild, ToParent } from './protocol.js'

export interface CallContext {
  readonly signal: AbortSignal
  /**
   * Sends an event of the call. Resolves when it has left this process: who waits for it before the next one cannot
   * fill the memory while the parent is slow to read.
   */
  readonly emit: (event: unknown) => Promise<void>
}

export type CallHandler = (params: never, context: CallContext) => Promise<unknown>

/** Answers the calls of the parent process, and ends with it. */
export function serveParent(handlers: Readonly<Record<string, CallHandler>>): void {
  const running = new Map<number, AbortController>()
  const answer = async (call: Extract<ToChild, { kind: 'call' }>): Promise<void> => {
    const controller = new AbortController()
    running.set(call.id, controller)
    const emit = (event: unknown): Promise<void> =>
      controller.signal.aborted ? Promise.resolve() : send({ kind: 'event', id: call.id, event })
    try {
      const handler = handlers[call.method]
      if (!handler) throw new Error(`There is no method ${call.method}.`)
      const result = await handler(call.params as never, { signal: controller.signal, emit })
      await send({ kind: 'result', id: call.id, result })
    } catch (error) {
      await send({ kind: 'error', id: call.id, error: toChildError(error) })
    } finally {
      running.delete(call.id)
    }
  }
  const receive = (request: ToChild): void => {
    if (request.kind === 'abort')
      running.get(request.id)?.abort(new GraphloomError('CANCELLED', 'The call was cancelled.'))
    else void answer(request)
  }
  process.on('message', (requests) => (requests as readonly ToChild[]).forEach(receive))
  // There is nothing to save, and exit handlers of native code may hang.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // A signal to the whole process group is for the parent, which may still need this process to finish its work.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
}

let outbox: { readonly messages: ToParent[]; readonly sent: Promise<void> } | null = null

/**
 * What is said in one turn goes in one message, which costs as much as one of its parts. Resolves also when the parent
 * is gone: this process then ends anyway.
 */
function send(message: ToParent): Promise<void> {
  if (outbox) {
    outbox.messages.push(message)
    return outbox.sent
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  const { messages } = (outbox = { messages: [message], sent: promise })
  process.nextTick(() => {
    outbox = null
    if (process.connected && process.send) process.send(messages, undefined, undefined, () => resolve())
    else resolve()
  })
  return promise
}

function toChildError(error: unknown): ChildError {
  if (error instanceof GraphloomError) {
    const { code, message, details, stack = null } = error
    return { code, message, details, stack }
  }
  return error instanceof Error
    ? { code: null, message: error.message, details: {}, stack: error.stack ?? null }
    : { code: null, message: String(error), details: {}, stack: null }
}
