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
  readonly text: string
  readonly metadata?: Json | undefined
  readonly access?: AccessList | undefined
}

export const MAX_DOCUMENTS_AT_ONCE = 1_000
const MAX_KEY_CHARACTERS = 512
const MAX_LINE_CHARACTERS = 2_048
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
      metadata: { type: 'object' },
      access: {
        type: 'object',
        properties: { users: NAMES, groups: NAMES },
        required: ['users', 'groups'],
        additionalProperties: false,
      },
    },
    required: ['text'],
    additionalProperties: false,
  },
}

/** Checks what the schema cannot. @throws GraphloomError `INVALID_INPUT`. */
export function checkDocuments(documents: readonly NewDocument[], base: KnowledgeBaseDocument, path: string): void {
  const keys = new Set<string>()
  for (const [i, { key, text, metadata }] of documents.entries()) {
    if (key !== undefined && keys.has(key)) throw invalidInput(`${path}.${i}.key`, `"${key}" is there twice.`)
    if (key !== undefined) keys.add(key)
    if (!text.isWellFormed()) throw invalidInput(`${path}.${i}.text`, 'has half of a surrogate pair.')
    if (metadata !== undefined) parseMetadata(metadata, base.metadataFields, `${path}.${i}.metadata`)
  }
}
