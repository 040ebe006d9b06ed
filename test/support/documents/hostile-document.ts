import type { DocumentProblem } from '../../../src/domain/document-text.js'

export interface HostileDocument {
  readonly what: string
  readonly name: string
  readonly make: () => Buffer
  /** One of them; which it is can depend on the machine. */
  readonly problem: DocumentProblem | readonly DocumentProblem[]
}
