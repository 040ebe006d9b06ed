import type { Json } from '../../../kernel/json.js'
import type { WebMethod } from '../../../ports/web-client.js'

export interface HttpRequestInput {
  readonly url: string
  readonly method?: WebMethod
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly json: Json } | { readonly text: string }
  readonly timeoutMs?: number
  readonly expectedStatuses?: readonly number[]
  readonly responseHeaders?: readonly string[]
}

export interface HttpRequestOutput {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bodyType: 'NONE' | 'JSON' | 'TEXT' | 'BASE64'
  readonly body: Json
  readonly durationMs: number
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'
const status = { type: 'integer', minimum: 100, maximum: 599 }

export const HTTP_REQUEST_INPUT_SCHEMA = {
  $schema: DIALECT,
  type: 'object',
  properties: {
    url: { type: 'string', minLength: 1, maxLength: 8_192, description: 'An http or https address.' },
    method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], default: 'GET' },
    headers: { type: 'object', maxProperties: 32, additionalProperties: { type: 'string', maxLength: 8_192 } },
    body: {
      description: 'Of POST, PUT, PATCH and DELETE; its content type is set unless the headers have one.',
      oneOf: [
        { type: 'object', properties: { json: true }, required: ['json'], additionalProperties: false },
        { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false },
      ],
    },
    timeoutMs: {
      description: 'For the whole answer. The attempt has 60,000 ms unless the task’s own `timeoutMs` gives it more.',
      type: 'integer',
      minimum: 1,
      maximum: 600_000,
      default: 30_000,
    },
    expectedStatuses: {
      description: 'With another status the attempt fails; 200 to 299 when left out.',
      type: 'array',
      items: status,
      minItems: 1,
      maxItems: 100,
    },
    responseHeaders: {
      description: 'Headers of the answer that the output has, beside content-type, etag, last-modified and location.',
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 256 },
      maxItems: 32,
    },
  },
  required: ['url'],
  additionalProperties: false,
} as const satisfies Json

export const HTTP_REQUEST_OUTPUT_SCHEMA = {
  $schema: DIALECT,
  type: 'object',
  properties: {
    status,
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    bodyType: {
      description: 'What `body` is: null, the JSON value, text, or base64 of bytes that are no text.',
      enum: ['NONE', 'JSON', 'TEXT', 'BASE64'],
    },
    body: true,
    durationMs: { type: 'number', minimum: 0 },
  },
  required: ['status', 'headers', 'bodyType', 'body', 'durationMs'],
  additionalProperties: false,
} as const satisfies Json
