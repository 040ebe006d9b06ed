import { ConfigurationError } from './config/configuration.js'
import { GraphloomError } from './kernel/errors.js'

/** Why a process could not start, for people. */
export function lineOf(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof GraphloomError) return error.message
  if (!(error instanceof Error)) return String(error)
  // What the system refuses is the machine's matter; anything else is a defect, which is found by its stack.
  return 'syscall' in error ? error.message : (error.stack ?? error.message)
}
