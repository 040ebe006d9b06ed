import { parseJson } from '../../../kernel/json.js'
import type { HttpRequestOutput } from './http-request-schema.js'

const JSON_TYPE = /^application\/([\w.+-]+\+)?json$/
const TEXT_TYPE = /^(text\/.*|application\/([\w.+-]+\+)?(xml|yaml)|application\/(javascript|x-www-form-urlencoded)|)$/

/** A body as a value: JSON when its type says so and it is, text when it can be read as such, base64 otherwise. */
export function decodeBody(
  body: Uint8Array,
  contentType: string | undefined,
): Pick<HttpRequestOutput, 'bodyType' | 'body'> {
  if (body.length === 0) return { bodyType: 'NONE', body: null }
  const text = decodeText(body, contentType)
  if (text === null) return { bodyType: 'BASE64', body: Buffer.from(body).toString('base64') }
  const json = JSON_TYPE.test(mediaType(contentType)) ? parseJson(text) : undefined
  return json === undefined ? { bodyType: 'TEXT', body: text } : { bodyType: 'JSON', body: json }
}

/** The text that bytes of this type are; null for what is none. */
export function decodeText(body: Uint8Array, contentType: string | undefined): string | null {
  const type = mediaType(contentType)
  if (!TEXT_TYPE.test(type) && !JSON_TYPE.test(type)) return null
  const charset = /;\s*charset="?([\w-]+)"?/i.exec(contentType ?? '')?.[1] ?? 'utf-8'
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(body)
    return type === '' && text.includes('\0') ? null : text
  } catch {
    return null
  }
}

const mediaType = (contentType = ''): string => contentType.split(';', 1)[0]!.trim().toLowerCase()
