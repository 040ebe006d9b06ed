import { invalidInput } from '../../kernel/errors.js'
import { CHUNKING_METHODS } from '../../domain/chunking.js'
import type { BaseChunking, SnapshotRetention } from '../../domain/knowledge.js'
import type { MetadataField } from '../../domain/metadata-filter.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { TextLanguage } from '../../domain/text-language.js'

export interface CreateKnowledgeBase {
  readonly name: string
  readonly description: string | null
  /** Reference of an embedding model; the bundled one when null. */
  readonly embeddingModel: string | null
  readonly chunking: Partial<BaseChunking>
  readonly language: TextLanguage
  readonly metadataFields: readonly MetadataField[]
}

export interface UpdateKnowledgeBase {
  readonly name: string
  readonly newName: string | null
  readonly description: string | null | undefined
  /** Fields beside those that there are. */
  readonly addMetadataFields: readonly MetadataField[]
  readonly snapshotRetention: SnapshotRetention | null
}

export const DEFAULT_EMBEDDING_MODEL = 'all-MiniLM-L6-v2'
export const DEFAULT_MAX_TOKENS = 256
const DEFAULT_OVERLAP_TOKENS = 32
const LEAST_TOKENS = 8
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const MAX_DESCRIPTION_CHARACTERS = 4_096

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkName(name: string, path: string): void {
  if (NAME.test(name)) return
  throw invalidInput(path, 'must have 1 to 128 letters, digits, ".", "_" and "-", and begin with a letter or digit.')
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkDescription(description: string | null | undefined): void {
  if (description && description.length > MAX_DESCRIPTION_CHARACTERS)
    throw invalidInput('input.description', `must have at most ${MAX_DESCRIPTION_CHARACTERS} characters.`)
}

/** With defaults for what is not given. @throws GraphloomError `INVALID_INPUT`. */
export function toChunking(
  given: Partial<BaseChunking>,
  { contextTokens }: ModelVersionDocument,
  path = 'input.chunking',
): BaseChunking {
  const maxTokens = given.maxTokens ?? Math.min(DEFAULT_MAX_TOKENS, contextTokens)
  const chunking: BaseChunking = {
    method: given.method ?? CHUNKING_METHODS[0],
    maxTokens,
    overlapTokens: given.overlapTokens ?? Math.min(DEFAULT_OVERLAP_TOKENS, overlapOf(maxTokens)),
    withHeadings: given.withHeadings ?? true,
  }
  if (maxTokens < LEAST_TOKENS || maxTokens > contextTokens)
    throw invalidInput(`${path}.maxTokens`, `is ${maxTokens}; ${LEAST_TOKENS} to ${contextTokens} is allowed.`)
  const most = mostOverlap(maxTokens)
  if (chunking.overlapTokens < 0 || chunking.overlapTokens > most)
    throw invalidInput(`${path}.overlapTokens`, `is ${chunking.overlapTokens}; 0 to ${most} is allowed.`)
  return chunking
}

/** A chunking of which some is asked to be otherwise; shorter chunks overlap less, unless that is asked for too. */
export function changeChunking(known: BaseChunking, asked: Partial<BaseChunking>): BaseChunking {
  const overlapTokens =
    asked.maxTokens === undefined ? known.overlapTokens : Math.min(known.overlapTokens, overlapOf(asked.maxTokens))
  return { ...known, overlapTokens, ...asked }
}

/** How a document is cut that has a chunking of its own, as far as the model takes it. */
export function ownChunking(
  known: BaseChunking,
  own: Partial<BaseChunking> | null | undefined,
  { contextTokens }: ModelVersionDocument,
): BaseChunking {
  if (!own) return known
  const changed = changeChunking(known, own)
  const maxTokens = Math.min(changed.maxTokens, contextTokens)
  return { ...changed, maxTokens, overlapTokens: Math.min(changed.overlapTokens, mostOverlap(maxTokens)) }
}

const overlapOf = (maxTokens: number): number => Math.floor(maxTokens / 8)
const mostOverlap = (maxTokens: number): number => Math.ceil(maxTokens / 2) - 1
