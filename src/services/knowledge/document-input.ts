import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { AccessList, KnowledgeBaseDocument } from '../../domain/knowledge.js'
import { parseMetadata } from './metadata-input.js'

/** A document as it is given. */
export interface NewDocument {
  readonly key?: string | undefined
  readonly title?: string | undefined
  readonly source?: string | undefined
  readonly mediaType?: string | undefined
  /** Its content, or where that is: exactly one of these three. */
  readonly text?: string | undefined
  readonly url?: string | undefined
  /** Id of a complete upload. */
  readonly upload?: string | undefined
  readonly metadata?: Json | undefined
  readonly access?: AccessList | undefined
}

export const MAX_DOCUMENTS_AT_ONCE = 1_000
const MAX_KEY_CHARACTERS = 512
const MAX_LINE_CHARACTERS = 2_048
const MAX_URL_CHARACTERS = 8_192
const MAX_ID_CHARACTERS = 64
const MAX_READERS = 256

const TEXT = { type: 'string' }
const NAMES = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: MAX_READERS }

/** The JSON Schema of documents in a task's input. */
export const DOCUMENTS_SCHEMA = {
  type: 'array',
  minItems: 1,
  maxItems: MAX_DOCUMENTS_AT_ONCE,
  items: {
    type: 'object',
    properties: {
      key: { type: 'string', minLength: 1, maxLength: MAX_KEY_CHARACTERS },
      title: { type: 'string', maxLength: MAX_LINE_CHARACTERS },
      source: { type: 'string', maxLength: MAX_LINE_CHARACTERS },
      mediaType: { type: 'string', maxLength: MAX_LINE_CHARACTERS },
      text: TEXT,
      url: { type: 'string', maxLength: MAX_URL_CHARACTERS },
      upload: { type: 'string', maxLength: MAX_ID_CHARACTERS },
      metadata: { type: 'object' },
      access: {
        type: 'object',
        properties: { users: NAMES, groups: NAMES },
        required: ['users', 'groups'],
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
}

type MetadataHolder = Pick<KnowledgeBaseDocument, 'metadataFields'>

/** Checks what the schema cannot. @throws GraphloomError `INVALID_INPUT`. */
export function checkDocuments(documents: readonly NewDocument[], base: MetadataHolder, path: string): void {
  const keys = new Set<string>()
  for (const [i, document] of documents.entries()) {
    const { key } = document
    checkDocument(document, base, `${path}.${i}`)
    if (key !== undefined && keys.has(key)) throw invalidInput(`${path}.${i}.key`, `"${key}" is there twice.`)
    if (key !== undefined) keys.add(key)
  }
}

/** Checks one for itself. @throws GraphloomError `INVALID_INPUT`. */
export function checkDocument(document: NewDocument, base: MetadataHolder, path: string): void {
  const { text, metadata } = document
  checkSource(document, path)
  if (text?.isWellFormed() === false) throw invalidInput(`${path}.text`, 'has half of a surrogate pair.')
  if (metadata !== undefined) parseMetadata(metadata, base.metadataFields, `${path}.metadata`)
}

function checkSource({ text, url, upload }: NewDocument, path: string): void {
  const given = [text, url, upload].filter((one) => one !== undefined)
  if (given.length !== 1) throw invalidInput(path, 'must have exactly one of text, url and upload.')
  const protocol = url === undefined ? 'https:' : URL.parse(url)?.protocol
  if (protocol !== 'http:' && protocol !== 'https:') throw invalidInput(`${path}.url`, 'must be an http or https URL.')
}
