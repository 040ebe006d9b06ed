import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { CHUNKING_METHODS } from '../../domain/chunking.js'
import type { AccessList, BaseChunking, KnowledgeBaseDocument } from '../../domain/knowledge.js'
import { parseMetadata } from './metadata-input.js'

/** A document as it is given. */
export interface NewDocument {
  /** The document that it is a version of, instead of a key. */
  readonly id?: string | undefined
  readonly key?: string | undefined
  readonly title?: string | undefined
  readonly source?: string | undefined
  readonly mediaType?: string | undefined
  /** Its content, or where that is: exactly one of these four. */
  readonly text?: string | undefined
  readonly url?: string | undefined
  /** Id of a complete upload. */
  readonly upload?: string | undefined
  /** Id of a version that has the same content. */
  readonly contentOf?: string | undefined
  /** Whether versions that came after that one are given up. */
  readonly isRestored?: boolean | undefined
  /** As before when unset. */
  readonly metadata?: Json | undefined
  /** As before when unset; null is everybody of the tenant. */
  readonly access?: AccessList | null | undefined
  /** Where it is to be cut otherwise than the base's documents; null as they are. As before when unset. */
  readonly chunking?: Partial<BaseChunking> | null | undefined
  /** Whether the access list holds from the moment on in which it is accepted. */
  readonly isAccessAtOnce?: boolean | undefined
}

export const MAX_DOCUMENTS_AT_ONCE = 1_000
const MAX_KEY_CHARACTERS = 512
const MAX_LINE_CHARACTERS = 2_048
const MAX_URL_CHARACTERS = 8_192
const MAX_ID_CHARACTERS = 64
const MAX_READERS = 256

const TEXT = { type: 'string' }
const NAMES = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: MAX_READERS }

const TOKENS = { type: 'integer', minimum: 0 }

/** The JSON Schema of what a chunking says. */
export const CHUNKING_PROPERTIES = {
  method: { enum: CHUNKING_METHODS },
  maxTokens: TOKENS,
  overlapTokens: TOKENS,
  withHeadings: { type: 'boolean' },
}

/** The JSON Schema of documents in a task's input. */
export const DOCUMENTS_SCHEMA = {
  type: 'array',
  minItems: 1,
  maxItems: MAX_DOCUMENTS_AT_ONCE,
  items: {
    type: 'object',
    properties: {
      id: { type: 'string', maxLength: MAX_ID_CHARACTERS },
      key: { type: 'string', minLength: 1, maxLength: MAX_KEY_CHARACTERS },
      title: { type: 'string', maxLength: MAX_LINE_CHARACTERS },
      source: { type: 'string', maxLength: MAX_LINE_CHARACTERS },
      mediaType: { type: 'string', maxLength: MAX_LINE_CHARACTERS },
      text: TEXT,
      url: { type: 'string', maxLength: MAX_URL_CHARACTERS },
      upload: { type: 'string', maxLength: MAX_ID_CHARACTERS },
      contentOf: { type: 'string', maxLength: MAX_ID_CHARACTERS },
      metadata: { type: 'object' },
      isAccessAtOnce: { type: 'boolean' },
      chunking: { type: ['object', 'null'], properties: CHUNKING_PROPERTIES, additionalProperties: false },
      access: {
        type: ['object', 'null'],
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
    const { key, id } = document
    checkDocument(document, base, `${path}.${i}`)
    if (key !== undefined && id !== undefined) throw invalidInput(`${path}.${i}`, 'has a key and an id; give one.')
    const name = id ?? key
    if (name !== undefined && keys.has(name)) throw invalidInput(`${path}.${i}.key`, `"${name}" is there twice.`)
    if (name !== undefined) keys.add(name)
  }
}

/** Checks one for itself. @throws GraphloomError `INVALID_INPUT`. */
export function checkDocument(document: NewDocument, base: MetadataHolder, path: string): void {
  const { text, metadata } = document
  checkSource(document, path)
  if (text?.isWellFormed() === false) throw invalidInput(`${path}.text`, 'has half of a surrogate pair.')
  if (metadata !== undefined) parseMetadata(metadata, base.metadataFields, `${path}.metadata`)
}

function checkSource({ id, text, url, upload, contentOf }: NewDocument, path: string): void {
  if (contentOf !== undefined && id === undefined)
    throw invalidInput(`${path}.contentOf`, 'is for documents with an id.')
  const given = [text, url, upload, contentOf].filter((one) => one !== undefined)
  if (given.length !== 1) throw invalidInput(path, 'must have exactly one of text, url and upload.')
  const protocol = url === undefined ? 'https:' : URL.parse(url)?.protocol
  if (protocol !== 'http:' && protocol !== 'https:') throw invalidInput(`${path}.url`, 'must be an http or https URL.')
}
