import { STATUS_CODES } from 'node:http'
import type { GraphQLFormattedError } from 'graphql'

/** A whole answer for a connection that has no request to answer, and that ends with it. */
export function toRawResponse(status: number, error: GraphQLFormattedError): string {
  const body = `${JSON.stringify({ errors: [error] })}\n`
  const retryAfterMs = error.extensions?.['retryAfterMs']
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(typeof retryAfterMs === 'number' ? [`Retry-After: ${Math.ceil(retryAfterMs / 1_000)}`] : []),
    '',
    body,
  ].join('\r\n')
}
