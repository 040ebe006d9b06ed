import { writeFileSync } from 'node:fs'
import { VARIABLES } from './table.js'

/** `docker/example.env`: every variable with what it does, its default as a comment. */
export function printExampleEnvironment(): string {
  const groups = Map.groupBy(VARIABLES, (variable) => variable.group)
  const parts = [...groups].map(([group, variables]) => {
    const lines = variables.map(({ name, description, allowed, fallback, example }) => {
      const value = fallback ?? example
      return `# ${description}\n# Allowed: ${allowed}.${fallback === null ? ' Not set by default.' : ''}\n#${name}=${value}\n`
    })
    return `## ${group}\n\n${lines.join('\n')}`
  })
  return `# Everything that can be set, with its default. Take the # away from what you change.\n\n${parts.join('\n')}`
}

if (process.argv[1] === import.meta.filename) writeFileSync('docker/example.env', printExampleEnvironment())
