import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql'

const folder = join(import.meta.dirname, '../../../schema/operations')

/** Operations that go on working for clients that have them: all files as one document. */
export function readPromisedOperations(): DocumentNode {
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
  return parse(texts.join('\n'))
}

/** Why the promised operations do not fit this schema; empty when they do. */
export const listBrokenPromises = (schema: GraphQLSchema): readonly string[] =>
  validate(schema, readPromisedOperations(), undefined, { maxErrors: 1_000 }).map(({ message }) => message)
