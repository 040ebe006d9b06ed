import { GraphloomError, notFound } from '../../kernel/errors.js'
import type { IndexGeneration, KnowledgeBaseDocument } from '../../domain/knowledge.js'

/** So many are kept of a base: each takes room on the disk, and embeds every document that comes. */
export const MAX_GENERATIONS = 4

/** @throws GraphloomError `NOT_FOUND`. */
export function requireGeneration({ generations, name }: KnowledgeBaseDocument, number: number): IndexGeneration {
  const generation = generations.find((one) => one.number === number)
  if (!generation) throw notFound('generation', `${number} of knowledge base "${name}`)
  return generation
}

/** @throws GraphloomError `CONFLICT`. */
export function checkRoom({ generations, name }: KnowledgeBaseDocument): void {
  if (generations.length >= MAX_GENERATIONS)
    throw conflict(`The knowledge base "${name}" has ${MAX_GENERATIONS} generations; delete one first.`)
}

/** Changes a generation. */
export const withGeneration = (
  base: KnowledgeBaseDocument,
  number: number,
  change: Partial<IndexGeneration>,
): KnowledgeBaseDocument => ({
  ...base,
  generations: base.generations.map((one) => (one.number === number ? { ...one, ...change } : one)),
})

/** Without a generation; null when it is not there, or is the active one. */
export function withoutGeneration(base: KnowledgeBaseDocument, number: number): KnowledgeBaseDocument | null {
  const generations = base.generations.filter((one) => one.number !== number)
  const isGone = generations.length === base.generations.length
  return isGone || base.activeGeneration === number ? null : { ...base, generations }
}

/**
 * Lets searches read another generation; null when they do already.
 * @throws GraphloomError `NOT_FOUND`, `CONFLICT` when it is not ready.
 */
export function activate(base: KnowledgeBaseDocument, number: number, now: number): KnowledgeBaseDocument | null {
  const { readyAt } = requireGeneration(base, number)
  if (base.activeGeneration === number) return null
  if (readyAt === null)
    throw conflict(`Generation ${number} of knowledge base "${base.name}" does not have every document.`)
  return { ...withGeneration(base, number, { activatedAt: now }), activeGeneration: number, countedGeneration: 0 }
}

export const conflict = (message: string): GraphloomError => new GraphloomError('CONFLICT', message)
