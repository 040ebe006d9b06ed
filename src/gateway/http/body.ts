import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { GraphloomError } from '../../kernel/errors.js'

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

/** The whole body. @throws GraphloomError `PAYLOAD_TOO_LARGE`, `BAD_REQUEST` when the client leaves in the middle. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = (actual: number): GraphloomError =>
    new GraphloomError('PAYLOAD_TOO_LARGE', `The body has more than ${maxBytes} bytes.`, {
      details: { limit: { name: 'GRAPHLOOM_LIMIT_BODY_BYTES', value: maxBytes, actual } },
    })
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) return Promise.reject(tooLarge(announced))
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let bytes = 0
    const cut = (cause?: Error): void => {
      reject(new GraphloomError('BAD_REQUEST', 'The body did not arrive whole.', { cause }))
    }
    const refuse = (error: Error): void => {
      request.off('data', take).pause()
      reject(error)
    }
    const take = (part: Buffer): void => {
      bytes += part.length
      if (bytes > maxBytes) return refuse(tooLarge(bytes))
      parts.push(part)
    }
    request.on('data', take)
    request.once('error', cut)
    request.once('close', cut)
    request.once('end', () => {
      request.off('close', cut)
      resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))
    })
  })
}

/** @throws GraphloomError `BAD_REQUEST`. */
export function parseJsonBody(body: Buffer): unknown {
  try {
    if (isUtf8(body)) return JSON.parse(body.toString('utf8', startsWithMark(body) ? BYTE_ORDER_MARK.length : 0))
  } catch {
    // Answered below, as what is not UTF-8.
  }
  throw new GraphloomError('BAD_REQUEST', 'The body is not JSON in UTF-8.')
}

const startsWithMark = (body: Buffer): boolean => BYTE_ORDER_MARK.equals(body.subarray(0, BYTE_ORDER_MARK.length))
