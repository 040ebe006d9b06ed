import type { IncomingMessage } from 'node:http'
import { GraphloomError } from '../../kernel/errors.js'

const FIRST_BYTES = 65_536

/**
 * The body, counted while it arrives. It is copied together at once: a body that comes byte by byte would take a hundred
 * times its size in pieces.
 * @throws GraphloomError `PAYLOAD_TOO_LARGE`, `UNEXPECTED_RESPONSE`.
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  let body = Buffer.allocUnsafe(Math.min(FIRST_BYTES, maxBytes))
  let size = 0
  for await (const chunk of readPieces(response, maxBytes)) {
    if (size + chunk.length > body.length) body = grown(body, size + chunk.length, maxBytes)
    chunk.copy(body, size)
    size += chunk.length
  }
  return body.subarray(0, size)
}

/**
 * The body as it comes, counted.
 * @throws GraphloomError `PAYLOAD_TOO_LARGE`, `UNEXPECTED_RESPONSE`.
 */
export async function* readPieces(response: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding !== '' && encoding !== 'identity')
    throw new GraphloomError('UNEXPECTED_RESPONSE', 'The answer is compressed, which was not asked for.')
  if (Number(response.headers['content-length']) > maxBytes) throw tooLarge(maxBytes)
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    yield chunk
  }
}

function grown(body: Buffer<ArrayBuffer>, leastBytes: number, maxBytes: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(leastBytes, 2 * body.length)))
  body.copy(larger)
  return larger
}

const tooLarge = (maxBytes: number): GraphloomError =>
  new GraphloomError('PAYLOAD_TOO_LARGE', `The answer has more than ${maxBytes} bytes.`, {
    details: { limit: { name: 'maxResponseBytes', value: maxBytes } },
  })
