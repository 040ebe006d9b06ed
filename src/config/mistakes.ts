import type { Variable } from './variables.js'

/** One thing that is wrong with the environment. */
export interface ConfigurationMistake {
  readonly variable: string
  /** What stood there; null when it was not set. Secrets are not shown. */
  readonly found: string | null
  readonly problem: string
  readonly example: string | null
}

const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i

/** What is wrong with the value of a variable, without its secrets. */
export function toMistake(variable: Variable, found: string | null, problem: string): ConfigurationMistake {
  const { name, secret, example } = variable
  const shown = found && (secret ? '(not shown)' : found.replace(CREDENTIALS, '$1(not shown)@'))
  return { variable: name, found: shown, problem, example: example === '' ? null : example }
}

/** Everything that is wrong with the environment, at once. */
export class ConfigurationError extends Error {
  readonly mistakes: readonly ConfigurationMistake[]

  constructor(mistakes: readonly ConfigurationMistake[]) {
    const lines = mistakes.map(({ variable, found, problem, example }) => {
      const value = found === null ? 'is not set' : `is ${JSON.stringify(found)}`
      return `  ${variable} ${value}: ${problem}${example === null ? '' : `, e.g. ${variable}=${example}`}`
    })
    const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`
    super([`The configuration has ${count}:`, ...lines].join('\n'))
    this.name = 'ConfigurationError'
    this.mistakes = mistakes
  }
}
