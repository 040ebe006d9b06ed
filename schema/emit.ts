import { writeFileSync } from 'node:fs'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { buildGraphSchema } from '../resolvers/index.js'
import { ERROR_CATALOGUE } from '../src/kernel/error-catalogue.js'

/** The schema as text: sorted, so that a change shows as just that. */
export const printGraphSchema = (): string => `${printSchema(lexicographicSortSchema(buildGraphSchema()))}\n`

/** The catalogue of errors as a page. */
export function printErrors(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(
    ([code, { httpStatus, retryable, summary }]) =>
      `| \`${code}\` | ${httpStatus} | ${retryable ? 'yes' : 'no'} | ${summary} |`,
  )
  return [
    '# Errors',
    '',
    'Every error carries its code in `extensions.code`, and in `extensions.retryable` whether the same request may succeed later.',
    'Problems that a client should handle are members of a mutation’s result instead, with the same codes.',
    '',
    '| code | HTTP status | retryable | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2] ?? 'schema'
  writeFileSync(`${folder}/schema.graphql`, printGraphSchema())
  writeFileSync(`${folder}/errors.md`, printErrors())
}
