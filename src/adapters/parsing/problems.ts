import type { DocumentProblem } from '../../domain/document-text.js'
import { GraphloomError } from '../../kernel/errors.js'

export interface ProblemPlace {
  readonly page?: number
  readonly line?: number
}

/** The error of a document that cannot be read. The message is a sentence about it. */
export function unreadable(problem: DocumentProblem, message: string, place: ProblemPlace = {}): GraphloomError {
  const where = place.line === undefined ? '' : `Line ${place.line}: `
  return new GraphloomError('DOCUMENT_UNREADABLE', where + message, { details: { document: { problem, ...place } } })
}

export const tooLarge = (what: string, most: number): GraphloomError =>
  unreadable('TOO_LARGE', `The document has more than ${most} ${what}.`)
