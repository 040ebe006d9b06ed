import type { TextTerm } from '../text-term.js'
import { findUnsaidName } from './names.js'
import { isContrary } from './negation.js'
import { findUnsaid } from './quantities.js'
import type { Statement } from './statement.js'

/** Why a source does not support a claim, the gravest first. */
export const SUPPORT_PROBLEMS = ['NEGATED', 'NUMBER_DIFFERS', 'NAME_DIFFERS', 'TOO_LITTLE_IN_COMMON'] as const
export type SupportProblem = (typeof SUPPORT_PROBLEMS)[number]

const TOO_LITTLE = 'TOO_LITTLE_IN_COMMON'

export interface SupportSource {
  readonly statement: Statement
  /** Stems of what stands around it and says what its pronouns mean: title, headings. */
  readonly context: ReadonlySet<string>
}

export interface SupportVerdict {
  /** How much the two have in common, 0 to 1. */
  readonly score: number
  readonly problem: SupportProblem | null
}

export const DEFAULT_SUPPORT_THRESHOLD = 0.6
/** Parts of the score: words in common, and the likeness of meanings. */
const WORDS_WEIGHT = 0.4
/** Stems that begin alike count as much as this. */
const ALIKE = 0.7
const LEAST_ALIKE = 5

/**
 * Whether a source says what a claim says: every number with its unit and every name is in it, neither denies the other,
 * and words and meanings (the cosine of their vectors, −1 to 1) have enough in common.
 */
export function checkSupport(
  claim: Statement,
  { statement, context }: SupportSource,
  { similarity, threshold }: { readonly similarity: number; readonly threshold: number },
): SupportVerdict {
  const words = shareOfTerms(claim.terms, statement.terms, context)
  const score = WORDS_WEIGHT * words + (1 - WORDS_WEIGHT) * Math.min(1, Math.max(0, similarity))
  return { score, problem: findProblem(claim, { statement, context }) ?? (score < threshold ? TOO_LITTLE : null) }
}

function findProblem(claim: Statement, { statement, context }: SupportSource): SupportProblem | null {
  if (claim.terms.length === 0) return TOO_LITTLE
  if (isContrary(claim, statement)) return 'NEGATED'
  if (findUnsaid(claim.quantities, statement.quantities)) return 'NUMBER_DIFFERS'
  return findUnsaidName(claim, statement, context) ? 'NAME_DIFFERS' : null
}

/** The part of the claim's words that the source has, 0 to 1. */
function shareOfTerms(terms: readonly TextTerm[], source: readonly TextTerm[], context: ReadonlySet<string>): number {
  if (terms.length === 0) return 0
  const said = new Set(source.map(({ term }) => term))
  const shares = terms.map(({ term }) => {
    if (said.has(term)) return 1
    if (context.has(term)) return ALIKE
    return [...said].some((other) => beginAlike(term, other)) ? ALIKE : 0
  })
  return shares.reduce((total: number, share) => total + share, 0) / terms.length
}

function beginAlike(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < LEAST_ALIKE) return false
  return a.slice(0, LEAST_ALIKE) === b.slice(0, LEAST_ALIKE)
}
